"""Who offers a service at a location, in which rooms, their weekly hours and the exceptions to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Exists, Q, QuerySet, prefetch_related_objects

from bookings.enums import ExceptionKind, ResourceKind
from bookings.models import DateException, Location, Resource, Service, WeeklyHours
from bookings.schedule import travel
from bookings.schedule.intervals import Interval
from bookings.schedule.local_time import DAY
from clinic.content_version import cached_until_change
from clinic.prepared import prepared

LONG_OVER = 31 * DAY
"""Closures that ended longer ago are not read: nobody asks for times that far back."""


@dataclass(frozen=True)
class Rota:
    """The rows that change a few times a year (visits change by the minute). Do not modify."""

    practitioners: Sequence[Resource]
    rooms: Sequence[Resource]
    hours: Mapping[int, Sequence[WeeklyHours]]
    """The weekly ranges of each practitioner at the location, by their id."""
    exceptions: Sequence[DateException]
    """Closures and extra openings of the location, its people and rooms, except those long over."""
    ways: Mapping[int, timedelta]
    """How long the way to each other location takes, by its id."""
    working: dict[tuple[date, int], dict[int, list[Interval]]] = field(default_factory=dict)
    """What the hours and extra openings come to, by first day, number of days, and practitioner."""


def people(service: Service, location: Location) -> QuerySet[Resource]:
    """Who offers the service at the location and takes appointments."""
    limits = Service.locations.through.objects.filter(service=service)
    here = ~Exists(limits) | Exists(limits.filter(location=location))
    working = Resource.objects.filter(kind=ResourceKind.PRACTITIONER, active=True)
    return working.filter(here, services=service, pk__in=Resource.objects.at(location).values("pk"))


def rooms(service: Service, location: Location) -> QuerySet[Resource]:
    """The rooms of the location that may serve it; whether it needs one is another question."""
    found = Resource.objects.filter(kind=ResourceKind.ROOM, location=location, active=True)
    return found.filter(Q(serves=None) | Q(serves=service))


# The same as lists, put into SQL once: for what is asked again and again.
practitioners, _rooms = prepared(people), prepared(rooms)


@prepared
def _hours(people: Sequence[int], location: Location) -> QuerySet[WeeklyHours]:
    return WeeklyHours.objects.filter(resource__pk__in=people).at(location).order_by()


@prepared
def _exceptions(
    people: Sequence[int], location: Location, since: datetime
) -> QuerySet[DateException]:
    # Who is away is away everywhere; an extra opening is of its location alone.
    away = Q(resource__pk__in=people, kind=ExceptionKind.CLOSED)
    return DateException.objects.filter(Q(location=location) | away, end__gt=since)


def read(service: Service, location: Location, *, now: datetime) -> Rota:
    """The rows as they are now, in four to six queries."""
    who = practitioners(service, location)
    for person in who:
        if person.location_id == location.pk:  # nearly always, and read already
            person.location = location
    hours: dict[int, list[WeeklyHours]] = defaultdict(list)
    ids = [person.pk for person in who]
    for row in _hours(ids, location):
        hours[row.resource_id].append(row)
    return Rota(
        who,
        _rooms(service, location) if service.needs_room else [],
        hours,
        _exceptions(ids, location, now - LONG_OVER),
        travel.ways_from(location.pk) if travel.works_in_several(ids) else {},
    )


def remembered(service: Service, location: Location, *, now: datetime) -> Rota:
    """The same from this process's cache, until people, rooms, hours or closures change.

    For pages that show free times. Code that holds a time uses `read`.
    """

    def find() -> Rota:
        found = read(service, location, now=now)
        prefetch_related_objects(found.practitioners, "also_at")  # the pages name their places
        return found

    return cached_until_change(f"rota {service.pk} {location.pk}", find)
