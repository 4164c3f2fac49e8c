"""Closures take whole cells, and leave to visits what is theirs."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from bookings import transitions
from bookings.models import (
    DateException,
    Event,
    Location,
    OwnCalendar,
    Resource,
    TimeClaim,
    WeeklyHours,
)
from bookings.schedule import claims
from bookings.transitions import own_calendars
from tests.bookings.steps import confirmed
from tests.factories import (
    MONDAY,
    LocationFactory,
    ResourceFactory,
    WeeklyHoursFactory,
    make_request,
    work_also,
)

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


def close(location, start, end, actor, resource=None):
    closure = DateException.objects.create(
        location=location, resource=resource, start=start, end=end
    )
    return closure, transitions.apply_closure(closure, actor=actor, now=MONDAY)


def test_it_may_begin_and_end_between_two_cells(clinic, desk):
    service, location, _people = clinic
    consultation = make_request(service, location, start=TEN)
    visit = transitions.confirm(consultation, actor=desk, version=consultation.version, now=MONDAY)
    odd = timedelta(minutes=2)
    closure, inside = close(location, TEN + odd, TEN + HOUR - odd, desk)
    assert inside == [visit]
    # The visit keeps its twelve cells; the other practitioner's hour is the closure's.
    assert closure.claims.count() == 12 and list(claims.inconsistencies(MONDAY)) == []


@pytest.mark.postgresql
def test_moving_house_leaves_to_visits_what_is_theirs(clinic, desk):
    """The form refuses it while there are any; one may be booked at that very moment."""
    service, location, (person, _other) = clinic
    consultation = make_request(service, location, start=TEN, practitioner=person)
    close(location, TEN - HOUR, TEN, desk)
    person.location = Location.objects.create(name="Elsewhere", time_zone="Europe/London")
    person.save()
    transitions.resource_moved(person, now=MONDAY)
    assert set(TimeClaim.objects.filter(resource=person)) == set(
        consultation.appointments.get().claims.all()
    )
    assert list(claims.inconsistencies(MONDAY)) == []


def test_check_claims_finds_cells_that_no_closure_covers(clinic, desk):
    closure, _inside = close(clinic[1], TEN, TEN + HOUR, desk, clinic[2][0])
    assert list(claims.inconsistencies(MONDAY)) == []
    DateException.objects.filter(pk=closure.pk).update(end=TEN + HOUR / 2)
    assert len(list(claims.inconsistencies(MONDAY))) == 1


@pytest.mark.parametrize(("minute", "lasts"), [(10, HOUR / 2), (0, HOUR)])
def test_another_clock_leaves_no_closure_without_length(clinic, desk, minute, lasts):
    _service, location, _people = clinic
    before = location.zone
    # 02:10 in London, which Berlin skips; or the whole hour that it skips.
    night = datetime(2027, 3, 28, 1, minute, tzinfo=UTC)
    closure, _inside = close(location, night, night + lasts, desk)
    location.time_zone = "Europe/Berlin"
    location.save()
    transitions.time_zone_changed(location, actor=desk, before=before, now=MONDAY)
    closure.refresh_from_db()
    assert closure.end - closure.start == lasts


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Atlantic/Azores"])
def test_zone_changes_leave_no_gap_between_closures(clinic, desk, zone):
    """An hour to the east each moves onto the cells of the one before, to the west onto the next one's."""
    _service, location, (person, _other) = clinic
    before = location.zone
    morning, _inside = close(location, TEN, TEN + HOUR, desk)
    noon, _inside = close(location, TEN + HOUR, TEN + 2 * HOUR, desk, person)
    late, _inside = close(location, TEN + 2 * HOUR, TEN + 3 * HOUR, desk)
    location.time_zone = zone
    location.save()
    transitions.time_zone_changed(location, actor=desk, before=before, now=MONDAY)
    assert [closure.claims.count() for closure in (morning, noon, late)] == [24, 12, 24]
    assert list(claims.inconsistencies(MONDAY)) == []


def test_another_clock_keeps_the_times_on_the_wall(clinic, desk):
    _service, location, _people = clinic
    before = location.zone
    closure, _inside = close(location, TEN, TEN + HOUR, desk)
    location.time_zone = "Europe/Berlin"
    location.save()
    transitions.time_zone_changed(location, actor=desk, before=before, now=MONDAY)
    closure.refresh_from_db()
    assert (closure.start, closure.end) == (TEN - HOUR, TEN)


@pytest.mark.parametrize(
    ("start", "end", "listed"),
    [
        (TEN, TEN + 2 * HOUR, [0, 1]),
        (TEN + HOUR, TEN + 2 * HOUR, [1]),
        (TEN, TEN + HOUR, [0]),
        (TEN - HOUR, TEN, []),
        (TEN + 2 * HOUR, TEN + 3 * HOUR, []),
    ],
)
def test_a_changed_closure_lists_who_is_inside(clinic, desk, start, end, listed):
    visits = [confirmed(clinic, desk, start=TEN + n * HOUR, email=f"{n}@x.org")[1] for n in (0, 1)]
    closure, inside = close(clinic[1], TEN, TEN + 2 * HOUR, desk)
    assert inside == visits
    closure.start, closure.end = start, end
    closure.save()
    inside = transitions.apply_closure(closure, actor=desk, now=MONDAY)
    assert inside == [visits[number] for number in listed]
    assert [one.appointment for one in closure.displaced.order_by("pk")] == inside
    assert Event.objects.filter(verb="displace").count() == 2  # each once
    closure.kind = "open"
    closure.save()
    assert transitions.apply_closure(closure, actor=desk, now=MONDAY) == []


@pytest.mark.postgresql
def test_only_their_own_hours_move_with_them(clinic, desk):
    """From where they work no longer to the usual place; hours of others, and elsewhere, stay."""
    _service, here, (one, two) = clinic
    there, gone = LocationFactory(), LocationFactory()
    for person in (one, two):
        work_also(person, there)
        WeeklyHoursFactory(resource=person, location=gone)
        about = {"resource": person, "kind": "open", "start": TEN, "end": TEN + HOUR}
        DateException.objects.create(location=gone, **about)
        DateException.objects.create(location=there, **about)
    transitions.resource_moved(one, now=MONDAY)

    def where(model):
        return Counter(model.objects.values_list("resource", "location"))

    of_one = {(one.pk, here.pk): 6, (one.pk, there.pk): 5}
    of_two = {(two.pk, here.pk): 5, (two.pk, there.pk): 5, (two.pk, gone.pk): 1}
    assert where(WeeklyHours) == of_one | of_two
    of_one = {(one.pk, here.pk): 1, (one.pk, there.pk): 1}
    assert where(DateException) == of_one | {(two.pk, gone.pk): 1, (two.pk, there.pk): 1}


@pytest.mark.postgresql
@pytest.mark.parametrize("also", [0, 1, 2])
def test_closed_with_the_house_or_for_themselves(clinic, desk, also):
    """The house closes those who work nowhere else; ones own absence counts everywhere."""
    _service, here, (one, two) = clinic
    house, _inside = close(here, TEN, TEN + HOUR, desk)
    own, _inside = close(here, TEN + HOUR, TEN + 2 * HOUR, desk, one)
    for _number in range(also):
        work_also(one, LocationFactory())
    others = set(TimeClaim.objects.exclude(resource=one, exception=house))
    transitions.resource_moved(one, now=MONDAY)
    assert set(TimeClaim.objects.exclude(resource=one, exception=house)) == others
    held = Counter(TimeClaim.objects.values_list("resource", "exception"))
    with_house = {} if also else {(one.pk, house.pk): 12}
    assert held == {(two.pk, house.pk): 12, (one.pk, own.pk): 12} | with_house
    assert list(claims.inconsistencies(MONDAY)) == []
    one.also_at.clear()
    transitions.resource_moved(one, now=MONDAY)
    assert house.claims.count() == 24 and list(claims.inconsistencies(MONDAY)) == []


@pytest.mark.postgresql
def test_closures_of_a_merged_person_are_found(clinic, desk):
    """Read before the merge; one of the house, or of somebody else, stays where it is."""
    _service, here, (one, two) = clinic
    third = ResourceFactory(location=here)
    Resource.objects.filter(pk=third.pk).update(merged_into=one, active=False)
    rows = {who: DateException(location=here, resource=who) for who in (None, two, third)}
    for closure in rows.values():
        closure.start, closure.end = TEN, TEN + HOUR
        transitions.enter_absence(closure, actor=desk, now=MONDAY)
    stored = DateException.objects.order_by("pk")
    assert [closure.resource for closure in stored] == [None, two, one]


@pytest.mark.postgresql
def test_another_clock_leaves_what_is_over(clinic, desk):
    """And what somebody's own calendar says, which is read again anyway."""
    _service, location, (person, _other) = clinic
    before = location.zone
    over, _inside = close(location, MONDAY - 2 * HOUR, MONDAY, desk)
    calendar = OwnCalendar.objects.create(
        resource=person, host="cal.example", mark="m", created_at=MONDAY, due_at=MONDAY
    )
    own_calendars.set_busy(calendar, [(TEN, TEN + HOUR)], now=MONDAY)
    location.time_zone = "Europe/Berlin"
    location.save()
    transitions.time_zone_changed(location, actor=desk, before=before, now=MONDAY)
    spans = DateException.objects.order_by("pk").values_list("start", "end")
    assert list(spans) == [(over.start, over.end), (TEN, TEN + HOUR)]


def test_closed_until_the_second_half_past_two(clinic, desk):
    """In the night in which the clocks go back it comes twice."""
    _service, location, _people = clinic
    before = location.zone
    evening = datetime(2027, 10, 30, 21, tzinfo=UTC)  # 22:00 in London
    half_past_two = datetime(2027, 10, 31, 2, 30, tzinfo=UTC)
    closure, _inside = close(location, evening, half_past_two, desk)
    location.time_zone = "Europe/Berlin"
    location.save()
    transitions.time_zone_changed(location, actor=desk, before=before, now=MONDAY)
    closure.refresh_from_db()
    assert (closure.start, closure.end) == (evening - HOUR, half_past_two - HOUR)


def test_an_absence_elsewhere_takes_what_becomes_free(clinic, desk):
    """The closed hours of one place move to the west; the person is away from both."""
    _service, here, (one, _two) = clinic
    there = LocationFactory()
    work_also(one, there)
    before = here.zone
    close(here, TEN, TEN + 2 * HOUR, desk, one)
    own, _inside = close(there, TEN + HOUR, TEN + 3 * HOUR, desk, one)
    here.time_zone = "Europe/Berlin"
    here.save()
    transitions.time_zone_changed(here, actor=desk, before=before, now=MONDAY)
    assert own.claims.count() == 24 and list(claims.inconsistencies(MONDAY)) == []
