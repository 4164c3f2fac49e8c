"""What is held, as both databases tell it: one query, times as numbers."""

from datetime import UTC, datetime, timedelta

import pytest

from bookings.enums import ResourceKind
from bookings.models import Appointment
from bookings.models.appointments import LONGEST
from bookings.schedule import occupied
from tests.factories import MONDAY, LocationFactory, ResourceFactory

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


@pytest.mark.postgresql
def test_in_the_years_of_either_clock_change(visit):
    for start in (datetime(1999, 3, 28, 1, tzinfo=UTC), datetime(2099, 10, 25, 0, 55, tzinfo=UTC)):
        end = start + timedelta(hours=1)
        Appointment.objects.update(start=start, end=end, busy_start=start, busy_end=end)
        held = occupied.held([visit.practitioner_id], [], start=start, end=end, now=MONDAY)
        assert held == {visit.practitioner_id: [(start, end)]}


def test_what_is_long_over_is_not_read(visit):
    mine, moment = [visit.practitioner_id], timedelta(seconds=1)
    later = {"end": MONDAY + timedelta(days=30), "now": MONDAY}
    start = visit.busy_start + LONGEST
    assert occupied.held(mine, [], start=start - moment, **later)
    assert occupied.held(mine, [], start=start, **later) == {}


@pytest.mark.postgresql
def test_a_room_is_held_without_the_way(visit):
    room = ResourceFactory(kind=ResourceKind.ROOM, location=visit.location)
    Appointment.objects.filter(pk=visit.pk).update(room=room)
    span, way = (visit.busy_start, visit.busy_end), timedelta(minutes=20)
    held = {visit.practitioner_id: [span], room.pk: [span]}
    assert occupied.held([visit.practitioner_id], [room.pk], **DAY) == held
    assert occupied.held([], [room.pk], **DAY) == held
    there = {LocationFactory().pk: way}
    assert occupied.held([visit.practitioner_id], [room.pk], ways=there, **DAY) == held
    held[visit.practitioner_id] = [(span[0] - way, span[1] + way)]
    there = {visit.location_id: way}
    assert occupied.held([visit.practitioner_id], [room.pk], ways=there, **DAY) == held
