"""Closures take whole cells, and leave to visits what is theirs."""

from datetime import UTC, datetime, timedelta

import pytest

from bookings import transitions
from bookings.models import DateException, Location, TimeClaim
from bookings.schedule import claims
from tests.factories import MONDAY, make_request

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


def test_another_clock_leaves_no_closure_without_length(clinic, desk):
    _service, location, _people = clinic
    before = location.zone
    night = datetime(2027, 3, 28, 1, 10, tzinfo=UTC)  # 02:10 in London, which Berlin skips
    closure, _inside = close(location, night, night + HOUR / 2, desk)
    location.time_zone = "Europe/Berlin"
    location.save()
    transitions.time_zone_changed(location, actor=desk, before=before, now=MONDAY)
    closure.refresh_from_db()
    assert closure.end - closure.start == HOUR / 2


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
