"""What did not arrive is sent again, a link is sent, or the patient is phoned: theirs alone."""

from datetime import timedelta

import pytest
from post_office.models import STATUS, Email

from bookings import transitions
from bookings.errors import InvalidTransition
from bookings.messages import sms
from bookings.messages.secret_links import GONE
from bookings.models import ConsultationRequest, Message
from tests.bookings.steps import ELEVEN, asked, confirmed, kinds
from tests.bookings.transitions.test_refused import by_desk
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
MAIL = ("to", "status", "scheduled_time", "number_of_retries", "recipient_delivery_status")
GIVEN_UP = {"status": STATUS.failed, "number_of_retries": 5, "recipient_delivery_status": 40}
BY_PHONE = {"contact_by": "phone", "phone": "+442079460123"}


def given_up(row, **changes):
    Email.objects.filter(pk=row.email_id).update(**(GIVEN_UP | changes))
    return Message.objects.get(pk=row.pk)


@pytest.fixture
def message(clinic, desk):
    """A confirmation that did not arrive; nor did that of somebody else."""
    other = confirmed(clinic, desk, start=ELEVEN, email="b@example.org")[0]
    given_up(other.messages.get(kind="confirmed"))
    consultation = confirmed(clinic, desk)[0]
    return given_up(consultation.messages.get(kind="confirmed"))


def others(message):
    rows = Email.objects.exclude(pk=message.email_id).order_by("pk")
    return list(rows.values_list("pk", "message", *MAIL))


def again(message, desk):
    return transitions.send_again(message, actor=desk, now=MONDAY + HOUR)


@pytest.mark.postgresql
def test_sent_again_it_begins_anew(message, desk):
    ConsultationRequest.objects.filter(pk=message.request_id).update(email="new@example.org")
    message = Message.objects.get(pk=message.pk)
    before, text = others(message), message.email.message
    event = again(message, desk)
    row = Email.objects.filter(pk=message.email_id)
    assert row.values_list(*MAIL).get() == (
        ["new@example.org"],
        STATUS.queued,
        MONDAY + HOUR,
        0,
        None,
    )
    assert row.get().message == text and others(message) == before
    assert (event.verb, event.request, event.actor) == ("send_again", message.request, desk.user)


def test_a_forgotten_link_is_made_anew(message, desk):
    given_up(message, message=f"Please look: https://clinic.example{GONE}")
    again(Message.objects.get(pk=message.pk), desk)
    text = Email.objects.get(pk=message.email_id).message
    assert text.startswith("Please look: https://clinic.example/request/open/") and "…" not in text


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"message": ""}, "no longer kept"),
        ({"backend_alias": sms.ALIAS}, "A text message"),
        ({"status": STATUS.sent, "recipient_delivery_status": None}, "Only the newest"),
    ],
)
def test_what_is_not_sent_again(message, desk, changes, why):
    message = given_up(message, **changes)
    before = list(Email.objects.order_by("pk").values_list(*MAIL))
    with pytest.raises(InvalidTransition, match=why):
        again(message, desk)
    assert list(Email.objects.order_by("pk").values_list(*MAIL)) == before


def test_without_an_address_it_stays(message, desk):
    ConsultationRequest.objects.filter(pk=message.request_id).update(email="", **BY_PHONE)
    with pytest.raises(InvalidTransition, match="Only the newest"):
        again(Message.objects.get(pk=message.pk), desk)


@pytest.mark.parametrize(
    ("newer", "overtaken"),
    [
        ({"kind": "link"}, False),
        ({"kind": "links"}, False),
        ({"kind": "new_address"}, False),
        ({"kind": "moved"}, True),
        ({"kind": "moved", "superseded": True}, False),
    ],
)
def test_only_a_later_answer_overtakes_it(message, desk, newer, overtaken):
    mail = Email.objects.create(from_email="clinic@example.org", to=["x@example.org"])
    about = {"dedupe_key": "newer", "email": mail, "created_at": MONDAY + HOUR / 2}
    Message.objects.create(request=message.request, **about, **newer)
    if overtaken:
        with pytest.raises(InvalidTransition, match="Only the newest"):
            again(message, desk)
    else:
        assert again(message, desk).verb == "send_again"


@pytest.mark.postgresql
def test_a_link_is_sent_once_in_ten_minutes(clinic, desk):
    consultation = asked(clinic)
    send = by_desk("send_link")
    send(consultation, None, desk)
    assert kinds(consultation)[-1] == "link"
    event = consultation.events.last()
    assert (event.verb, event.actor) == ("send_link", desk.user)
    with pytest.raises(InvalidTransition, match="just been sent"):
        send(consultation, None, desk)
    by_desk("send_link", now=MONDAY + HOUR)(consultation, None, desk)
    ConsultationRequest.objects.update(email="", **BY_PHONE)
    consultation.refresh_from_db()
    with pytest.raises(InvalidTransition, match="no email address"):
        by_desk("send_link", now=MONDAY + 2 * HOUR)(consultation, None, desk)
    assert [event.verb for event in consultation.events.all()].count("send_link") == 2


@pytest.mark.postgresql
def test_links_are_not_sent_too_often(clinic, desk, real_limits):
    both = [asked(clinic, start=None) for _ in range(2)]
    with pytest.raises(InvalidTransition, match="too often for now"):
        for minutes in range(0, 60, 10):
            now = MONDAY + timedelta(minutes=minutes)
            by_desk("send_link", now=now)(both[minutes // 10 % 2], None, desk)
    rows = Message.objects.filter(kind="link")
    assert rows.count() == sum(one.events.filter(verb="send_link").count() for one in both) < 4


@pytest.mark.postgresql
def test_phoned_they_are_called_no_more(message, desk):
    consultation = message.request
    ConsultationRequest.objects.update(needs_call=True)
    consultation.refresh_from_db()
    version = consultation.version
    by_desk("phone")(consultation, None, desk)
    assert (consultation.needs_call, consultation.version) == (False, version + 1)
    consultation.refresh_from_db()
    assert (consultation.needs_call, consultation.version) == (False, version + 1)
    rows = Message.objects.filter(kind="confirmed").order_by("pk")
    assert list(rows.values_list("handled_at", flat=True)) == [None, MONDAY]
    assert ConsultationRequest.objects.exclude(pk=consultation.pk).get().needs_call
    assert consultation.events.last().verb == "phone"
