"""A time zone as a calendar component (VTIMEZONE): every change of the clocks, one by one.

Rules such as "the last Sunday in March" cannot say when Ramadan moves Morocco's clocks, so the changes
of the years in question are written out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def component(zone: ZoneInfo, first: date, last: date) -> Timezone:
    """The zone from the beginning of the first day's year to the end of the last day's year."""
    found = Timezone()
    found.add("tzid", zone.key)
    start = datetime(first.year, 1, 1, tzinfo=UTC)
    found.add_component(_observance(zone, start, start))
    for at in changes(zone, first.year, last.year):
        found.add_component(_observance(zone, at, at - SECOND))
    return found


@lru_cache(maxsize=256)
def changes(zone: ZoneInfo, first: int, last: int) -> tuple[datetime, ...]:
    """The instants (UTC) at which the clocks change, from the first year to the last, inclusive."""
    return tuple(
        _changes(zone, datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC))
    )


def _changes(zone: ZoneInfo, at: datetime, end: datetime) -> Iterator[datetime]:
    while at < end:
        following = at + DAY
        if _clock(zone, at) != _clock(zone, following):
            yield _change(zone, at, following)
        at = following


def _change(zone: ZoneInfo, early: datetime, late: datetime) -> datetime:
    """The first second of the later clock; halves the interval."""
    before = _clock(zone, early)
    while late - early > SECOND:
        middle = early + timedelta(seconds=(late - early) // SECOND // 2)
        if _clock(zone, middle) == before:
            early = middle
        else:
            late = middle
    return late


def _clock(zone: ZoneInfo, at: datetime) -> tuple[timedelta | None, str | None]:
    local = at.astimezone(zone)
    return local.utcoffset(), local.tzname()


def _observance(
    zone: ZoneInfo, at: datetime, before: datetime
) -> TimezoneStandard | TimezoneDaylight:
    """What the clocks show from `at`; the start is on the wall clock before the change (RFC 5545)."""
    local, earlier = at.astimezone(zone), before.astimezone(zone).utcoffset() or timedelta()
    found = TimezoneDaylight() if local.dst() else TimezoneStandard()
    found.add("dtstart", (at + earlier).replace(tzinfo=None))
    found.add("tzoffsetfrom", earlier)
    found.add("tzoffsetto", local.utcoffset())
    found.add("tzname", local.tzname())
    return found
