"""By when the clinic promises an answer."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from bookings import intervals
from bookings.enums import ExceptionKind, ResourceKind
from bookings.intervals import Interval
from bookings.models import DateException, Location, Resource, WeeklyHours
from bookings.spans import DAY, ranges_of_day

ANSWER_SEARCH_DAYS = 30


def answer_by(location: Location, *, now: datetime) -> datetime:
    """When the clinic will have answered (UTC): so many working hours from now.

    Somebody working counts as working time, closures do not. Where a month holds too few hours, the
    answer is promised for the end of that month of days.
    """
    wanted = timedelta(hours=settings.BOOKINGS["ANSWER_WITHIN_WORKING_HOURS"])
    people = Resource.objects.filter(kind=ResourceKind.PRACTITIONER, location=location, active=True)
    hours = list(WeeklyHours.objects.filter(resource__in=people))
    until = now + DAY * ANSWER_SEARCH_DAYS
    closed = DateException.objects.filter(
        location=location,
        resource=None,
        kind=ExceptionKind.CLOSED,
        start__lt=until,
        end__gt=now,
    ).values_list("start", "end")
    today = now.astimezone(location.zone).date()
    working: list[Interval] = []
    for offset in range(-1, ANSWER_SEARCH_DAYS):
        working.extend(ranges_of_day(hours, today + DAY * offset, location.zone))
    for start, end in intervals.subtract(working, [*closed, (now - DAY * 3, now)]):
        if end - start >= wanted:
            return start + wanted
        wanted -= end - start
    return until
