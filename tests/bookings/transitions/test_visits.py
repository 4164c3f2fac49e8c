"""The day of the visit, and what it settles of the request."""

from datetime import UTC, datetime, timedelta

import pytest

from bookings import transitions
from bookings.enums import AppointmentStatus, DeclineReason, RequestStatus
from bookings.errors import InvalidTransition
from bookings.schedule import claims
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)
ELEVEN = TEN + timedelta(hours=1)


def answer_with(request, desk, verb):
    common = {"actor": desk, "version": request.version, "now": MONDAY}
    if verb == "offer":
        transitions.offer(request, times=[(ELEVEN, None)], **common)
    if verb == "ask":
        transitions.ask_question(request, question="Which day?", **common)


@pytest.mark.parametrize("verb", ["", "offer", "ask"])
def test_arriving_settles_the_open_request(visit, desk, verb):
    """They asked for another time, and came at the old one."""
    consultation = visit.request
    transitions.ask_to_move(consultation, now=MONDAY, message="Later?")
    answer_with(consultation, desk, verb)
    transitions.arrive(visit, actor=desk, now=TEN)
    consultation.refresh_from_db()
    assert consultation.status == RequestStatus.CONFIRMED
    assert not consultation.appointments.pending().exists()
    assert consultation.events.filter(verb="keep", actor=desk.user).count() == 1
    transitions.fulfil(visit, actor=desk, now=ELEVEN)
    assert visit.status == AppointmentStatus.FULFILLED
    assert list(claims.inconsistencies(ELEVEN)) == []


def test_nobody_arrives_before_the_day_at_the_location(visit, desk):
    midnight = TEN.replace(hour=0)
    with pytest.raises(InvalidTransition, match="has not come yet"):
        transitions.arrive(visit, actor=desk, now=midnight - timedelta(minutes=1))
    transitions.arrive(visit, actor=desk, now=midnight)
    assert visit.status == AppointmentStatus.ARRIVED


def test_a_missed_visit_keeps_other_offers(visit, desk):
    consultation = visit.request
    transitions.ask_to_move(consultation, now=MONDAY, message="Later?")
    answer_with(consultation, desk, "offer")
    transitions.noshow(visit, actor=desk, now=TEN)
    consultation.refresh_from_db()
    assert (
        consultation.status == RequestStatus.OFFERED
        and consultation.appointments.pending().exists()
    )
    told = consultation.messages.filter(superseded=False)
    assert {message.kind for message in told} == {"offered", "missed"}
    transitions.correct(visit, actor=desk, version=consultation.version, now=TEN, why="Wrong one")
    assert [message.kind for message in told.all()] == ["offered"]


def test_a_visit_is_kept_despite_a_question(visit, desk):
    consultation = visit.request
    transitions.ask_to_move(consultation, now=MONDAY, message="Later?")
    answer_with(consultation, desk, "ask")
    transitions.keep_appointment(consultation, now=MONDAY)
    assert consultation.status == RequestStatus.CONFIRMED


def test_a_second_noshow_is_told_again(visit, desk):
    consultation = visit.request
    transitions.noshow(visit, actor=desk, now=TEN)
    transitions.correct(visit, actor=desk, version=consultation.version, now=TEN, why="Wrong one")
    transitions.noshow(visit, actor=desk, now=TEN + timedelta(minutes=20))
    assert consultation.messages.filter(kind="missed", superseded=False).count() == 1


@pytest.mark.parametrize("done", [False, True])
def test_a_visit_that_took_place_is_not_declined(visit, desk, done):
    consultation = visit.request
    transitions.arrive(visit, actor=desk, now=TEN)
    if done:
        transitions.fulfil(visit, actor=desk, now=ELEVEN)
    with pytest.raises(InvalidTransition):
        transitions.decline(
            consultation,
            actor=desk,
            version=consultation.version,
            now=ELEVEN,
            reason=DeclineReason.OTHER,
        )


@pytest.fixture
def missed(visit, desk):
    """They did not come, and the request was declined."""
    consultation = visit.request
    transitions.noshow(visit, actor=desk, now=TEN)
    transitions.decline(
        consultation,
        actor=desk,
        version=consultation.version,
        now=ELEVEN,
        reason=DeclineReason.NO_CONTACT,
    )
    return visit


def test_who_did_not_come_may_be(missed):
    assert missed.request.status == RequestStatus.DECLINED


def test_closed_requests_cannot_be_corrected(missed, desk):
    def correct():
        transitions.correct(
            missed, actor=desk, version=missed.request.version, now=ELEVEN, why="They were here"
        )

    with pytest.raises(InvalidTransition):
        correct()
    assert missed.status == AppointmentStatus.NOSHOW
    transitions.reopen(
        missed.request, actor=desk, version=missed.request.version, now=ELEVEN, why="They were here"
    )
    correct()
    assert missed.status == AppointmentStatus.BOOKED


def test_waitlisted_requests_cannot_be_corrected(missed, desk):
    consultation, common = missed.request, {"actor": desk, "now": ELEVEN}
    transitions.reopen(consultation, version=consultation.version, why="They phoned", **common)
    transitions.waitlist(consultation, version=consultation.version, **common)

    with pytest.raises(InvalidTransition, match="on the waiting list by now"):
        transitions.correct(missed, version=consultation.version, why="They were here", **common)

    missed.refresh_from_db()
    assert missed.status == AppointmentStatus.NOSHOW
    transitions.reopen(consultation, version=consultation.version, why="They were here", **common)
    transitions.correct(missed, version=consultation.version, why="They were here", **common)
    transitions.keep_appointment(consultation, actor=desk, version=consultation.version, now=ELEVEN)
    assert (
        missed.status == AppointmentStatus.BOOKED and consultation.status == RequestStatus.CONFIRMED
    )


def test_a_correction_names_another_booked_visit(missed, desk):
    consultation = missed.request
    common = {"actor": desk, "now": ELEVEN}
    transitions.reopen(consultation, version=consultation.version, why="They phoned", **common)
    transitions.confirm(
        consultation, version=consultation.version, start=TEN + timedelta(days=1), **common
    )

    with pytest.raises(InvalidTransition, match="another visit booked by now"):
        transitions.correct(missed, version=consultation.version, why="They were here", **common)
