"""Asking and confirming: what is held, for whom and how long."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from post_office.models import Email

from bookings import transitions
from bookings.enums import REQUEST_FINAL, STOPS, AppointmentStatus, ContactBy, RequestStatus
from bookings.errors import InvalidTransition, NeedsCare, ServiceClosed, TimeTaken
from bookings.models import Appointment, ConsultationRequest
from tests.bookings.steps import ELEVEN, TEN, asked, consistent, kinds, verbs
from tests.factories import MONDAY, make_ask, make_person

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
FIVE = datetime(2026, 11, 23, 17, tzinfo=UTC)


def test_submit_holds_for_fifteen_minutes(clinic):
    consultation = asked(clinic, verified=False)
    held = consultation.appointments.get()
    assert consultation.status == RequestStatus.UNVERIFIED
    assert held.hold_expires_at == MONDAY + timedelta(minutes=15)
    assert set(held.claims.values_list("expires_at", flat=True)) == {held.hold_expires_at}
    assert kinds(consultation) == ["verify"] and consistent()


def test_verify_holds_until_the_answer_by_time(clinic):
    consultation = asked(clinic)
    held = consultation.appointments.get()
    assert consultation.status == RequestStatus.SUBMITTED
    assert consultation.respond_by == held.hold_expires_at == datetime(2026, 11, 23, 17, tzinfo=UTC)
    assert verbs(consultation) == ["submit", "verify"]
    assert kinds(consultation) == ["verify", "received"][1:] and consistent()


def test_verify_twice_changes_nothing(clinic):
    consultation = asked(clinic)
    version = consultation.version
    assert transitions.verify(consultation, now=MONDAY) is True
    consultation.refresh_from_db()
    assert consultation.version == version and verbs(consultation) == ["submit", "verify"]


def test_verify_after_somebody_else_took_the_lapsed_time(clinic):
    late = asked(clinic, verified=False)
    later = MONDAY + timedelta(minutes=16)
    for n in range(2):
        asked(clinic, now=later, email=f"{n}@example.org")
    assert transitions.verify(late, now=later) is False
    late.refresh_from_db()
    assert late.status == RequestStatus.SUBMITTED
    assert late.appointments.get().status == AppointmentStatus.CANCELLED
    assert consistent(later)


def test_the_same_key_returns_the_same_request(clinic):
    one = asked(clinic, key="k", verified=False)
    two = asked(clinic, key="k", verified=False)
    assert one == two and Email.objects.count() == 1


def test_a_taken_time_names_the_nearest(clinic):
    for n in range(2):
        asked(clinic, email=f"{n}@example.org")
    with pytest.raises(TimeTaken) as caught:
        asked(clinic)
    assert [s.start.hour for s in caught.value.alternatives] == [9, 11, 12, 13]
    assert Email.objects.filter(to="maria@example.org").count() == 0


def test_a_taken_time_is_refused_without_a_hold(clinic, settings):
    """While strangers hoard times, new requests hold none: what others hold is not theirs all the same."""
    for n in range(2):
        asked(clinic, email=f"{n}@example.org")
    settings.BOOKINGS = settings.BOOKINGS | {"UNPROVEN_HOLDS_A_DAY": 0}
    with pytest.raises(TimeTaken):
        asked(clinic, verified=False)


def test_two_with_one_address_hold_one_time(clinic):
    one, two = asked(clinic), asked(clinic, email="Maria@Example.org")
    visits = [consultation.appointments.get() for consultation in (one, two)]
    assert visits[0].start == visits[1].start
    assert visits[0].practitioner != visits[1].practitioner and consistent()


def test_an_address_holds_so_many_and_no_more(clinic, settings):
    """Beyond that a proven request is taken without a hold, and nobody is refused."""
    settings.BOOKINGS = settings.BOOKINGS | {"OPEN_HOLDS_PER_CONTACT": 1}
    asked(clinic)
    second = asked(clinic, start=ELEVEN)
    assert second.status == RequestStatus.SUBMITTED
    assert second.appointments.get().status == AppointmentStatus.CANCELLED
    mail = second.messages.get(kind="received").email
    assert "11am" not in mail.message and consistent()


def test_unproven_requests_take_no_hold_away(clinic, settings):
    settings.BOOKINGS = settings.BOOKINGS | {"OPEN_HOLDS_PER_CONTACT": 1}
    asked(clinic, verified=False)
    own = asked(clinic, start=ELEVEN)
    assert own.appointments.get().status == AppointmentStatus.PROPOSED


@pytest.mark.postgresql
def test_touching_visits_are_allowed(clinic):
    service, location, (one, two) = clinic
    service.practitioners.remove(two)
    asked(clinic, start=TEN)
    asked(clinic, start=ELEVEN, email="b@example.org")
    assert Appointment.objects.filter(practitioner=one).count() == 2


@pytest.mark.postgresql
def test_a_request_needs_a_way_to_answer(clinic):
    consultation = asked(clinic)
    consultation.email, consultation.contact_by = "", ContactBy.PHONE
    with pytest.raises(ValidationError):
        consultation.validate_constraints()
    with pytest.raises(IntegrityError), transaction.atomic():
        consultation.save()


@pytest.mark.postgresql
def test_contact_by_mail_needs_an_address(clinic):
    service, location, _people = clinic
    person = make_person(email="", phone="+442079460123", contact_by=ContactBy.EMAIL)
    with pytest.raises(IntegrityError, match="request_by_mail_has_address"):
        transitions.submit(make_ask(service, location), person, idempotency_key="k", now=MONDAY)


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("starts", "promised"),
    [
        ([], FIVE),
        ([TEN, MONDAY + HOUR], FIVE),
        ([MONDAY + HOUR, TEN], MONDAY + HOUR),
        ([MONDAY], FIVE),
    ],
)
def test_an_answer_comes_before_the_first_choice(clinic, starts, promised):
    ask = make_ask(*clinic[:2], starts=starts)
    person = make_person(email="", phone="+442079460123", contact_by=ContactBy.PHONE)
    consultation = transitions.submit(ask, person, idempotency_key="k", now=MONDAY)
    assert consultation.respond_by == promised
    rows = consultation.preferences.order_by("rank").values_list("rank", "start")
    assert list(rows) == list(enumerate(starts, start=1))


@pytest.mark.postgresql
@pytest.mark.parametrize("ended", [True, False])
def test_confirmed_late_the_next_choice_counts(clinic, ended):
    """What is over is not held, even where the worker has not ended its hold yet."""
    ask = make_ask(*clinic[:2], starts=[TEN, ELEVEN])
    consultation = transitions.submit(ask, make_person(), idempotency_key="k", now=MONDAY)
    if ended:
        transitions.expire_due(now=MONDAY + HOUR)
    assert transitions.verify(consultation, now=TEN) is ended
    held = consultation.appointments.holding(TEN).values_list("start", flat=True)
    assert list(held) == [ELEVEN] * ended and consultation.respond_by == ELEVEN


def test_what_others_hold_is_not_counted(clinic, desk, settings):
    """Nor the patient's own booked visit."""
    settings.BOOKINGS = settings.BOOKINGS | {"OPEN_HOLDS_PER_CONTACT": 1}
    booked = asked(clinic)
    transitions.confirm(booked, actor=desk, version=booked.version, now=MONDAY)
    asked(clinic, start=ELEVEN, email="b@example.org")
    own = asked(clinic, start=ELEVEN + HOUR)
    assert own.appointments.get().status == AppointmentStatus.PROPOSED
    third = asked(clinic, start=ELEVEN + 2 * HOUR)
    dropped = third.appointments.get()
    assert (dropped.status, dropped.cancelled_because) == ("cancelled", "enough")
    assert transitions.verify(third, now=MONDAY) is False


@pytest.mark.parametrize("status", sorted(REQUEST_FINAL))
def test_what_is_closed_is_not_confirmed(clinic, status):
    consultation = asked(clinic)
    ConsultationRequest.objects.update(status=status)
    consultation.refresh_from_db()
    with pytest.raises(InvalidTransition):
        transitions.verify(consultation, now=MONDAY)
    ConsultationRequest.objects.update(verified_at=None)
    consultation.refresh_from_db()
    if status == RequestStatus.DECLINED:  # the desk has corrected the address of this one
        transitions.verify(consultation, now=MONDAY)
        assert consultation.verified_at == MONDAY
    else:
        with pytest.raises(InvalidTransition):
            transitions.verify(consultation, now=MONDAY)


def test_an_answer_may_stop_the_request(clinic):
    for level in sorted(STOPS):
        answers = [("Any falls?", "No", "", "v1"), ("Any fever?", "Yes", level, "v1")]
        with pytest.raises(NeedsCare):
            asked(clinic, answers=answers, verified=False)
    assert not ConsultationRequest.objects.exists() and not Email.objects.exists()
    asked(clinic, answers=[("Any fever?", "A little", "hold", "v1")], verified=False)
    assert ConsultationRequest.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.parametrize("closed", ["inactive", "unsigned"])
def test_a_closed_service_takes_no_request(clinic, closed):
    service = clinic[0]
    if closed == "inactive":
        service.active = False
    else:
        service.accepted_unsigned.all().delete()
    with pytest.raises(ServiceClosed):
        asked(clinic, verified=False)
    assert not ConsultationRequest.objects.exists()


def test_the_same_key_finds_its_own_request(clinic):
    asked(clinic, start=ELEVEN, email="b@example.org", key="other")
    one = asked(clinic, key="k")
    assert asked(clinic, key="k") == one  # the time is theirs by now
