"""Staff book a time that is not free: with a reason, an event and a mark, and nobody else beside them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from bookings import transitions
from bookings.enums import AppointmentStatus, RequestStatus, ResourceKind, Verb
from bookings.errors import BookingError, InvalidTransition, TimeTaken
from bookings.models import Appointment, BookedAnyway, DateException, TimeClaim
from bookings.schedule import claims
from bookings.schedule.availability import Search, find_slot
from bookings.transitions import Anyway
from bookings.worker import reminders
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed, consistent
from tests.factories import MONDAY, ResourceFactory, make_clinic

pytestmark = [pytest.mark.django_db, pytest.mark.both]
MINUTES = timedelta(minutes=1)
HALF_PAST = TEN + 30 * MINUTES


@pytest.fixture
def clinic(db):
    return make_clinic(buffer_after_minutes=10, step_minutes=30)


def reasons(consultation, start, moving=None):
    return transitions.against(
        consultation.service,
        consultation.location,
        start,
        practitioner=None,
        now=MONDAY,
        ignoring=transitions.held_by(consultation),
        moving=moving,
    )


def book_anyway(consultation, start, desk, *, because="She is in pain.", seen=None, verb="confirm"):
    moving = consultation.appointments.filter(status=AppointmentStatus.BOOKED).first()
    found = reasons(consultation, start, moving)
    return getattr(transitions, verb)(
        consultation,
        actor=desk,
        version=consultation.version,
        now=MONDAY,
        start=start,
        anyway=Anyway(because, found.code if seen is None else seen),
    )


def test_a_double_booking_is_marked_and_told(clinic, desk):
    """Amara, ten to eleven, and from half past ten somebody else: because staff say so, in writing."""
    _first, visit = confirmed(clinic, desk)
    consultation = asked(clinic, start=TEN + timedelta(hours=4), email="b@example.org")
    second = book_anyway(consultation, HALF_PAST, desk)
    assert consultation.status == RequestStatus.CONFIRMED and consistent()
    assert second.practitioner == visit.practitioner and visit.claims.filter(lane=0).count() == 14
    lanes = list(second.claims.order_by("cell_start").values_list("lane", flat=True))
    assert lanes == [1] * 8 + [0] * 6  # where nobody is, the index keeps everybody else away
    assert "has another visit, 10am–11am" in second.booked_anyway.against
    event = consultation.events.get(verb=Verb.BOOK_ANYWAY)
    assert (event.why, event.actor, event.appointment) == ("She is in pain.", desk.user, second)
    assert consultation.messages.filter(kind="confirmed").exists()


@pytest.mark.parametrize(
    ("what", "start"),
    [
        ("past closing", TEN + timedelta(hours=6, minutes=30)),
        ("off the grid", TEN + 7 * MINUTES),
        ("on a day off", TEN + timedelta(days=4)),
        ("in a break", TEN + timedelta(hours=3)),
        ("beyond the horizon and at night", TEN + timedelta(days=84, hours=10)),
    ],
)
def test_every_reason_can_be_overruled(clinic, desk, what, start):
    _service, location, people = clinic
    break_ = DateException.objects.create(
        location=location,
        resource=people[0],
        start=TEN + timedelta(hours=3),
        end=TEN + timedelta(hours=4),
    )
    transitions.apply_closure(break_, actor=desk, now=MONDAY)
    consultation, _visit = confirmed(clinic, desk)
    moved = book_anyway(consultation, start, desk, verb="move")
    assert moved.start == start and moved.anyway.because == "She is in pain." and consistent()
    assert not claims.standing_inside(break_, now=MONDAY)
    assert {v.pk for v in reminders.expected()} == {moved.pk}


def test_a_later_closure_displaces_it(clinic, desk):
    consultation, _visit = confirmed(clinic, desk)
    moved = book_anyway(consultation, TEN + timedelta(hours=7), desk, verb="move")
    closed = DateException.objects.create(
        location=clinic[1], start=TEN, end=TEN + timedelta(hours=12)
    )
    assert transitions.apply_closure(closed, actor=desk, now=MONDAY) == [moved]
    assert not reminders.expected().exists() and consistent()


def test_what_was_not_read_is_refused(clinic, desk):
    """Somebody else got there between the page and the button."""
    consultation = asked(clinic, start=TEN + timedelta(hours=4))
    seen = reasons(consultation, TEN + 7 * MINUTES).code
    confirmed(clinic, desk, email="b@example.org")
    with pytest.raises(TimeTaken) as refused:
        book_anyway(consultation, TEN + 7 * MINUTES, desk, seen=seen)
    assert any("another visit" in reason for reason in refused.value.reasons)
    assert not BookedAnyway.objects.exists() and consistent()


def test_a_time_that_came_free_needs_no_mark(clinic, desk):
    other, _visit = confirmed(clinic, desk)
    consultation = asked(clinic, start=TEN + timedelta(hours=4), email="b@example.org")
    seen = reasons(consultation, TEN).code
    transitions.withdraw(other, now=MONDAY)
    visit = book_anyway(consultation, TEN, desk, seen=seen)
    assert visit.anyway is None and consistent()


def test_nobody_books_the_past_or_a_stranger(clinic, desk):
    consultation = asked(clinic)
    with pytest.raises(TimeTaken):
        book_anyway(consultation, MONDAY - timedelta(hours=1), desk)
    stranger = ResourceFactory(location=clinic[1])
    with pytest.raises(BookingError, match="choose who it is with"):
        transitions.against(clinic[0], clinic[1], TEN, practitioner=stranger, now=MONDAY)


def overlap(clinic, desk, *, email="b@example.org"):
    consultation = asked(clinic, start=TEN + timedelta(hours=4), email=email)
    return book_anyway(consultation, HALF_PAST, desk)


@pytest.mark.parametrize("who_leaves", ["the first", "the second"])
def test_the_others_time_stays_guarded(clinic, desk, who_leaves):
    """Whoever of the two goes: nobody gets into the other's time, in the page or in the database."""
    first, visit = confirmed(clinic, desk)
    second = overlap(clinic, desk)
    left, stays = (first, second) if who_leaves == "the first" else (second.request, visit)
    transitions.withdraw(left, now=MONDAY)
    assert consistent() and not TimeClaim.objects.filter(lane__gt=0).exists()
    assert set(TimeClaim.objects.values_list("appointment", flat=True)) == {stays.pk}
    search = Search(clinic[0], clinic[1], MONDAY, notice=False)
    assert find_slot(search, HALF_PAST) is None
    inside = Appointment.objects.get(pk=stays.pk)
    inside.pk, inside.ics_uid, inside.status = None, "x", AppointmentStatus.PENDING
    inside.save()
    with pytest.raises(TimeTaken):
        claims.claim(inside, now=MONDAY)


def test_three_on_one_time_were_each_decided(clinic, desk):
    confirmed(clinic, desk)
    overlap(clinic, desk)
    third = overlap(clinic, desk, email="c@example.org")
    assert set(third.claims.values_list("lane", flat=True)) == {1, 2} and consistent()
    assert third.anyway.against.count("another visit") == 2


def test_no_other_lane_without_a_mark(clinic, desk):
    """The database refuses it, whatever the code does."""
    _first, visit = confirmed(clinic, desk)
    second = overlap(clinic, desk)
    for changes in (
        {"lane": 2},
        {"lane": 2, "decided": second.booked_anyway},
        {"lane": 1, "decided": None},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            visit.claims.update(**changes)
    with pytest.raises(IntegrityError), transaction.atomic():
        BookedAnyway.objects.update(because="")


def test_it_comes_back_beside_no_newcomer(clinic, desk):
    """A cancelled visit is taken back; meanwhile its time went to somebody."""
    confirmed(clinic, desk)
    second = overlap(clinic, desk)
    consultation = second.request
    transitions.cancel_for(consultation, actor=desk, version=consultation.version, now=MONDAY)
    later = MONDAY + timedelta(seconds=60)
    other = asked(clinic, start=ELEVEN + 30 * MINUTES, email="d@example.org", now=later)
    assert other.appointments.get().start == ELEVEN + 30 * MINUTES
    undo = {"actor": desk, "version": consultation.version, "now": later}
    if second.busy_end > ELEVEN + 30 * MINUTES:
        with pytest.raises(TimeTaken):
            transitions.undo(consultation, **undo)
    assert consistent(later)


def test_a_room_is_shared_only_where_none_is_free(desk):
    clinic = make_clinic(needs_room=True)
    rooms = [
        ResourceFactory(kind=ResourceKind.ROOM, location=clinic[1], name=name)
        for name in ("Blue room", "Red room")
    ]
    _first, visit = confirmed(clinic, desk)
    assert visit.room == rooms[0]
    found = [overlap(clinic, desk, email=f"{n}@example.org").room for n in range(2)]
    assert found == [rooms[1], rooms[0]] and consistent()


def test_erasing_leaves_no_reason(clinic, desk):
    confirmed(clinic, desk)
    second = overlap(clinic, desk)
    transitions.erase(
        second.request, actor=desk, version=second.request.version, now=MONDAY, because="asked"
    )
    assert BookedAnyway.objects.get().because == "–" and BookedAnyway.objects.get().against == ""
    assert consistent()


def test_arrived_and_back_keeps_its_lane(clinic, desk):
    confirmed(clinic, desk)
    second = overlap(clinic, desk)
    transitions.noshow(second, actor=desk, now=ELEVEN)
    assert not second.claims.exists()
    transitions.correct(
        second, actor=desk, version=second.request.version, now=ELEVEN, why="They came."
    )
    assert consistent(ELEVEN)
    with pytest.raises(InvalidTransition):
        transitions.arrive(second, actor=desk, now=MONDAY)
