"""How many times strangers may hold; whom a second request is of; a mail that is sent again."""

from datetime import UTC, datetime, timedelta

import pytest
from post_office.models import STATUS, Email

from bookings import transitions
from bookings.errors import InvalidTransition, StaleVersion, TooManyHolds
from bookings.models import ConsultationRequest, Message
from bookings.transitions import limits
from bookings.transitions.request_data import Contact, keyed, new_reference
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed, verbs
from tests.factories import MONDAY, make_request

pytestmark = pytest.mark.django_db
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("network", "wide"),
    [
        ("2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("2001:db8:ffff:ffff::/64", "2001:db8:ffff::/48"),
        ("192.0.2.7", ""),
        ("", ""),
        ("nonsense", ""),
    ],
)
def test_the_wide_network_of_a_narrow_one(network, wide):
    assert limits.wide_network(network) == wide


@pytest.mark.postgresql
@pytest.mark.parametrize(("column", "most"), [("network_key", 3), ("wide_network_key", 5)])
def test_enough_open_requests_of_a_network(clinic, settings, column, most):
    settings.BOOKINGS = settings.BOOKINGS | {
        "OPEN_HOLDS_PER_NETWORK": 3,
        "OPEN_HOLDS_PER_WIDE_NETWORK": 5,
    }
    network, wide = "2001:db8:1:2::/64", "2001:db8:1::/48"
    for number in range(most):
        limits.check_network(network)
        asked(clinic, start=None, email=f"{number}@example.org")
        ConsultationRequest.objects.update(
            **{column: keyed(network if column == "network_key" else wide)}
        )
    with pytest.raises(TooManyHolds):
        limits.check_network(network)
    limits.check_network("2001:db8:2:2::/64")
    limits.check_network("")
    ConsultationRequest.objects.filter(pk=ConsultationRequest.objects.first().pk).update(
        status="declined", closed_at=MONDAY
    )
    limits.check_network(network)


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("status", "changes", "hoarding"),
    [
        ("unverified", {}, True),
        ("expired", {"closed_at": MONDAY}, True),
        ("submitted", {}, False),
        ("unverified", {"verified_at": MONDAY}, False),
        ("unverified", {"created_at": MONDAY - DAY}, False),
        ("unverified", {"created_at": MONDAY - DAY + MINUTE}, True),
    ],
)
def test_when_somebody_hoards(clinic, settings, status, changes, hoarding):
    settings.BOOKINGS = settings.BOOKINGS | {"UNPROVEN_HOLDS_A_DAY": 2}
    for number in range(2):
        assert not limits.is_hoarding(now=MONDAY)
        asked(clinic, start=None, email=f"{number}@example.org", verified=False)
    ConsultationRequest.objects.update(status=status, **changes)
    assert limits.is_hoarding(now=MONDAY) is hoarding


def test_one_person_in_whatever_spelling():
    def key(**about):
        return Contact("Mia", "email", **about).key

    assert key(email=" Mia@Example.org ") == key(email="mia@example.org", phone="+442079460999")
    assert key(phone="+442079460999;ext=12") == key(phone="+442079460999") != key(email="m@x.org")
    assert keyed("") == "" and len(keyed("x")) == 64


def test_a_reference_in_two_groups():
    found = {new_reference() for _ in range(50)}
    assert len(found) == 50 and {len(one) for one in found} == {9}
    assert {one[4] for one in found} == {"-"}
    assert not set("".join(found)) & set("AEIOU01")


def close(consultation, desk):
    transitions.close_duplicate(consultation, actor=desk, version=consultation.version, now=MONDAY)


def test_a_duplicate_needs_another(clinic, desk):
    consultation = asked(clinic)
    asked(clinic, start=ELEVEN, email="somebody@example.org")
    with pytest.raises(InvalidTransition, match="so this one counts"):
        close(consultation, desk)
    other = asked(clinic, start=ELEVEN + timedelta(hours=1))
    close(consultation, desk)
    with pytest.raises(InvalidTransition, match="so this one counts"):
        close(other, desk)


def test_a_duplicate_of_one_who_comes(clinic, desk):
    confirmed(clinic, desk)
    consultation = asked(clinic, start=ELEVEN)
    close(consultation, desk)
    assert consultation.status == "declined" and consultation.decline_reason == "duplicate"
    booked_too = confirmed(clinic, desk, start=ELEVEN)[0]
    transitions.ask_to_move(booked_too, now=MONDAY, message="Later.")
    with pytest.raises(InvalidTransition, match="A visit is booked"):
        close(booked_too, desk)


@pytest.fixture
def failed(clinic, desk):
    consultation = confirmed(clinic, desk)[0]
    message = consultation.messages.get(kind="confirmed")
    Email.objects.filter(pk=message.email_id).update(status=STATUS.failed)
    message.refresh_from_db()
    return message


def send_again(message, desk):
    transitions.send_again(message, actor=desk, now=MONDAY)


@pytest.mark.postgresql
def test_only_what_was_given_up_is_sent_again(failed, desk):
    Email.objects.update(number_of_retries=6)
    send_again(failed, desk)
    failed.email.refresh_from_db()
    assert failed.email.status == STATUS.queued and failed.email.number_of_retries == 0
    assert failed.email.scheduled_time == MONDAY
    failed.refresh_from_db()
    with pytest.raises(InvalidTransition, match="newest"):
        send_again(failed, desk)


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda message: Email.objects.update(message=""), "no longer kept"),
        (lambda message: Email.objects.update(backend_alias="sms"), "text message"),
        (lambda message: message.request.messages.update(superseded=True), "newest"),
    ],
)
def test_what_is_not_sent_again(failed, desk, change, why):
    change(failed)
    with pytest.raises(InvalidTransition, match=why):
        send_again(Message.objects.get(pk=failed.pk), desk)


def test_a_link_does_not_stand_in_the_way(failed, desk):
    transitions.resend_link(failed.request, now=MONDAY)
    send_again(failed, desk)
    assert failed.request.events.last().verb == "send_again"


def test_when_a_link_is_sent(clinic, desk):
    consultation = asked(clinic)
    about = {"actor": desk, "version": consultation.version}
    with pytest.raises(StaleVersion):
        transitions.send_link(consultation, **about | {"version": 9}, now=MONDAY)
    transitions.send_link(consultation, **about, now=MONDAY)
    with pytest.raises(InvalidTransition, match="just been sent"):
        transitions.send_link(consultation, **about, now=MONDAY)
    consultation.email = ""
    with pytest.raises(InvalidTransition, match="no email address"):
        transitions.send_link(consultation, **about, now=MONDAY)
    assert verbs(consultation).count("send_link") == 1


def test_a_phone_call_settles_what_did_not_arrive(failed, desk):
    consultation = failed.request
    other = make_request(consultation.service, consultation.location, email="o@example.org")
    Email.objects.update(status=STATUS.failed)
    ConsultationRequest.objects.update(needs_call=True)
    consultation.needs_call = True
    with pytest.raises(StaleVersion):
        transitions.phone(consultation, actor=desk, version=9, now=MONDAY)
    transitions.phone(consultation, actor=desk, version=consultation.version, now=MONDAY)
    consultation.refresh_from_db()
    other.refresh_from_db()
    assert not consultation.needs_call and other.needs_call
    assert not Message.objects.undelivered().filter(request=consultation).exists()
    assert Message.objects.undelivered().filter(request=other).exists()
    assert consultation.events.last().verb == "phone"


# --- asking again and changing one's own times ---------------------------------------------------


def test_a_hold_is_given_once_more(clinic):
    consultation = asked(clinic, verified=False)
    with pytest.raises(InvalidTransition):
        transitions.hold_again(consultation, now=MONDAY)
    lapsed = consultation.appointments.get().hold_expires_at
    again = transitions.hold_again(consultation, now=lapsed)
    assert (again.status, again.start) == ("proposed", TEN)
    assert again.hold_expires_at == lapsed + timedelta(minutes=15)
    with pytest.raises(InvalidTransition):
        transitions.hold_again(consultation, now=again.hold_expires_at)


@pytest.mark.postgresql
@pytest.mark.parametrize("why", ["confirmed", "hoarding"])
def test_a_hold_that_is_not_given_again(clinic, settings, why):
    consultation = asked(clinic, verified=why == "confirmed")
    if why == "hoarding":
        settings.BOOKINGS = settings.BOOKINGS | {"UNPROVEN_HOLDS_A_DAY": 1}
    now = consultation.appointments.get().hold_expires_at
    with pytest.raises(InvalidTransition):
        transitions.hold_again(consultation, now=now)


@pytest.mark.parametrize(
    ("now", "error"),
    [
        (datetime(2026, 11, 23, 8, tzinfo=UTC), None),
        (TEN - DAY + MINUTE, "InsideNotice"),
        (TEN, "VisitBegun"),
    ],
)
def test_until_when_a_visit_may_be_moved(clinic, desk, now, error):
    consultation, visit = confirmed(clinic, desk)
    start = ELEVEN + 7 * DAY
    if error:
        with pytest.raises(InvalidTransition) as caught:
            transitions.move_own_visit(consultation, start=start, now=now)
        assert type(caught.value).__name__ == error
    else:
        moved = transitions.move_own_visit(consultation, start=start, now=now)
        assert moved.start == start and moved.replaces == visit


def test_not_every_service_lets_patients_move(clinic, desk):
    clinic[0].patients_move = False
    clinic[0].save()
    consultation = confirmed(clinic, desk)[0]
    with pytest.raises(InvalidTransition):
        transitions.move_own_visit(consultation, start=ELEVEN, now=MONDAY)
