"""A location's clock changes while one of its people works elsewhere too."""

from datetime import timedelta

import pytest

from bookings import transitions
from bookings.enums import ExceptionKind
from bookings.models import DateException, TimeClaim
from bookings.schedule import claims
from tests.bookings.test_places import at, book, two_places
from tests.factories import MONDAY, make_request

pytestmark = pytest.mark.django_db
SYSTEM = transitions.core.SYSTEM


def close(location, start, hours, resource=None):
    closure = DateException(
        location=location, resource=resource, start=start, end=start + timedelta(hours=hours)
    )
    transitions.lock_location(closure)
    closure.save()
    transitions.apply_closure(closure, actor=SYSTEM, now=MONDAY)
    return closure


def to_new_york(location):
    """Five hours later, on the same wall clock."""
    before, location.time_zone = location.zone, "America/New_York"
    location.save()
    transitions.change_place(
        location, before=before, wall_clock_stays=True, tell=True, actor=SYSTEM, now=MONDAY
    )


def book_anyway(service, location, person, start):
    asked = make_request(service, location, email="anyway@example.org")
    about = {"practitioner": person, "now": MONDAY}
    found = transitions.against(service, location, start, **about)
    assert found.reasons
    by = {"actor": SYSTEM, "version": asked.version}
    decision = transitions.Anyway("They insist.", found.code)
    transitions.confirm(asked, start=start, anyway=decision, **by, **about)
    return asked.appointments.get(status="booked")


def test_a_listed_visit_moves_with_its_closure():
    """The closure is where it was until the visits have moved, and moves after them."""
    service, here, _there, _person = two_places()
    visit = book(service, here, at(9))
    closure = close(here, at(8), hours=8)
    to_new_york(here)
    visit.refresh_from_db()
    assert visit.start == at(14)
    assert [row.appointment for row in closure.displaced.all()] == [visit]
    assert not list(claims.inconsistencies(MONDAY))


def test_a_visit_elsewhere_stays_guarded():
    """It was booked although the person has another visit; that one has another time now."""
    service, here, there, person = two_places()
    book(service, here, at(10))
    other = book_anyway(service, there, person, at(10))
    to_new_york(here)
    assert set(other.claims.values_list("lane", flat=True)) == {0}
    assert not list(claims.inconsistencies(MONDAY))


@pytest.mark.postgresql
def test_an_absence_entered_elsewhere_stays():
    service, here, there, person = two_places()
    book(service, here, at(14))
    close(here, at(9), 2, person)
    theirs = close(there, at(9), 2, person)
    book_anyway(service, there, person, at(9))
    to_new_york(here)
    held = set(
        TimeClaim.objects.filter(resource=person, lane=0).values_list("cell_start", flat=True)
    )
    assert DateException.objects.filter(kind=ExceptionKind.CLOSED).count() == 2
    assert set(claims.cells(theirs.start, theirs.end)) <= held
    assert not list(claims.inconsistencies(MONDAY))
