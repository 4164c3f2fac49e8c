"""How many hours each practitioner worked in a period: their weekly hours, closures taken out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from bookings.enums import ExceptionKind, ResourceKind
from bookings.models import DateException, Location, Resource, WeeklyHours
from bookings.schedule import intervals
from bookings.schedule.intervals import Interval
from bookings.schedule.local_time import DAY, instant, ranges_of_day


def opening_hours(
    location: Location | None, first: date, last: date, zone: ZoneInfo
) -> list[tuple[Resource, float]]:
    """Of everybody at the location, or at all of them, from `first` to `last` on the clock of `zone`."""
    people = Resource.objects.filter(kind=ResourceKind.PRACTITIONER, merged_into=None)
    if location:
        people = people.at(location)
    people = people.select_related("location").prefetch_related("also_at")
    usual = {person.pk: person.location_id for person in people}
    hours: dict[tuple[int, int], list[WeeklyHours]] = defaultdict(list)
    for row in WeeklyHours.objects.filter(resource__in=people):
        hours[row.resource_id, row.location_id or usual[row.resource_id]].append(row)
    whole = instant(first, time.min, zone), instant(last + DAY, time.min, zone)
    found = DateException.objects.filter(start__lt=whole[1], end__gt=whole[0]).order_by("start")
    of_place: dict[int, list[DateException]] = defaultdict(list)
    away: dict[int, list[DateException]] = defaultdict(list)
    for exception in found:
        if exception.resource_id and exception.kind == ExceptionKind.CLOSED:
            away[exception.resource_id].append(exception)
        else:
            of_place[exception.location_id].append(exception)
    # Many work the same hours: those are reckoned once.
    known: dict[object, float] = {}
    totals = []
    for person in people:
        total = 0.0
        for place in [location] if location else person.places:
            mine = [e for e in of_place[place.pk] if e.resource_id in (None, person.pk)]
            mine += away[person.pk]
            rows = hours[person.pk, place.pk]
            worked = [(h.weekday, h.start, h.end, h.valid_from, h.valid_to) for h in rows]
            key = (place.zone.key, tuple(worked), tuple(e.pk for e in mine))
            if key not in known:
                days = _days(rows, first, last, place.zone)
                known[key] = _hours(list(days), mine, whole)
            total += known[key]
        totals.append((person, round(total, 1)))
    return totals


def _days(
    hours: Sequence[WeeklyHours], first: date, last: date, zone: ZoneInfo
) -> Iterator[Interval]:
    by_weekday = [[row for row in hours if row.weekday == weekday] for weekday in range(7)]
    for number in range((last - first).days + 1):
        day = first + DAY * number
        yield from ranges_of_day(by_weekday[day.weekday()], day, zone)


def _hours(spans: list[Interval], exceptions: Sequence[DateException], whole: Interval) -> float:
    opened = [(e.start, e.end) for e in exceptions if e.kind == ExceptionKind.OPEN]
    shut = [(e.start, e.end) for e in exceptions if e.kind == ExceptionKind.CLOSED]
    left = intervals.intersect(intervals.subtract(spans + opened, shut), [whole])
    return round(sum((end - start) / timedelta(hours=1) for start, end in left), 1)
