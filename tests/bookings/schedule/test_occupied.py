"""What is held, as both databases tell it: one query, times as numbers."""

from datetime import UTC, datetime, timedelta

import pytest

from bookings.models import Appointment
from bookings.schedule import occupied
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
DAY = {"start": MONDAY, "end": MONDAY + timedelta(days=7), "now": MONDAY}


def test_the_instants_are_those_of_the_visit(visit, django_assert_num_queries):
    with django_assert_num_queries(1):
        held = occupied.held([visit.practitioner_id], [], **DAY)
    assert held == {visit.practitioner_id: [(visit.busy_start, visit.busy_end)]}
    assert held[visit.practitioner_id][0][0] == datetime(2026, 11, 24, 10, tzinfo=UTC)


def test_others_and_ignored_visits_do_not_count(visit):
    mine = [visit.practitioner_id]
    assert occupied.held([visit.practitioner_id + 1], [], **DAY) == {}
    assert occupied.held(mine, [], ignoring=[visit.pk], **DAY) == {}
    assert occupied.held(mine, [], **DAY | {"end": MONDAY}) == {}


def test_in_the_years_of_either_clock_change(visit):
    for start in (datetime(1999, 3, 28, 1, tzinfo=UTC), datetime(2099, 10, 25, 0, 55, tzinfo=UTC)):
        end = start + timedelta(hours=1)
        Appointment.objects.update(start=start, end=end, busy_start=start, busy_end=end)
        held = occupied.held([visit.practitioner_id], [], start=start, end=end, now=MONDAY)
        assert held == {visit.practitioner_id: [(start, end)]}
