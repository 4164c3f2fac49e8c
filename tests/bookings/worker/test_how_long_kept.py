"""The first moment at which each thing is too old to keep."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from post_office.models import STATUS, Email, Log

from bookings.models import ConsultationRequest, Message
from bookings.worker import retention
from tests.bookings.steps import asked
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
SECOND, DAY = (timedelta(**{n: 1}) for n in ("seconds", "days"))


KEPT = {"MESSAGE_DAYS": 10, "WEBHOOK_DAYS": 20, "LOG_DAYS": 30}


@pytest.mark.postgresql
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


@pytest.mark.postgresql
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


@pytest.mark.postgresql
def test_somebody_faster_is_not_erased(clinic):
    consultation = asked(clinic)
    ConsultationRequest.objects.update(version=9)
    assert retention._erase(consultation, MONDAY) is False
    consultation.refresh_from_db()
    assert retention._erase(consultation, MONDAY) is True


@pytest.mark.postgresql
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
