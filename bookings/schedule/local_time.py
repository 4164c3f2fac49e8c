"""Turns wall-clock hours and the minutes of a service into UTC intervals. Reads no rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bookings.models import Service, WeeklyHours
from bookings.schedule.intervals import Interval

CELL = timedelta(minutes=5)
DAY = timedelta(days=1)


@lru_cache(maxsize=8192)
def instant(day: date, wall: time, zone: ZoneInfo, *, last: bool = False) -> datetime:
    """The UTC instant of a wall-clock time.

    A time that the clocks skip becomes the moment of the change. Of a time that occurs twice this is the
    first, or with `last` the second.
    """
    local = datetime.combine(day, wall.replace(fold=int(last)), tzinfo=zone)
    there = local.astimezone(UTC)
    if there.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return there
    early = local.replace(fold=1).astimezone(UTC)
    late = local.replace(fold=0).astimezone(UTC)
    before = early.astimezone(zone).utcoffset()
    # Halve the gap down to the microsecond at which the offset changes.
    while late - early > timedelta(microseconds=1):
        middle = early + (late - early) / 2
        if middle.astimezone(zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late


def is_quiet(at: datetime, zone: ZoneInfo, quiet: tuple[time, time]) -> bool:
    """Whether it is within the quiet hours on the wall clock; they may cross midnight."""
    first, last = quiet
    wall = at.astimezone(zone).time()
    return first <= wall < last if first <= last else wall >= first or wall < last


def whole_cells(start: datetime, end: datetime) -> Interval:
    """The interval rounded outwards to five-minute cells of UTC."""
    floor = start - (start - datetime.min.replace(tzinfo=UTC)) % CELL
    over = (end - datetime.min.replace(tzinfo=UTC)) % CELL
    return floor, end + (CELL - over if over else timedelta(0))


def busy_interval(service: Service, start: datetime) -> Interval:
    """What an appointment at `start` holds: the visit with its buffers, in whole cells (UTC)."""
    return whole_cells(
        start - service.buffer_before, start + service.duration + service.buffer_after
    )


def ranges_of_day(hours: Sequence[WeeklyHours], day: date, zone: ZoneInfo) -> Iterator[Interval]:
    """The instants of the weekly ranges that begin on this local day."""
    weekday = day.weekday()
    for row in hours:
        if row.weekday != weekday:
            continue
        if (row.valid_from and day < row.valid_from) or (row.valid_to and day > row.valid_to):
            continue
        end_day = day if row.end > row.start else day + DAY
        yield instant(day, row.start, zone), instant(end_day, row.end, zone, last=True)
