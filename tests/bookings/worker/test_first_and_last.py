"""The first and the last moment of what the worker does: jobs, retention, reminders, health."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.contrib.sessions.models import Session
from post_office.models import STATUS, Email, Log

from bookings import transitions
from bookings.models import (
    Appointment,
    BookedAnyway,
    ConsultationRequest,
    DateException,
    Heartbeat,
    Location,
    Message,
    MessageSettings,
    PeriodicJob,
    StaffNotice,
)
from bookings.worker import gauges, health, jobs, reminders, retention, staff_warnings
from clinic.backup import making
from tests.bookings.steps import TEN, asked, confirmed
from tests.factories import MONDAY, make_clinic

pytestmark = pytest.mark.django_db
SECOND, MINUTE, HOUR, DAY = (timedelta(**{n: 1}) for n in ("seconds", "minutes", "hours", "days"))
UTC_ZONE = ZoneInfo("UTC")


def succeeds(*, now):
    return None


def fails(*, now):
    raise ValueError


@pytest.fixture
def periodic(settings):
    def of(run="succeeds", every=HOUR):
        settings.PERIODIC = [("one", every, f"{__name__}.{run}")]

    return of


def row():
    return PeriodicJob.objects.get()


@pytest.mark.parametrize(
    ("run", "every", "due", "problem"),
    [
        ("succeeds", HOUR, HOUR, ""),
        ("succeeds", MINUTE, MINUTE, ""),
        ("fails", HOUR, 5 * MINUTE, "ValueError"),
        ("fails", MINUTE, MINUTE, "ValueError"),
    ],
)
def test_when_a_job_runs_again(periodic, run, every, due, problem):
    periodic(run, every)
    PeriodicJob.objects.create(name="other", due_at=MONDAY - DAY, problem="Old")
    assert jobs.run_due(now=MONDAY) == (["one"] if not problem else [])
    one = PeriodicJob.objects.get(name="one")
    assert (one.due_at, one.problem) == (MONDAY + due, problem)
    assert one.done_at == (None if problem else MONDAY)
    assert PeriodicJob.objects.get(name="other").problem == "Old"
    assert jobs.run_due(now=MONDAY + due - SECOND) == []
    periodic("succeeds", every)
    assert jobs.run_due(now=MONDAY + due) == ["one"]


@pytest.mark.parametrize(
    ("every", "ahead", "runs"),
    [
        (HOUR, HOUR, False),
        (HOUR, HOUR + SECOND, True),
        (MINUTE, 10 * MINUTE, False),
        (MINUTE, 10 * MINUTE + SECOND, True),
        (HOUR, timedelta(0), True),
        (HOUR, SECOND, False),
    ],
)
def test_a_due_date_too_far_ahead(periodic, every, ahead, runs):
    periodic("succeeds", every)
    PeriodicJob.objects.create(name="one", due_at=MONDAY + ahead)
    assert jobs.run_due(now=MONDAY) == ["one"] * runs


def test_a_job_is_leased_for_ten_minutes(periodic):
    periodic()
    (job,) = jobs.jobs()
    assert jobs._take(job, None, MONDAY)
    assert row().due_at == MONDAY + 10 * MINUTE
    stale = row()
    PeriodicJob.objects.update(due_at=MONDAY + HOUR)
    assert not jobs._take(job, stale, MONDAY + 20 * MINUTE)


KEPT = {"MESSAGE_DAYS": 10, "WEBHOOK_DAYS": 20, "LOG_DAYS": 30}


@pytest.mark.parametrize(("late", "gone"), [(-SECOND, 0), (timedelta(0), 1)])
def test_how_long_each_is_kept(clinic, settings, late, gone):
    settings.RETENTION = settings.RETENTION | KEPT
    consultation = asked(clinic)
    mail = consultation.messages.first().email
    Email.objects.all().update(status=STATUS.sent, created=MONDAY)
    Email.objects.create(to=["staff@example.org"], from_email="a@b.org", status=STATUS.sent)
    Email.objects.filter(about=None).update(created=MONDAY)
    Log.objects.create(email=mail, status=STATUS.sent)
    Log.objects.update(date=MONDAY)
    Session.objects.create(session_key="x", session_data="", expire_date=MONDAY)
    assert retention.forget_texts(MONDAY + 10 * DAY + late) == gone * Message.objects.count()
    assert retention.forget_other_mails(MONDAY + 10 * DAY + late) == gone
    assert Email.objects.filter(about__isnull=False).count() == Message.objects.count()
    assert retention.forget_logs(MONDAY + late) == gone
    Session.objects.all().delete()
    assert retention.forget_logs(MONDAY + 30 * DAY + late) == gone


def test_texts_of_either_kind_are_forgotten(clinic, settings):
    settings.RETENTION = settings.RETENTION | KEPT
    asked(clinic)
    Email.objects.update(status=STATUS.sent, created=MONDAY, message="", html_message="<p>x</p>")
    assert retention.forget_texts(MONDAY + 10 * DAY) == Email.objects.count()
    Email.objects.update(status=STATUS.requeued, message="waits")
    assert retention.forget_texts(MONDAY + 10 * DAY) == 0


def test_what_a_round_says_and_counts(clinic, settings):
    asked(clinic)
    said = []
    done = retention.run(now=MONDAY + 4000 * DAY, say=said.append, by_hand=True)
    assert done["people"] == 1 and said[-1] == "people: 1"
    assert set(done) == {
        *("people", "texts of messages", "mails to staff", "what staff were told"),
        *("messages of webhooks", "technical logs"),
    }
    assert f"texts of messages: {done['texts of messages']}" in said
    assert "0 people erased…" not in said


def test_somebody_faster_is_not_erased(clinic):
    consultation = asked(clinic)
    ConsultationRequest.objects.update(version=9)
    assert retention._erase(consultation, MONDAY) is False
    consultation.refresh_from_db()
    assert retention._erase(consultation, MONDAY) is True


@pytest.mark.parametrize(
    ("people", "due", "erased", "many"),
    [
        (249, 50, 0, False),
        (251, 51, 0, True),
        (255, 51, 0, False),
        (254, 51, 0, True),
        (255, 51, 1, True),
    ],
)
def test_a_fifth_at_once_is_too_many(clinic, people, due, erased, many):
    first = asked(clinic)
    first.created_at = MONDAY + 4000 * DAY
    rows = []
    for n in range(people):
        values = {
            f.attname: getattr(first, f.attname)
            for f in ConsultationRequest._meta.concrete_fields
            if f.name != "id"
        }
        values |= {"reference": f"R{n}", "idempotency_key": f"k{n}"}
        values["created_at"] = MONDAY if n < due else MONDAY + 4000 * DAY
        rows.append(ConsultationRequest(**values))
    ConsultationRequest.objects.all().delete()
    for row in rows[people - erased :]:
        row.erased_at = MONDAY
    ConsultationRequest.objects.bulk_create(rows)
    assert retention.too_many(MONDAY + 400 * DAY) is many


NIGHT = (time(21), time(8))
NEVER = (time(8), time(8))


@pytest.mark.parametrize(
    ("since", "now", "found"),
    [(-49, -48, 48), (-49, -4, 48), (-49, -3, 3), (-48, -48, 48), (-47, -4, None), (-2, -1, None)],
)
def test_the_latest_reminder_that_has_come(since, now, found):
    about = {"since": TEN + since * HOUR, "now": TEN + now * HOUR}
    assert reminders.due(TEN, [48, 3], UTC_ZONE, NEVER, **about) == found


@pytest.mark.parametrize(
    ("start", "at"),
    [
        (datetime(2026, 11, 24, 10, tzinfo=UTC), datetime(2026, 11, 24, 8, tzinfo=UTC)),
        (datetime(2026, 11, 24, 9, tzinfo=UTC), datetime(2026, 11, 24, 8, tzinfo=UTC)),
        (datetime(2026, 11, 24, 8, 59, tzinfo=UTC), datetime(2026, 11, 23, 20, 45, tzinfo=UTC)),
        (datetime(2026, 11, 24, 2, tzinfo=UTC), datetime(2026, 11, 23, 20, 45, tzinfo=UTC)),
        (datetime(2026, 11, 24, 0, tzinfo=UTC), datetime(2026, 11, 23, 20, 45, tzinfo=UTC)),
    ],
)
def test_reminders_around_the_night(start, at):
    assert reminders.send_at(start, 3, UTC_ZONE, NIGHT) == at


@pytest.fixture
def visit(clinic, desk):
    return confirmed(clinic, desk, start=TEN + 3 * DAY + 4 * HOUR)[1]


@pytest.mark.parametrize(
    ("of", "start", "end", "closed"),
    [
        ("all", 0, 60, True),
        ("person", 59, 90, True),
        ("person", 60, 90, False),
        ("person", -60, 0, False),
        ("person", -60, 1, True),
        ("another", 0, 60, False),
        ("elsewhere", 0, 60, False),
    ],
)
def test_nobody_is_reminded_inside_a_closure(visit, clinic, of, start, end, closed):
    _service, location, people = clinic
    person = {"person": visit.practitioner}.get(of)
    if of == "another":
        person = next(one for one in people if one != visit.practitioner)
    if of == "elsewhere":
        location = make_clinic()[1]
    DateException.objects.create(
        location=location,
        resource=person,
        kind="closed",
        start=visit.start + start * MINUTE,
        end=visit.start + end * MINUTE,
    )
    assert reminders.expected().exists() is not closed
    assert reminders.remind_due(now=visit.start - 3 * HOUR) == (not closed)


def test_open_hours_close_nobody(visit):
    DateException.objects.create(
        location=visit.location,
        resource=visit.practitioner,
        kind="open",
        start=visit.start,
        end=visit.end,
    )
    assert reminders.expected().exists()


@pytest.mark.parametrize("status", ["in_review", "offered", "confirmed"])
def test_who_waits_for_another_time(visit, status):
    ConsultationRequest.objects.update(status=status)
    assert reminders.expected().exists() is (status == "confirmed")


def test_booked_anyway_is_reminded(visit, desk):
    DateException.objects.create(
        location=visit.location, kind="closed", start=visit.start, end=visit.end
    )
    assert not reminders.expected().exists()
    BookedAnyway.objects.create(appointment=visit, because="asked", created_at=MONDAY)
    assert reminders.expected().exists()


@pytest.mark.parametrize(("minutes", "told"), [(119, 0), (120, 1)])
def test_who_was_told_just_now(visit, minutes, told):
    now = visit.start - 3 * HOUR
    visit.request.events.filter(to_status="confirmed").update(at=now - minutes * MINUTE)
    assert reminders.remind_due(now=now) == told


def test_no_reminder_where_none_is_wanted(visit):
    settings = MessageSettings.load()
    settings.reminders = ""
    settings.save()
    assert reminders.remind_due(now=visit.start - 3 * HOUR) == 0


def test_reminders_leave_out_what_has_begun(visit):
    assert reminders.remind_due(now=visit.start) == 0
    Appointment.objects.update(status="cancelled")
    assert not reminders._remind(visit.pk, 3, visit.start - 3 * HOUR)


@pytest.mark.parametrize(
    ("check", "late", "ok"),
    [
        ("worker", 2 * MINUTE, False),
        ("worker", 2 * MINUTE - SECOND, True),
        ("worker", -2 * MINUTE, False),
        ("worker", -2 * MINUTE + SECOND, True),
        ("backup", 26 * HOUR, False),
        ("backup", 26 * HOUR - SECOND, True),
    ],
)
def test_how_long_silence_may_last(settings, tmp_path, check, late, ok):
    settings.VAR, settings.BACKUP_DIR = tmp_path, tmp_path / "backups"
    (tmp_path / "clinic.tar.gz.age").touch()
    Heartbeat.objects.create(name="worker", at=MONDAY)
    Heartbeat.objects.get_or_create(name="other", defaults={"at": MONDAY + DAY})
    making.note(tmp_path / "clinic.tar.gz.age", MONDAY)
    assert getattr(health, check)(MONDAY + late).ok is ok


@pytest.mark.parametrize(("late", "ok"), [(15 * MINUTE, True), (15 * MINUTE + SECOND, False)])
def test_how_long_a_mail_may_wait(clinic, late, ok):
    asked(clinic)
    Email.objects.update(created=MONDAY, scheduled_time=MONDAY)
    found = health.mail(MONDAY + late)
    assert found.ok is ok and found.says.startswith("15")
    assert health.mail(MONDAY).says == "just now"


def test_free_disk_in_words(settings, tmp_path, monkeypatch):
    settings.VAR, settings.BACKUP_DIR = tmp_path, tmp_path / "none"
    free = {str(tmp_path): 2_000_000_000, str(settings.MEDIA_ROOT): 1_000_000_001}
    Path(settings.MEDIA_ROOT).mkdir(exist_ok=True)
    usage = type("Usage", (), {})

    def disk_usage(path):
        found = usage()
        found.free = free[str(path)]
        return found

    monkeypatch.setattr(health.shutil, "disk_usage", disk_usage)
    assert health.disk(MONDAY).ok
    free[str(settings.MEDIA_ROOT)] = 1_000_000_000
    assert not health.disk(MONDAY).ok


def test_each_gauge(clinic, desk, settings, tmp_path):
    settings.VAR, settings.BACKUP_DIR = tmp_path, tmp_path / "backups"
    empty = gauges.gauges(now=MONDAY)
    assert empty["clinic_worker_age_seconds"] is None and empty["clinic_outbox_oldest_seconds"] == 0
    assert empty["clinic_promise_oldest_seconds"] is None and empty["clinic_database_up"] == 1
    (tmp_path / "clinic.tar.gz.age").touch()
    making.note(tmp_path / "clinic.tar.gz.age", MONDAY - HOUR)
    Heartbeat.objects.create(name="other", at=MONDAY - DAY)
    Heartbeat.objects.create(name="worker", at=MONDAY - MINUTE)
    first = asked(clinic)
    second = asked(clinic, start=TEN + HOUR, email="second@example.org")
    confirmed(clinic, desk, start=TEN + 2 * HOUR, email="third@example.org")
    ConsultationRequest.objects.filter(pk=first.pk).update(respond_by=MONDAY - 2 * MINUTE)
    ConsultationRequest.objects.filter(pk=second.pk).update(respond_by=MONDAY + HOUR)
    promised_nothing = asked(clinic, start=None, email="fourth@example.org")
    ConsultationRequest.objects.filter(pk=promised_nothing.pk).update(respond_by=None)
    Email.objects.update(created=MONDAY - 10 * SECOND, scheduled_time=MONDAY - 10 * SECOND)
    assert gauges.gauges(now=MONDAY) == {
        "clinic_database_up": 1,
        "clinic_worker_age_seconds": 60,
        "clinic_outbox_oldest_seconds": 10,
        "clinic_mail_failed": 0,
        "clinic_promise_oldest_seconds": 120,
        "clinic_requests_overdue": 1,
        "clinic_holds": 2,
        "clinic_backup_age_seconds": 3600,
    }


def test_a_promise_is_warned_of_once_and_here(clinic, django_user_model, make_staff):
    make_staff("fay", "Front desk")
    consultation = asked(clinic)
    answered = asked(clinic, start=TEN + HOUR, email="second@example.org")
    transitions.decline(
        answered,
        actor=transitions.SYSTEM,
        version=answered.version,
        now=MONDAY,
        reason="other",
    )
    elsewhere = make_clinic()
    asked(elsewhere, email="third@example.org")
    Location.objects.filter(pk=elsewhere[1].pk).update(time_zone="Pacific/Kiritimati")
    StaffNotice.objects.all().delete()
    now = consultation.respond_by - MINUTE
    ConsultationRequest.objects.exclude(pk=consultation.pk).update(respond_by=now)
    assert staff_warnings.warn_due(now=now) == 1
    assert staff_warnings.warn_due(now=now) == 0
    assert {n.request for n in StaffNotice.objects.filter(kind="promise")} == {consultation}
    assert staff_warnings.warn_due(now=consultation.respond_by) == 0


@pytest.fixture
def make_staff(django_user_model):
    from django.contrib.auth.models import Group

    from bookings.roles import make_roles

    def make(name, role):
        make_roles()
        user = django_user_model.objects.create_user(name, email=f"{name}@clinic.example")
        user.groups.add(Group.objects.get(name=role))
        return user

    return make
