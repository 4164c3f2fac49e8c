"""Wall-clock hours become instants, also in the nights when the clocks change."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bookings.schedule.local_time import instant

LONDON, LORD_HOWE = ZoneInfo("Europe/London"), ZoneInfo("Australia/Lord_Howe")


def utc(day, *at, month=3):
    return datetime(2026, month, day, *at, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "wall", "first", "last"),
    [
        # 29 March: 1am to 2am is skipped.
        (LONDON, (3, 29), (0, 59), utc(29, 0, 59), utc(29, 0, 59)),
        (LONDON, (3, 29), (1, 0), utc(29, 1), utc(29, 1)),
        (LONDON, (3, 29), (1, 30), utc(29, 1), utc(29, 1)),
        (LONDON, (3, 29), (1, 59, 59), utc(29, 1), utc(29, 1)),
        (LONDON, (3, 29), (2, 0), utc(29, 1), utc(29, 1)),
        (LONDON, (3, 29), (2, 1), utc(29, 1, 1), utc(29, 1, 1)),
        # 25 October: 1am to 2am happens twice.
        (LONDON, (10, 25), (0, 59), utc(24, 23, 59, month=10), utc(24, 23, 59, month=10)),
        (LONDON, (10, 25), (1, 0), utc(25, 0, month=10), utc(25, 1, month=10)),
        (LONDON, (10, 25), (1, 59), utc(25, 0, 59, month=10), utc(25, 1, 59, month=10)),
        (LONDON, (10, 25), (2, 0), utc(25, 2, month=10), utc(25, 2, month=10)),
        # Half an hour is skipped there, and half an hour happens twice.
        (LORD_HOWE, (10, 4), (2, 10), utc(3, 15, 30, month=10), utc(3, 15, 30, month=10)),
        (LORD_HOWE, (4, 5), (1, 45), utc(4, 14, 45, month=4), utc(4, 15, 15, month=4)),
    ],
)
def test_clock_changes(zone, day, wall, first, last):
    local = date(2026, *day)
    assert instant(local, time(*wall), zone) == first
    assert instant(local, time(*wall), zone, last=True) == last
