"""Wall clocks, quiet hours and whole cells, to the minute."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bookings.models import (
    Service,
    WeeklyHours,
)
from bookings.schedule import (
    claims,
    zones,
)
from bookings.schedule.local_time import (
    busy_interval,
    instant,
    is_quiet,
    ranges_of_day,
    whole_cells,
)

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
LONDON = ZoneInfo("Europe/London")


def at(hour, minute=0, day=24):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wall", "quiet", "silent"),
    [
        (time(21), (time(21), time(8)), True),
        (time(20, 59), (time(21), time(8)), False),
        (time(7, 59), (time(21), time(8)), True),
        (time(8), (time(21), time(8)), False),
        (time(9), (time(9), time(17)), True),
        (time(17), (time(9), time(17)), False),
        (time(8), (time(8), time(8)), False),
    ],
)
def test_quiet_to_the_minute(wall, quiet, silent):
    moment = instant(date(2026, 11, 24), wall, LONDON)
    assert is_quiet(moment, LONDON, quiet) is silent


@pytest.mark.parametrize(
    ("start", "end", "whole"),
    [
        (at(10), at(11), (at(10), at(11))),
        (at(10, 1), at(10, 59), (at(10), at(11))),
        (at(10, 4), at(11, 1), (at(10), at(11, 5))),
    ],
)
def test_cells_are_whole(start, end, whole):
    assert whole_cells(start, end) == whole
    assert list(claims.cells(start, end))[0] == whole[0]
    assert len(list(claims.cells(start, end))) == (whole[1] - whole[0]) // (5 * MINUTE)


def test_what_a_visit_holds(clinic):
    service = Service(duration_minutes=30, buffer_before_minutes=10, buffer_after_minutes=20)
    assert busy_interval(service, at(10)) == (at(9, 50), at(10, 50))


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, 1),
        ({"weekday": 2}, 0),
        ({"valid_from": date(2026, 11, 24)}, 1),
        ({"valid_from": date(2026, 11, 25)}, 0),
        ({"valid_to": date(2026, 11, 24)}, 1),
        ({"valid_to": date(2026, 11, 23)}, 0),
    ],
)
def test_weekly_hours_of_a_day(changes, found):
    row = WeeklyHours(**{"weekday": 1, "start": time(22), "end": time(2)} | changes)
    spans = list(ranges_of_day([row], date(2026, 11, 24), LONDON))
    assert spans == [(at(22), at(2, day=25))] * found


@pytest.mark.parametrize(
    ("zone", "first", "last", "months"),
    [
        ("Europe/London", 2026, 2026, [(2026, 3, 29), (2026, 10, 25)]),
        (
            "Europe/London",
            2026,
            2027,
            [(2026, 3, 29), (2026, 10, 25), (2027, 3, 28), (2027, 10, 31)],
        ),
        ("UTC", 2026, 2027, []),
    ],
)
def test_when_clocks_change(zone, first, last, months):
    found = zones.changes(ZoneInfo(zone), first, last)
    assert [(one.year, one.month, one.day) for one in found] == months
    assert all((one.hour, one.minute, one.second) == (1, 0, 0) for one in found)
