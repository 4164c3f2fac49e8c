"""Whoever is erased is gone: from every table and every file, also after a restore."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection
from post_office.models import STATUS, Attachment, Email

from bookings import transitions
from bookings.enums import AppointmentStatus, ErasureReason, RequestStatus
from bookings.errors import InvalidTransition, NotRecorded, StaleVersion
from bookings.messages import local_mailbox
from bookings.models import (
    AccessLink,
    Appointment,
    Consent,
    ConsultationRequest,
    Draft,
    Erasure,
    Event,
    IntakeAnswer,
    Message,
    PreferredTime,
    TimeClaim,
)
from bookings.privacy import erasure_ledger
from bookings.schedule import claims
from bookings.worker import health, jobs, retention
from tests.bookings.canary import CANARY, files_with, tables_with
from tests.factories import MONDAY, make_request

pytestmark = pytest.mark.django_db
TOMORROW = MONDAY + timedelta(days=1, hours=2)
ASKED = ErasureReason.ASKED


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    settings.VAR = tmp_path
    settings.BACKUP_DIR = tmp_path / "backups"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    return tmp_path


def erase(request, now=MONDAY):
    transitions.erase(
        request, actor=transitions.SYSTEM, version=request.version, now=now, because=ASKED
    )


@pytest.fixture
def asked(clinic):
    service, location, _people = clinic
    return make_request(
        service,
        location,
        start=TOMORROW,
        email=f"{CANARY}@example.org",
        note=f"note {CANARY}",
        answers=[("A question", f"answer {CANARY}")],
        consent_text=f"consent {CANARY}",
    )


@pytest.mark.postgresql
def test_nothing_that_tells_who_it_was_is_left(
    asked, django_user_model, django_capture_on_commit_callbacks
):
    ruth = transitions.staff(django_user_model.objects.create_user("ruth"))
    transitions.note(asked, actor=ruth, now=MONDAY, text=f"phoned {CANARY}")
    transitions.confirm(asked, actor=ruth, version=asked.version, now=MONDAY)
    (attachment,) = Attachment.objects.all()
    reference, path = asked.reference, attachment.file.path
    Draft.objects.create(
        digest="d", idempotency_key="d", request=asked, created_at=MONDAY, expires_at=MONDAY
    )
    assert len(tables_with(CANARY)) >= 6
    with django_capture_on_commit_callbacks(execute=True):
        erase(asked)

    assert tables_with(CANARY, reference) == []
    assert files_with(CANARY, reference, path=path) == []
    for model in (AccessLink, Consent, Draft, IntakeAnswer, Message, PreferredTime, Email):
        assert not model.objects.exists(), model
    (left,) = ConsultationRequest.objects.all()
    assert (left.name, left.email, str(left.phone), left.reason) == ("", "", "", "")
    assert (left.status, left.erased_at) == (RequestStatus.WITHDRAWN, MONDAY)


def test_an_anonymous_visit_stays_for_the_counts(asked, django_user_model):
    ruth = transitions.staff(django_user_model.objects.create_user("ruth"))
    visit = transitions.confirm(asked, actor=ruth, version=asked.version, now=MONDAY)
    after = visit.end + timedelta(days=1)
    transitions.arrive(visit, actor=ruth, now=visit.start)
    transitions.fulfil(visit, actor=ruth, now=visit.end)
    asked.refresh_from_db()
    calendar_id = visit.ics_uid
    erase(asked, now=after)

    (left,) = Appointment.objects.all()
    assert (left.status, left.start) == (AppointmentStatus.FULFILLED, TOMORROW)
    assert left.person_key == "" and left.ics_uid != calendar_id
    assert left.request.status == RequestStatus.CONFIRMED
    verbs = [event.verb for event in Event.objects.filter(request=left.request)]
    assert verbs[-1] == "erase" and "confirm" in verbs


def test_erasure_frees_future_times(asked, django_user_model):
    ruth = transitions.staff(django_user_model.objects.create_user("ruth"))
    transitions.confirm(asked, actor=ruth, version=asked.version, now=MONDAY)
    erase(asked)
    assert not TimeClaim.objects.exists()
    assert Appointment.objects.get().status == AppointmentStatus.CANCELLED
    assert list(claims.inconsistencies(MONDAY)) == []


@pytest.mark.postgresql
def test_others_keep_everything(asked, clinic, django_capture_on_commit_callbacks):
    service, location, _people = clinic
    later = TOMORROW + timedelta(hours=3)
    other = make_request(service, location, start=later, email="other@example.org")
    kept = (other.reference, other.version)
    (django_settings.EMAIL_FILE_PATH).mkdir()
    ids = Email.objects.values_list("about__request", "message_id")
    both = local_mailbox.RULE.join(f"{pk} {name}\n".encode() for pk, name in ids)
    (django_settings.EMAIL_FILE_PATH / "1.log").write_bytes(both)
    with django_capture_on_commit_callbacks(execute=True):
        erase(asked)
    other.refresh_from_db()
    assert (other.reference, other.version, other.name) == (*kept, "Maria Example")
    assert other.messages.count() == 2 and other.links.exists() and other.preferences.exists()
    (left,) = local_mailbox.files()
    assert {line.split()[0] for line in left.read_text().splitlines() if line[:1].isdigit()} == {
        str(other.pk)
    }


def test_the_version_guards_it_and_it_happens_once(asked):
    with pytest.raises(StaleVersion):
        transitions.erase(
            asked, actor=transitions.SYSTEM, version=asked.version - 1, now=MONDAY, because=ASKED
        )
    assert not Erasure.objects.exists()
    erase(asked)
    with pytest.raises(InvalidTransition):
        erase(asked)


def test_nothing_is_erased_that_cannot_be_recorded(asked, places):
    (places / "erasures.ledger").mkdir()  # as little of a file as a full disk's
    with pytest.raises(NotRecorded):
        erase(asked)
    asked.refresh_from_db()
    assert asked.name == "Maria Example"


class TestLedger:
    def test_it_says_nothing_about_anyone(self, asked, places):
        words = [asked.reference, asked.idempotency_key, asked.person_key]
        erase(asked)
        for path in (places / erasure_ledger.FILE, places / "backups" / erasure_ledger.FILE):
            text = path.read_text()
            assert not [word for word in words if word in text]
            assert path.stat().st_mode & 0o777 == 0o600

    @pytest.mark.postgresql
    def test_cut_off_line_spoils_no_other(self, asked, places):
        (places / erasure_ledger.FILE).write_text("0" * 40)
        erase(asked)
        Erasure.objects.all().delete()
        (places / "backups" / erasure_ledger.FILE).unlink()
        assert len(erasure_ledger.entries()) == 1

    @pytest.mark.parametrize("copy", ["", "backups"])
    def test_whoever_a_restore_brings_back_is_erased_again(self, asked, places, copy, capsys):
        digest = erasure_ledger.digest(asked)
        erasure_ledger.enter(digest, because=ASKED, now=MONDAY)  # and then the backup was restored:
        Erasure.objects.all().delete()
        for other in {"", "backups"} - {copy}:
            (places / other / erasure_ledger.FILE).unlink()
        call_command("replay_erasures")
        assert tables_with(CANARY) == []
        assert "1 erased again" in capsys.readouterr().out
        call_command("replay_erasures")
        assert "0 erased again" in capsys.readouterr().out
        assert digest in (places / erasure_ledger.FILE).read_text()


def days(number: int):
    return MONDAY + timedelta(days=number)


class TestRetention:
    def due(self, day: int) -> bool:
        return retention.people_due(days(day)).exists()

    @pytest.mark.postgresql
    def test_unanswered_after_90_days(self, asked):
        assert [self.due(89), self.due(90)] == [False, True]
        assert retention.run(now=days(90))["people"] == 1
        assert tables_with(CANARY) == []
        assert Erasure.objects.get().because == ErasureReason.RETENTION

    @pytest.mark.postgresql
    def test_change_restarts_retention_but_views_do_not(self, asked, django_user_model):
        ruth = transitions.staff(django_user_model.objects.create_user("ruth"))
        transitions.look(asked, actor=ruth, now=days(80))
        assert self.due(90)
        transitions.ask_question(
            asked, actor=ruth, version=asked.version, now=days(80), question="Which side?"
        )
        assert [self.due(169), self.due(170)] == [False, True]

    def test_closed_after_a_year(self, asked, django_user_model):
        ruth = transitions.staff(django_user_model.objects.create_user("ruth"))
        transitions.waitlist(asked, actor=ruth, version=asked.version, now=MONDAY)
        assert [self.due(364), self.due(365)] == [False, True]

    def test_a_visit_counts_from_its_end(self, asked, django_user_model):
        ruth = transitions.staff(django_user_model.objects.create_user("ruth"))
        visit = transitions.confirm(asked, actor=ruth, version=asked.version, now=MONDAY)
        year = timedelta(days=365)
        assert not retention.people_due(visit.end + year - timedelta(minutes=1)).exists()
        assert retention.people_due(visit.end + year).exists()

    def test_visit_to_move_is_not_unanswered(self, asked, django_user_model):
        ruth = transitions.staff(django_user_model.objects.create_user("ruth"))
        transitions.confirm(asked, actor=ruth, version=asked.version, now=MONDAY)
        transitions.ask_to_move(asked, now=MONDAY, message="Later, please")
        assert not self.due(90)

    @pytest.mark.postgresql
    def test_sent_texts_go_after_30_days(self, asked, django_user_model):
        ruth = transitions.staff(django_user_model.objects.create_user("ruth"))
        transitions.confirm(asked, actor=ruth, version=asked.version, now=MONDAY)
        Email.objects.update(created=MONDAY)
        waiting = asked.messages.get(kind="confirmed").email
        path = waiting.attachments.get().file.path
        received = asked.messages.get(kind="received").email
        assert retention.forget_texts(days(30) - timedelta(seconds=1)) == 0
        received.refresh_from_db()
        assert received.message and received.html_message
        retention.forget_texts(days(30))
        waiting.refresh_from_db()
        gone = asked.messages.get(kind="received").email
        assert (gone.message, gone.html_message) == ("", "") and gone.subject
        assert CANARY not in waiting.message and waiting.message and waiting.html_message

        Email.objects.update(status=0)
        assert retention.forget_texts(days(30)) == 1
        assert retention.forget_texts(days(30)) == 0
        assert not Attachment.objects.exists() and not Path(path).exists()

    def test_erased_people_do_not_fill_the_batch(self, clinic, monkeypatch):
        monkeypatch.setattr(retention, "BATCH", 1)
        for day, due in ((0, 90), (1, 91), (100, 190), (101, 900)):
            make_request(*clinic[:2], email=f"{day}@example.org", now=days(day), key=f"{day}")
            assert retention.run(now=days(due), by_hand=True)["people"] == 1

    def test_a_wrong_clock_does_not_erase_everybody(self, asked, monkeypatch, settings):
        monkeypatch.setattr(retention, "FEW", 0)
        with pytest.raises(retention.TooManyAtOnce):
            retention.run(now=days(4000))
        assert ConsultationRequest.objects.get().name == "Maria Example"
        assert retention.run(now=days(4000), by_hand=True)["people"] == 1

    @pytest.mark.postgresql
    def test_wrong_clock_erases_no_people(self, asked, monkeypatch, settings):
        monkeypatch.setattr(retention, "FEW", 0)
        settings.PERIODIC = [("retention", timedelta(hours=1), "bookings.worker.retention.run")]
        Email.objects.update(created=MONDAY, status=STATUS.sent)
        jobs.run_due(now=days(400))
        assert ConsultationRequest.objects.get().name == "Maria Example"
        assert not Email.objects.exclude(message="").exists()
        says = health.jobs(days(400)).says
        assert says.startswith("retention (") and "manage.py purge" in says

    @pytest.mark.postgresql
    def test_the_command_says_what_it_did(self, asked, capsys):
        ConsultationRequest.objects.update(created_at=days(-900))
        Event.objects.filter(request=asked).update(at=days(-900))
        call_command("purge")
        assert "people: 1" in capsys.readouterr().out
        assert connection.in_atomic_block
