"""What closures take and leave, who stands inside them, and what `check_claims` says of cells."""

from datetime import UTC, datetime, timedelta

import pytest

from bookings import transitions
from bookings.enums import ResourceKind
from bookings.models import BookedAnyway, DateException, TimeClaim
from bookings.schedule import claims
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed, consistent
from tests.factories import MONDAY, LocationFactory, ResourceFactory, make_clinic, work_also

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
HALF_PAST = TEN + 30 * MINUTE


def at(hour, minute=0, day=24):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def clinic(db):
    return make_clinic()


def cells_of(closure):
    return closure.claims.count()


def closed(clinic, start, end, **about):
    return DateException.objects.create(location=clinic[1], start=start, end=end, **about)


def test_a_closure_takes_no_holds_but_lapsed_ones(desk):
    service, location, (one, two) = clinic = make_clinic(practitioners=2)
    inside = asked(clinic, practitioner=one).appointments.get()
    outside = asked(clinic, start=at(13), practitioner=one, email="b@x.org").appointments.get()
    before = asked(clinic, start=at(9), practitioner=one, email="d@x.org").appointments.get()
    other = asked(clinic, practitioner=two, email="c@x.org").appointments.get()
    closure = closed(clinic, TEN, ELEVEN, resource=one)
    assert claims.claim_closure(closure, now=inside.hold_expires_at) == []
    left = [visit.claims.count() for visit in (inside, before, outside, other)]
    assert left == [0, 12, 12, 12] and cells_of(closure) == 12


def test_a_shorter_closure_gives_cells_back(clinic, desk):
    other = closed(clinic, at(13), at(14))
    closure = closed(clinic, TEN, at(12))
    for one in (other, closure):
        claims.claim_closure(one, now=MONDAY)
    closure.end = ELEVEN
    closure.save()
    claims.claim_closure(closure, now=MONDAY)
    assert (cells_of(closure), cells_of(other)) == (12, 12)


def test_only_closures_take_what_came_free(clinic, desk):
    before, after = closed(clinic, at(9), TEN), closed(clinic, ELEVEN, at(12))
    opened = closed(clinic, at(9), at(12), kind="open")
    reaches = closed(clinic, at(10, 30), at(11, 30))
    claims.fill_closures(TEN, ELEVEN, now=MONDAY)
    assert [cells_of(one) for one in (before, after, opened, reaches)] == [0, 0, 0, 12]


@pytest.mark.both
def test_rooms_close_with_their_location(clinic, desk):
    service, location, (person,) = clinic
    room = ResourceFactory(kind=ResourceKind.ROOM, location=location)
    also = ResourceFactory(location=location)
    work_also(also, LocationFactory())
    ResourceFactory(location=LocationFactory())
    closure = closed(clinic, TEN, ELEVEN)
    claims.claim_closure(closure, now=MONDAY)
    owned = set(closure.claims.values_list("resource", flat=True))
    assert owned == {person.pk, room.pk}


@pytest.mark.both
def test_who_stands_beside_a_closure(desk):
    """Booked although it is closed: they stand inside a closure only with cells that it has not got."""
    service, location, (one, two, _idle) = clinic = make_clinic(practitioners=3)
    first = confirmed(clinic, desk, practitioner=one)[1]
    second = confirmed(clinic, desk, practitioner=two, email="b@example.org")[1]
    BookedAnyway.objects.create(appointment=first, because="asked", created_at=MONDAY)
    closure = closed(clinic, HALF_PAST, at(12))
    assert set(claims.claim_closure(closure, now=MONDAY)) == {first, second}
    first.claims.filter(cell_start__gte=HALF_PAST).delete()
    assert claims.claim_closure(closure, now=MONDAY) == [second]
    mine = closed(clinic, HALF_PAST, at(12), resource=one)
    assert claims.standing_inside(mine, now=MONDAY) == []
    earlier = closed(clinic, TEN, at(12), resource=one)
    assert claims.standing_inside(earlier, now=MONDAY) == [first]


def test_what_is_over_stands_in_no_closure(clinic, desk):
    held = asked(clinic).appointments.get()
    closure = closed(clinic, at(9), at(12))
    assert claims.standing_inside(closure, now=held.hold_expires_at - MINUTE) == [held]
    assert claims.standing_inside(closure, now=held.hold_expires_at) == []
    transitions.withdraw(held.request, now=MONDAY)
    assert claims.standing_inside(closure, now=MONDAY) == []


@pytest.mark.both
def test_cells_that_a_closure_should_not_have(clinic, desk):
    service, location, (person,) = clinic
    closure, other = closed(clinic, TEN, ELEVEN), closed(clinic, at(13), at(14), resource=person)
    for one in (closure, other):
        claims.claim_closure(one, now=MONDAY)
    assert consistent()
    stranger = ResourceFactory(location=LocationFactory())
    for cell, resource in (
        (TEN - 5 * MINUTE, person),
        (ELEVEN, person),
        (TEN, stranger),
    ):
        extra = TimeClaim.objects.create(resource=resource, cell_start=cell, exception=closure)
        said = [f"closure {closure.pk} holds 1 cells outside of it"]
        assert list(claims.inconsistencies(MONDAY)) == said
        extra.delete()
    DateException.objects.filter(pk=closure.pk).update(kind="open")
    said = [f"closure {closure.pk} holds 12 cells outside of it"]
    assert list(claims.inconsistencies(MONDAY)) == said


def test_each_appointment_is_looked_at(clinic, desk):
    for hour in (9, 10, 11):
        confirmed(clinic, desk, start=at(hour), email=f"{hour}@example.org")
    looked = []
    assert list(claims.inconsistencies(MONDAY, looked.append)) == [] and looked == [1, 2, 3]


def test_a_lane_is_guarded_in_its_own_cell(desk):
    """Not by somebody else's cell at the same time, nor by their own at another."""
    _service, _location, (one, two) = clinic = make_clinic(practitioners=2)
    visit = confirmed(clinic, desk, practitioner=one)[1]
    about = {"email": "b@example.org"}
    confirmed(clinic, desk, practitioner=two, **about)
    confirmed(clinic, desk, practitioner=one, start=ELEVEN, email="c@example.org")
    assert consistent()
    decided = BookedAnyway.objects.create(appointment=visit, because="asked", created_at=MONDAY)
    visit.claims.update(lane=1, decided=decided)
    said = list(claims.inconsistencies(MONDAY))
    assert len(said) == 12 and all(one.endswith("in lane 1 alone") for one in said)
