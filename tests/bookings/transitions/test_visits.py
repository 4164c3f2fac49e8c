"""The day of the visit, and what it settles of the request."""

from datetime import UTC, datetime, timedelta

import pytest

from bookings import transitions
from bookings.enums import AppointmentStatus, DeclineReason, RequestStatus
from bookings.errors import InvalidTransition, StaleVersion, TimeTaken, TooManyHolds
from bookings.models import ConsultationRequest
from bookings.schedule import claims
from tests.factories import MONDAY, make_ask, make_person, make_request

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)
ELEVEN = TEN + timedelta(hours=1)
MINUTE = timedelta(minutes=1)


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


@pytest.mark.parametrize("verb", ["arrive", "fulfil", "noshow", "cancel"])
def test_a_page_of_before_changes_no_visit(visit, desk, verb):
    """A colleague has written about it meanwhile, and the visit is as it was."""
    if verb == "fulfil":
        transitions.arrive(visit, actor=desk, now=TEN)
    before, version = visit.status, visit.request.version
    with pytest.raises(StaleVersion):
        getattr(transitions, verb)(visit, actor=desk, now=TEN, version=version - 1)
    visit.refresh_from_db()
    assert visit.status == before
    getattr(transitions, verb)(visit, actor=desk, now=TEN, version=version)
    assert visit.status != before and visit.request.events.filter(verb=verb).count() == 1


@pytest.mark.parametrize("verb", ["fulfil", "noshow"])
def test_not_before_it_begins(visit, desk, verb):
    if verb == "fulfil":
        transitions.arrive(visit, actor=desk, now=TEN.replace(hour=1))
    before = visit.status
    with pytest.raises(InvalidTransition):
        getattr(transitions, verb)(visit, actor=desk, now=TEN - MINUTE)
    visit.refresh_from_db()
    assert visit.status == before
    getattr(transitions, verb)(visit, actor=desk, now=TEN)
    assert visit.status != before


def test_until_it_is_over_it_can_be_cancelled(visit, desk):
    with pytest.raises(InvalidTransition, match="This visit is over"):
        transitions.cancel(visit, actor=desk, now=ELEVEN)
    transitions.cancel(visit, actor=desk, now=ELEVEN - MINUTE)
    assert visit.status == AppointmentStatus.CANCELLED
    assert visit.request.status == RequestStatus.IN_REVIEW and visit.request.respond_by
    with pytest.raises(InvalidTransition):
        transitions.cancel(visit, actor=desk, now=ELEVEN - MINUTE)


def test_what_is_only_held_is_not_cancelled(clinic, desk):
    held = make_request(*clinic[:2], start=TEN).appointments.get()
    with pytest.raises(InvalidTransition):
        transitions.cancel(held, actor=desk, now=MONDAY)
    held.refresh_from_db()
    assert held.status == AppointmentStatus.PROPOSED


def test_what_was_recorded_is_corrected_once(visit, desk):
    about = {"actor": desk, "now": ELEVEN, "why": "Wrong one"}
    with pytest.raises(InvalidTransition):
        transitions.correct(visit, version=visit.request.version, **about)
    transitions.noshow(visit, actor=desk, now=TEN)
    with pytest.raises(StaleVersion):
        transitions.correct(visit, version=visit.request.version + 1, **about)
    visit.refresh_from_db()
    assert visit.status == AppointmentStatus.NOSHOW
    transitions.correct(visit, version=visit.request.version, **about)
    event = visit.request.events.get(verb="correct")
    assert (event.from_status, event.to_status) == ("noshow", "booked")
    assert (event.why, event.appointment, event.actor) == ("Wrong one", visit, desk.user)


@pytest.mark.parametrize(
    ("start", "other", "now"),
    [
        (TEN, None, MONDAY),
        (TEN, False, MONDAY),
        (ELEVEN, None, TEN),
        (ELEVEN, None, ELEVEN),
        (MONDAY, None, MONDAY),
        (MONDAY - MINUTE, None, MONDAY),
    ],
)
def test_where_a_visit_cannot_be_moved(visit, desk, start, other, now):
    """To where it is, once it has begun, or into the past."""
    practitioner = visit.practitioner if other is False else None
    before = visit.request.version
    with pytest.raises((InvalidTransition, TimeTaken)) as caught:
        transitions.move(
            visit.request,
            actor=desk,
            version=before,
            now=now,
            start=start,
            practitioner=practitioner,
        )
    assert type(caught.value) is (InvalidTransition if start > MONDAY else TimeTaken)
    visit.request.refresh_from_db()
    visit.refresh_from_db()
    assert (visit.request.version, visit.status) == (before, AppointmentStatus.BOOKED)


def test_the_same_time_with_somebody_else(visit, desk, clinic):
    other = next(one for one in clinic[2] if one != visit.practitioner)
    by = {"actor": desk, "version": visit.request.version, "now": TEN - MINUTE}
    moved = transitions.move(visit.request, start=TEN, practitioner=other, **by)
    visit.refresh_from_db()
    assert (moved.start, moved.practitioner, moved.status) == (TEN, other, "booked")
    assert (visit.status, visit.cancelled_because) == ("cancelled", "moved")


def book(clinic, desk, *, start=TEN, key="k", **about):
    ask = make_ask(*clinic[:2], network="203.0.113.7", **about)
    person = make_person(phone="+442079460123")
    return transitions.book_for(
        ask, person, actor=desk, now=MONDAY, start=start, idempotency_key=key
    )


def test_booked_on_the_phone_once_and_ahead(clinic, desk):
    with pytest.raises(TimeTaken, match="in the past"):
        book(clinic, desk, start=MONDAY)
    assert not ConsultationRequest.objects.exists()
    visit = book(clinic, desk)
    assert book(clinic, desk) == visit and ConsultationRequest.objects.count() == 1
    told = visit.request.messages.get()
    assert (told.kind, told.email.to) == ("confirmed", ["maria@example.org"])


def test_the_desk_books_whatever_strangers_hold(clinic, desk, settings):
    settings.BOOKINGS = settings.BOOKINGS | {"OPEN_HOLDS_PER_NETWORK": 1}
    make_request(*clinic[:2], start=ELEVEN, network="203.0.113.7")
    with pytest.raises(TooManyHolds):
        make_request(*clinic[:2], email="b@example.org", network="203.0.113.7")
    clinic[0].active = False
    assert book(clinic, desk).status == AppointmentStatus.BOOKED


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


@pytest.mark.postgresql
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
