"""Another time was asked for, and the visit stays as it was booked: said before it, or after."""

from datetime import UTC, datetime, timedelta

import pytest

from bookings import transitions
from bookings.enums import AppointmentStatus, RequestStatus
from bookings.errors import InvalidTransition, StaleVersion, VisitBegun
from bookings.schedule import claims
from bookings.transitions import Waiting
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)
ELEVEN = TEN + timedelta(hours=1)


@pytest.fixture
def wished(visit):
    """The patient asked for another time than Tuesday at ten."""
    transitions.ask_to_move(visit.request, now=MONDAY, message="Later?")
    return visit.request


def ask(request, desk):
    transitions.ask_question(
        request, actor=desk, version=request.version, now=MONDAY, question="Which day?"
    )


def told(request):
    return [m.kind for m in request.messages.filter(superseded=False).order_by("created_at", "pk")]


@pytest.mark.parametrize("now", [TEN, ELEVEN])
def test_after_the_start_patients_must_call(wished, now):
    def wait():
        transitions.join_waiting_list(wished, Waiting(), parts=[], now=now)

    for late in (lambda: transitions.withdraw(wished, now=now), wait):
        with pytest.raises(VisitBegun, match="Please call us"):
            late()
    wished.refresh_from_db()
    assert wished.status == RequestStatus.IN_REVIEW


def test_a_visit_that_began_cannot_move(visit):
    with pytest.raises(VisitBegun):
        transitions.ask_to_move(visit.request, now=TEN, message="Later?")


def test_after_the_visit_the_wish_may_end(wished, visit):
    transitions.keep_appointment(wished, now=ELEVEN)
    visit.refresh_from_db()
    assert wished.status == RequestStatus.CONFIRMED and visit.status == AppointmentStatus.BOOKED
    assert "kept" not in told(wished)


def test_what_was_offered_for_later_is_given_back(wished, desk):
    later = [(TEN + timedelta(days=1), None)]
    transitions.offer(wished, actor=desk, version=wished.version, now=MONDAY, times=later)
    transitions.keep_appointment(wished, now=ELEVEN)
    assert not wished.appointments.pending().exists()
    assert list(claims.inconsistencies(ELEVEN)) == []


@pytest.mark.parametrize(("now", "kinds"), [(MONDAY, ["kept"]), (ELEVEN, [])])
def test_staff_keep_it_for_whoever_phones(wished, desk, now, kinds):
    transitions.keep_appointment(wished, actor=desk, version=wished.version, now=now)
    assert wished.status == RequestStatus.CONFIRMED and told(wished)[-1:] == kinds
    assert wished.events.get(verb="keep").actor == desk.user


def test_the_second_of_two_is_told(wished, desk):
    seen = wished.version
    ask(wished, desk)
    with pytest.raises(StaleVersion):
        transitions.keep_appointment(wished, actor=desk, version=seen, now=MONDAY)


def test_who_wished_for_nothing_keeps_nothing(visit):
    with pytest.raises(InvalidTransition):
        transitions.keep_appointment(visit.request, now=MONDAY)


def test_a_question_about_the_wish_ends_too(wished, desk, visit):
    ask(wished, desk)
    transitions.expire_due(now=ELEVEN - timedelta(minutes=1))
    wished.refresh_from_db()
    assert wished.status == RequestStatus.INFO_NEEDED
    transitions.expire_due(now=ELEVEN)
    wished.refresh_from_db()
    visit.refresh_from_db()
    assert wished.status == RequestStatus.CONFIRMED and visit.status == AppointmentStatus.BOOKED
    assert wished.events.get(verb="lapse_wish").appointment == visit


@pytest.mark.postgresql
def test_an_unanswered_wish_never_lapses(wished):
    transitions.expire_due(now=ELEVEN + timedelta(days=3))
    wished.refresh_from_db()
    assert wished.status == RequestStatus.IN_REVIEW
    assert list(type(wished).objects.overdue(ELEVEN)) == [wished]


def test_a_question_about_a_missed_visit_stays(wished, desk, visit):
    ask(wished, desk)
    transitions.noshow(visit, actor=desk, now=TEN)
    transitions.expire_due(now=ELEVEN)
    wished.refresh_from_db()
    assert wished.status == RequestStatus.INFO_NEEDED
