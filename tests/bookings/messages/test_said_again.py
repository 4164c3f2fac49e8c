"""Messages that depend on what was told before, and to which address."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from post_office.models import STATUS, Email

from bookings import transitions
from bookings.enums import DeclineReason, RequestStatus
from bookings.messages import queue, sms, to_patients, unsent
from bookings.messages.placeholders import Change
from bookings.models import Message
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed, kinds
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def by(desk):
    """What an answer of the desk needs, with the version on the card."""

    def about(consultation, **more):
        return {"actor": desk, "version": consultation.version, "now": MONDAY} | more

    return about


def leave(*kinds):
    Email.objects.filter(about__kind__in=kinds, status=STATUS.queued).update(status=STATUS.sent)


def decline(consultation, by):
    transitions.decline(consultation, reason=DeclineReason.OTHER, **by(consultation))


def reopen(consultation, by):
    transitions.reopen(consultation, why="Mistake.", **by(consultation))


@pytest.mark.parametrize(
    ("left", "says"), [(["declined"], ["received", "reopened"]), (["received"], ["received"])]
)
def test_only_what_was_told_is_taken_back(clinic, by, left, says):
    consultation = asked(clinic, start=None)
    leave("received", "verify")
    decline(consultation, by)
    leave(*left)
    reopen(consultation, by)
    found = [kind for kind in kinds(consultation) if kind not in {"verify", "declined"}]
    assert found == says


@pytest.mark.postgresql
def test_an_answer_is_taken_back_once_more(clinic, by):
    """It was told, reopened and given again, but neither of these has left."""
    consultation = asked(clinic, start=None)
    decline(consultation, by)
    leave("declined")
    reopen(consultation, by)
    decline(consultation, by)
    assert "reopened" not in kinds(consultation)
    reopen(consultation, by)
    assert kinds(consultation)[-1] == "reopened"


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("moves", "left", "says"),
    [
        (False, False, ["confirmed"]),
        (True, False, ["moved"]),
        (False, True, ["confirmed"]),
        (True, True, ["moved"]),
    ],
)
def test_no_cancellation_after_all(clinic, desk, by, moves, left, says):
    consultation = confirmed(clinic, desk)[0]
    if moves:
        leave("confirmed")
        transitions.move(consultation, start=ELEVEN, **by(consultation))
    if left:
        leave("confirmed", "moved")
    before = set(consultation.messages.values_list("pk", flat=True))
    transitions.cancel_for(consultation, **by(consultation))
    queue.write(consultation, "link", now=MONDAY, dedupe="x")
    transitions.undo(consultation, **by(consultation))
    told = consultation.messages.filter(superseded=False, kind__in=["confirmed", "moved"])
    new = [message.kind for message in told if message.pk not in before]
    assert new == ([] if left else says)
    assert "cancelled_for" not in kinds(consultation) and "link" in kinds(consultation)


@pytest.mark.parametrize(
    ("status", "now", "says"),
    [
        ("confirmed", MONDAY, "confirmed"),
        ("confirmed", TEN + HOUR - MINUTE, "confirmed"),
        ("confirmed", TEN + HOUR, None),
        ("offered", MONDAY, "offered"),
        ("info_needed", MONDAY, "question"),
        ("waitlisted", MONDAY, "waitlisted"),
        ("declined", MONDAY, "declined"),
        ("in_review", MONDAY, "move_asked"),
        ("in_review", TEN + HOUR, "received"),
        ("submitted", MONDAY, "move_asked"),
        ("withdrawn", MONDAY, None),
        ("expired", MONDAY, None),
        ("spam", MONDAY, None),
    ],
)
def test_where_a_booked_request_stands(clinic, desk, status, now, says):
    consultation = confirmed(clinic, desk)[0]
    Message.objects.all().delete()
    consultation.status = RequestStatus(status)
    consultation.version += 1
    to_patients.where_it_stands(consultation, now=now)
    assert [message.kind for message in consultation.messages.all()] == [says] * bool(says)


@pytest.mark.postgresql
def test_a_time_that_is_held_is_no_visit(clinic):
    consultation = asked(clinic)
    Message.objects.all().delete()
    consultation.version += 1
    to_patients.where_it_stands(consultation, now=MONDAY)
    (message,) = consultation.messages.all()
    assert message.kind == "received" and "Tuesday 24 November" in message.email.message


@pytest.mark.postgresql
def test_what_waits_goes_to_the_new_address(clinic, settings):
    """Neither what has left or was dropped, nor what is meant for the old address or a phone."""
    consultation, other = asked(clinic, start=None), asked(clinic, start=None, email="b@x.org")
    Email.objects.update(status=STATUS.sent)
    for kind in ("question", "refused", "link", "links", "new_address", "reminder"):
        queue.write(consultation, kind, now=MONDAY, dedupe=kind)
    queue.write(other, "question", now=MONDAY, dedupe="x")
    Email.objects.filter(about__kind="refused").update(status=STATUS.sent)
    consultation.messages.filter(kind="link").update(superseded=True)
    Email.objects.filter(about__kind="reminder").update(backend_alias=sms.ALIAS)
    consultation.email = "new@example.org"
    unsent.readdress(consultation, now=MONDAY)
    rows = Email.objects.filter(to="new@example.org").values_list("about__kind", flat=True)
    assert list(rows) == ["question"]
    assert Email.objects.filter(to="b@x.org").count() == 3


@pytest.mark.postgresql
def test_links_to_all_requests_of_an_address(clinic, desk):
    old, new = asked(clinic, start=None), asked(clinic, start=None)
    assert to_patients.links([new, old], now=MONDAY) is True
    assert to_patients.links([new, old], now=MONDAY + 9 * MINUTE) is False
    assert to_patients.links([new, old], now=MONDAY + 10 * MINUTE) is True
    mails = [message.email.message for message in new.messages.filter(kind="links")]
    assert len(mails) == 2 and not old.messages.filter(kind="links").exists()
    assert all(one.reference in mail for one in (old, new) for mail in mails)
    assert "received" in kinds(new)
    assert to_patients.link(old, now=MONDAY) is True
    assert to_patients.link(old, now=MONDAY + 9 * MINUTE) is False
    assert to_patients.link(old, now=MONDAY + 10 * MINUTE) is True
    assert "received" in kinds(old)


@pytest.mark.postgresql
@pytest.mark.parametrize("email", ["maria@example.org", "new@example.org"])
def test_a_new_address_proves_itself(clinic, email):
    consultation = asked(clinic, start=None)
    assert to_patients.new_address(consultation, email, now=MONDAY) is True
    assert to_patients.new_address(consultation, email, now=MONDAY) is False
    mail = consultation.messages.get(kind="new_address").email
    link = consultation.links.latest("pk")
    assert mail.to == [email]
    assert link.email == ("" if email == consultation.email else email)
    assert "received" in kinds(consultation)


@pytest.mark.postgresql
def test_several_visits_are_named_in_one_mail(clinic, desk, settings):
    settings.SMS_BACKEND = "bookings.messages.sms.Memory"
    one = confirmed(clinic, desk)[1]
    one.request.phone, one.request.wants_texts = "+447400123456", True
    one.request.save()
    one.request.refresh_from_db()
    two = confirmed(clinic, desk, start=ELEVEN, email="b@x.org")[1]
    Message.objects.all().delete()
    to_patients.booked_several([one, two], now=MONDAY)
    text, message = Message.objects.order_by("pk")
    assert (message.request, message.kind) == (one.request, "booked_several")
    assert "the first on Tuesday 24 November, 10am." in text.email.message
    with message.email.attachments.get().file.open() as file:
        said = file.read().decode()
    assert said.count("BEGIN:VEVENT") == 2 and "METHOD:PUBLISH" in said


def test_an_unproven_request_keeps_its_first_mail(clinic):
    """A second mail to confirm the address drops nothing."""
    consultation = asked(clinic, verified=False)
    consultation.version += 1
    to_patients.verify(consultation, None, now=MONDAY)
    assert kinds(consultation) == ["verify", "verify"]


def test_the_question_is_still_sent_when_unanswered(clinic, by):
    consultation = asked(clinic)
    held = consultation.appointments.get()
    transitions.ask_question(consultation, question="Since when?", **by(consultation))
    consultation.version += 1
    to_patients.unanswered(consultation, held, now=MONDAY)
    assert {"question", "unanswered"} <= set(kinds(consultation))


def test_the_hour_of_a_visit_is_told_anew(clinic, desk):
    consultation, visit = confirmed(clinic, desk)
    change = Change(visit.start, ZoneInfo("Europe/London"), place=True)
    assert to_patients.updated(consultation, visit, change, now=MONDAY) is True
    assert to_patients.updated(consultation, visit, change, now=MONDAY) is False
    assert {"confirmed", "updated"} <= set(kinds(consultation))
    visit.ics_sequence += 1
    assert to_patients.updated(consultation, visit, change, now=MONDAY) is True
