"""With whom and where a time is held, how long, and what is said of one that is gone."""

from datetime import UTC, datetime, timedelta

import pytest

from bookings import transitions
from bookings.enums import AppointmentStatus, ResourceKind
from bookings.errors import BookingError, StaleVersion, TimeTaken
from bookings.models import Appointment, DateException
from bookings.schedule.availability import Search
from bookings.transitions.book import book
from bookings.transitions.holds import (
    by_staff,
    end_hold,
    extend_hold,
    fairest_first,
    hold,
    hold_first_choice,
)
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed, consistent
from tests.bookings.transitions import test_refused as of_requests
from tests.bookings.transitions.test_refused import by_desk
from tests.factories import MONDAY, ResourceFactory, make_clinic

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = (timedelta(**{n: 1}) for n in ("minutes", "hours", "days"))
SOON = datetime(2026, 11, 23, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("visits", "first"),
    [
        ([], 0),
        ([(0, 0)], 1),
        ([(1, 0)], 0),
        ([(0, 0), (1, 1)], 0),
        ([(0, 0), (0, 1), (1, 2)], 1),
        ([(0, -1)], 1),
        ([(0, 6)], 0),
        ([(0, 2), (1, -4)], 1),
    ],
)
def test_whoever_has_less_that_week_comes_first(clinic, desk, visits, first):
    """Within three and a half days on either side, and of as many whoever was entered first."""
    base = TEN + 7 * DAY
    for number, (who, days) in enumerate(visits):
        about = {"practitioner": clinic[2][who], "email": f"{number}@example.org"}
        confirmed(clinic, desk, start=base + days * DAY + HOUR, **about)
    ids = [person.pk for person in clinic[2]]
    assert fairest_first(ids, base) == sorted(ids, key=lambda pk: pk != ids[first])


def test_a_cancelled_visit_is_no_work(clinic, desk):
    consultation, visit = confirmed(clinic, desk)
    by_desk("cancel_for")(consultation, None, desk)
    ids = [person.pk for person in clinic[2]]
    assert visit.practitioner_id == ids[0] and fairest_first(ids, ELEVEN) == ids


def test_one_alone_is_not_counted(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert fairest_first((7,), TEN) == [7]


@pytest.mark.parametrize("wanted", [None, 0, 1, 2])
def test_the_room_that_is_asked_for(wanted):
    clinic = make_clinic(needs_room=True)
    about = {"kind": ResourceKind.ROOM, "location": clinic[1]}
    rooms = [ResourceFactory(name=name, **about) for name in ("Blue", "Green", "Red")]
    consultation = asked(clinic, start=None)
    room = None if wanted is None else rooms[wanted]
    visit = book(consultation, TEN, now=MONDAY, room=room)
    assert visit.room == rooms[wanted or 0] and consistent()


def test_a_hold_is_extended_for_itself(clinic):
    later = TEN - HOUR
    mine, other = asked(clinic), asked(clinic, start=ELEVEN, email="b@example.org")
    kept = other.appointments.get()
    held = mine.appointments.get()
    assert extend_hold(held, later, now=MONDAY) is True
    assert held.hold_expires_at == mine.appointments.get().hold_expires_at == later
    assert set(held.claims.values_list("expires_at", flat=True)) == {later}
    assert other.appointments.get().hold_expires_at == kept.hold_expires_at and consistent()


def test_a_hold_that_was_lost_is_over(clinic):
    consultation = asked(clinic, start=TEN + DAY)
    held = consultation.appointments.get()
    ends = held.hold_expires_at
    for number in range(2):
        about = {"email": f"{number}@example.org", "verified": False}
        asked(clinic, start=TEN + DAY, now=ends, **about)
    assert extend_hold(held, TEN, now=ends) is False
    assert (held.status, held.cancelled_because) == ("cancelled", "taken")
    event = consultation.events.last()
    assert (event.verb, event.appointment, event.actor_kind) == ("lapse", held, "system")


@pytest.mark.both
def test_the_hold_that_has_run_out_ends(clinic, desk):
    """Two of one request at once; each is ended for itself, and once."""
    consultation = asked(clinic, start=None)
    start = TEN + 3 * DAY
    by_desk("offer", times=[(start, None), (start + HOUR, None)])(consultation, None, desk)
    first, second = consultation.appointments.order_by("start")
    ends = second.hold_expires_at
    with pytest.raises(StaleVersion):
        end_hold(second, now=ends - MINUTE)
    assert end_hold(second, now=ends) == consultation
    rows = consultation.appointments.order_by("start").values_list("status", "cancelled_because")
    assert list(rows) == [("pending", ""), ("cancelled", "lapsed")]
    assert consultation.events.last().appointment == second
    with pytest.raises(StaleVersion):
        end_hold(second, now=ends)


@pytest.mark.parametrize(("start", "who"), [(TEN, 1), (ELEVEN, 0)])
def test_held_again_it_is_with_whom_it_was(clinic, desk, start, who):
    """Where it is the same time; at another, with whoever has less to do."""
    consultation, visit = confirmed(clinic, desk, practitioner=clinic[2][1])
    by_desk("cancel_for")(consultation, None, desk)
    consultation.practitioner = None
    consultation.preferences.update(start=start)
    visit.refresh_from_db()
    held = hold_first_choice(consultation, until=TEN + DAY, now=MONDAY, as_before=visit)
    assert (held.start, held.practitioner) == (start, clinic[2][who])


@pytest.mark.parametrize("as_before", [True, False])
def test_held_again_as_the_patient_wished(clinic, desk, as_before):
    consultation, visit = confirmed(clinic, desk, practitioner=clinic[2][1])
    by_desk("cancel_for")(consultation, None, desk)
    before = visit if as_before else None
    held = hold_first_choice(consultation, until=TEN + DAY, now=MONDAY, as_before=before)
    assert held.practitioner == clinic[2][1] and held.hold_expires_at == TEN


def test_nothing_is_held_where_nothing_was_wished(clinic):
    consultation = asked(clinic, start=None)
    assert hold_first_choice(consultation, until=TEN, now=MONDAY) is None
    assert not Appointment.objects.exists()


def refused(consultation, start, *, search, status=AppointmentStatus.PENDING):
    with pytest.raises(TimeTaken) as caught:
        hold(consultation, start, search=search, status=status)
    return caught.value


def test_patients_and_staff_are_shown_other_times(clinic, desk):
    """Patients those with notice, in their order; staff the closest first, at whatever notice."""
    for number in range(2):
        confirmed(clinic, desk, email=f"{number}@example.org")
    consultation = asked(clinic, start=None, email="c@example.org")
    patient = refused(consultation, TEN, search=Search(*clinic[:2], MONDAY)).alternatives
    nine, noon, one = TEN - HOUR, TEN + 2 * HOUR, TEN + 3 * HOUR
    assert [slot.start for slot in patient] == [nine, ELEVEN, noon, one]
    desk_search = by_staff(consultation, None, now=MONDAY)
    staff = refused(consultation, TEN, search=desk_search).alternatives
    assert sorted(slot.start for slot in staff[:2]) == [nine, ELEVEN]
    assert staff[0].start in {nine, ELEVEN} and staff[2].start in {noon, TEN - 2 * HOUR}


@pytest.mark.both
def test_a_hold_of_ones_own_is_no_reason(clinic, desk):
    """It would have been given up for that time. The booked visit stays, so it is one."""
    consultation, _visit = of_requests.moving(clinic, desk)
    by_desk("offer", times=[(ELEVEN, clinic[2][0])])(consultation, None, desk)
    search = by_staff(consultation, clinic[2][0], now=MONDAY)
    of_own = refused(consultation, ELEVEN, search=search)
    assert of_own.reasons == []
    assert "has another visit" in " ".join(refused(consultation, TEN, search=search).reasons)
    of_booked = refused(consultation, TEN, search=search, status=AppointmentStatus.BOOKED)
    assert of_booked.reasons == []


def test_anyway_somebody_is_named(clinic, desk):
    consultation, visit = confirmed(clinic, desk, practitioner=clinic[2][1])
    about = {"now": MONDAY}
    with pytest.raises(BookingError, match="choose who it is with"):
        transitions.against(*clinic[:2], SOON, practitioner=None, **about)
    asked_for = transitions.against(
        *clinic[:2], SOON, practitioner=clinic[2][0], moving=visit, **about
    )
    as_now = transitions.against(*clinic[:2], SOON, practitioner=None, moving=visit, **about)
    assert [one.practitioner for one in (asked_for, as_now)] == clinic[2]
    assert asked_for.reasons == as_now.reasons == []  # at whatever notice
    assert asked_for.code != as_now.code and set(transitions.held_by(consultation)) == {visit.pk}
    clinic[0].practitioners.remove(clinic[2][0])
    alone = transitions.against(*clinic[:2], SOON, practitioner=None, **about)
    assert alone.practitioner == clinic[2][1]


def test_a_closed_room_is_not_taken(desk):
    clinic = make_clinic(needs_room=True)
    about = {"kind": ResourceKind.ROOM, "location": clinic[1]}
    blue, red = (ResourceFactory(name=name, **about) for name in ("Blue", "Red"))
    closed = DateException.objects.create(
        location=clinic[1], resource=blue, start=TEN, end=ELEVEN, kind="closed"
    )
    transitions.apply_closure(closed, actor=desk, now=MONDAY)
    assert book(asked(clinic, start=None), TEN, now=MONDAY, room=blue).room == red
