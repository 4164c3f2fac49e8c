"""Which closure owns the cells that the busy times of a person's own calendar cover."""

from datetime import UTC, datetime, timedelta

import pytest

from bookings.models import BookedAnyway, DateException, TimeClaim
from bookings.schedule.own_calendars import cells
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed, consistent
from tests.factories import MONDAY, LocationFactory, work_also

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def at(hour, minute=0, day=24):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def person(clinic):
    return clinic[2][0]


@pytest.fixture
def shut(clinic, person):
    """A closure without cells: of the person, unless told otherwise."""

    def make(start, end, **about):
        about = {"location": clinic[1], "resource": person, "start": start, "end": end} | about
        return DateException.objects.create(**about)

    return make


def owned(closure):
    found = closure.claims.order_by("cell_start").values_list("cell_start", flat=True)
    return (found[0], len(found)) if found else None


def test_only_the_wanted_cells_are_filled(person, shut):
    morning, evening = shut(at(9), at(12)), shut(at(18), at(19))
    cells.fill(person, [], now=MONDAY)
    assert not TimeClaim.objects.exists()
    cells.fill(person, [(TEN, ELEVEN)], now=MONDAY)
    assert (owned(morning), owned(evening)) == ((TEN, 12), None)
    cells.release([evening])
    assert owned(morning) == (TEN, 12)
    cells.release([morning])
    assert not TimeClaim.objects.exists()


@pytest.mark.postgresql
def test_a_closure_in_the_last_cell_counts(person, shut):
    last, following = shut(at(10, 57), at(12)), shut(ELEVEN, at(12))
    cells.fill(person, [(TEN, ELEVEN)], now=MONDAY)
    assert (owned(last), owned(following)) == ((at(10, 55), 1), None)


def test_the_older_closure_owns_what_both_cover(person, shut):
    older, newer = shut(TEN, ELEVEN), shut(at(10, 30), at(12))
    cells.fill(person, [(at(9), at(13))], now=MONDAY)
    assert (owned(older), owned(newer)) == ((TEN, 12), (ELEVEN, 12))


@pytest.mark.postgresql
def test_whose_closures_own_the_cells(clinic, person, shut):
    other = shut(TEN, ELEVEN, resource=clinic[2][1])
    opened = shut(TEN, ELEVEN, kind="open")
    there = shut(TEN, ELEVEN, resource=None, location=LocationFactory())
    here = shut(TEN, ELEVEN, resource=None)
    cells.fill(person, [(TEN, ELEVEN)], now=MONDAY)
    found = [owned(one) for one in (other, opened, there, here)]
    assert found == [None, None, None, (TEN, 12)]
    cells.release([here])
    work_also(person, LocationFactory())  # free elsewhere, while this location is closed
    cells.fill(person, [(TEN, ELEVEN)], now=MONDAY)
    assert not TimeClaim.objects.exists()


def test_visits_and_live_holds_keep_their_cells(clinic, desk, person, shut):
    confirmed(clinic, desk, practitioner=person)
    held = asked(clinic, start=ELEVEN, practitioner=person, email="b@example.org")
    about = {"practitioner": clinic[2][1], "email": "c@example.org"}
    other = asked(clinic, start=ELEVEN, **about).appointments.get()
    held, closure = held.appointments.get(), shut(at(9), at(13))
    cells.fill(person, [(at(9), at(13))], now=held.hold_expires_at - MINUTE)
    assert (owned(closure), held.claims.count()) == ((at(9), 24), 12) and consistent()
    cells.fill(person, [(at(9), at(11, 30))], now=held.hold_expires_at)
    assert (owned(closure), held.claims.count()) == ((at(9), 30), 6)
    assert other.claims.count() == 12


@pytest.mark.postgresql
def test_who_overlapped_a_hold_comes_down(clinic, desk, person, shut):
    visit = confirmed(clinic, desk, practitioner=person)[1]
    decided = BookedAnyway.objects.create(appointment=visit, because="asked", created_at=MONDAY)
    visit.claims.update(lane=1, decided=decided)
    shut(TEN, at(10, 30))
    cells.fill(person, [(TEN, ELEVEN)], now=MONDAY)
    lanes = visit.claims.order_by("cell_start").values_list("lane", flat=True)
    assert list(lanes) == [1] * 6 + [0] * 6
