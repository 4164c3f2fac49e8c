"""How long a first choice is held, and what becomes of it when the address is confirmed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from bookings import claims, transitions
from bookings.enums import AppointmentStatus, RequestStatus
from bookings.errors import BookingError, InvalidTransition, TimeTaken
from bookings.models import Appointment
from tests.factories import MONDAY, make_ask, make_person, make_request

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)
LATER = MONDAY + timedelta(minutes=16)
FRIDAY_EVENING = datetime(2026, 11, 20, 18, tzinfo=UTC)
NEXT_MORNING = datetime(2026, 11, 23, 9, tzinfo=UTC)


def asked(clinic, start=TEN, **kwargs):
    service, location, _people = clinic
    return make_request(service, location, start=start, **kwargs)


def held(request):
    return request.appointments.filter(status=AppointmentStatus.PROPOSED).first()


def consistent(now):
    return list(claims.inconsistencies(now)) == []


def test_a_hold_that_is_confirmed_while_the_worker_ends_it_lasts(clinic):
    """The worker reads what has lapsed, then the patient is faster."""
    request = asked(clinic, verified=False)
    (found,) = Appointment.objects.lapsed(LATER).select_related("request__location")
    assert transitions.verify(request, now=LATER) is True
    with pytest.raises(BookingError):
        transitions.expiring._lapse(found, now=LATER)
    assert held(request) and consistent(LATER)


def test_a_time_that_is_still_free_is_held_once_more(clinic, time_machine):
    time_machine.move_to(MONDAY)
    request = asked(clinic, verified=False)
    transitions.expire_due(now=LATER)
    request.refresh_from_db()
    assert transitions.verify(request, now=LATER) is True
    assert held(request).start == TEN and held(request).hold_expires_at == request.respond_by
    received = request.messages.get(kind="received").email.message
    assert "We keep Tuesday 24 November, 10:00am for you" in received
    assert consistent(LATER)


def test_a_time_that_is_gone_meanwhile_is_not(clinic):
    request = asked(clinic, verified=False)
    transitions.expire_due(now=LATER)
    for n in range(2):
        asked(clinic, now=LATER, email=f"{n}@example.org")
    request.refresh_from_db()
    assert transitions.verify(request, now=LATER) is False
    assert request.status == RequestStatus.SUBMITTED and held(request) is None
    assert consistent(LATER)


def test_the_answer_is_promised_before_the_time_that_was_asked_for(clinic):
    """Asked on Friday evening for Monday at nine: eight working hours later would be five o'clock."""
    request = asked(clinic, start=NEXT_MORNING, now=FRIDAY_EVENING)
    assert request.respond_by == held(request).hold_expires_at == NEXT_MORNING


def test_the_same_on_the_phone(clinic):
    service, location, _people = clinic
    person = make_person(email="", phone="+442079460123", contact_by="phone")
    ask = make_ask(service, location, starts=[NEXT_MORNING])
    request = transitions.submit(ask, person, idempotency_key="k", now=FRIDAY_EVENING)
    assert request.respond_by == NEXT_MORNING


def test_a_time_that_has_begun_is_not_confirmed(clinic, desk):
    request = asked(clinic)
    with pytest.raises(TimeTaken):
        transitions.confirm(request, actor=desk, version=request.version, now=TEN)
    request.refresh_from_db()
    assert request.status == RequestStatus.SUBMITTED


def test_a_closed_request_is_not_thanked_for_its_address(clinic):
    request = asked(clinic, verified=False)
    transitions.expire(request, now=MONDAY + timedelta(days=1))
    with pytest.raises(InvalidTransition):
        transitions.verify(request, now=MONDAY + timedelta(days=1))


@pytest.mark.parametrize("wrong", [{"status": "lost"}, {"status": AppointmentStatus.BOOKED}])
def test_the_database_refuses_what_no_transition_writes(clinic, wrong):
    asked(clinic)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.update(**wrong)
    assert Appointment.objects.get().status == AppointmentStatus.PROPOSED


def test_a_hold_that_lasts_keeps_its_very_cells(clinic):
    request = asked(clinic, verified=False)
    before = set(held(request).claims.values_list("pk", flat=True))
    transitions.verify(request, now=MONDAY)
    visit = held(request)
    assert set(visit.claims.values_list("pk", flat=True)) == before
    assert set(visit.claims.values_list("expires_at", flat=True)) == {request.respond_by}


def test_asking_and_confirming_stay_short(clinic, django_assert_max_num_queries):
    """Half of their time goes into queries (benchmarks/README.md)."""
    with django_assert_max_num_queries(35):
        request = asked(clinic, verified=False)
    with django_assert_max_num_queries(28):
        transitions.verify(request, now=MONDAY)
