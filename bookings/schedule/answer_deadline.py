"""The time by which the clinic promises an answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.conf import settings

from bookings.enums import ExceptionKind, ResourceKind
from bookings.models import DateException, Location, Resource, WeeklyHours
from bookings.schedule import intervals
from bookings.schedule.intervals import Interval
from bookings.schedule.local_time import DAY, ranges_of_day
from clinic.content_version import cached_until_change

QUARTER = timedelta(minutes=15)
LONG_AGO = datetime.min.replace(tzinfo=UTC)
FIRST_LOOK, ANSWER_SEARCH_DAYS = 7, 30


def answer_deadline(location: Location, *, now: datetime) -> datetime:
    """The promised answer time (UTC): a number of working hours from the next quarter of an hour.

    To the quarter, because a promise to the minute would claim too much. Time counts when anybody works
    and the location is not closed. If the next 30 days have too few working hours, it is their end.
    """
    now += (LONG_AGO - now) % QUARTER
    left = promised = timedelta(hours=settings.BOOKINGS["ANSWER_WITHIN_WORKING_HOURS"])
    for days in (FIRST_LOOK, ANSWER_SEARCH_DAYS):
        left = promised
        for start, end in working_times(location, now=now, days=days):
            if end - start >= left:
                return start + left
            left -= end - start
    return now + DAY * ANSWER_SEARCH_DAYS


def working_times(location: Location, *, now: datetime, days: int) -> list[Interval]:
    """When anybody works and the location is not closed, from `now` (UTC) for some days, in order.

    Hours and closures come from this process's cache, until one of them changes.
    """
    name = f"working times {location.pk} {now:%Y-%m-%d}"
    hours, closed = cached_until_change(name, lambda: (_hours(location), _closed(location, now)))
    over = [*closed, (LONG_AGO, now)]
    return list(intervals.subtract(_working(hours, location, days, now), over))


def _closed(location: Location, now: datetime) -> list[Interval]:
    rows = DateException.objects.filter(
        location=location,
        resource=None,
        kind=ExceptionKind.CLOSED,
        end__gt=now - DAY,
    )
    return list(rows.values_list("start", "end"))


def next_working(location: Location, *, now: datetime) -> datetime:
    """The next moment (UTC) at which somebody works there; `now` where nobody does within a week."""
    times = working_times(location, now=now, days=FIRST_LOOK + 1)
    return times[0][0] if times else now


def is_almost_due(deadline: datetime, working: Sequence[Interval], *, now: datetime) -> bool:
    """Whether three quarters of the promised working hours have gone by: a quarter is left or less.

    `working` are the `working_times` from `now` on. A promise for a time that is over is broken, not due.
    """
    if deadline <= now:
        return False
    quarter = timedelta(hours=settings.BOOKINGS["ANSWER_WITHIN_WORKING_HOURS"]) / 4
    left = [min(end, deadline) - start for start, end in working if start < deadline]
    return sum(left, timedelta()) <= quarter


def _hours(location: Location) -> list[WeeklyHours]:
    people = Resource.objects.filter(kind=ResourceKind.PRACTITIONER, active=True).at(location)
    return list(WeeklyHours.objects.filter(resource__in=people).at(location))


def _working(
    hours: Sequence[WeeklyHours], location: Location, days: int, now: datetime
) -> list[Interval]:
    """When anybody works, starting yesterday (for hours that cross midnight)."""
    today = now.astimezone(location.zone).date()
    working: list[Interval] = []
    for offset in range(-1, days):
        working.extend(ranges_of_day(hours, today + DAY * offset, location.zone))
    return working
