"""Who offers a service at a location, in which rooms, their weekly hours and the exceptions to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bookings.enums import ResourceKind
from bookings.models import DateException, Location, Resource, Service, WeeklyHours
from bookings.schedule.local_time import DAY
from clinic.content_version import cached_until_change

LONG_OVER = 31 * DAY
"""Closures that ended longer ago are not read: nobody asks for times that far back."""


@dataclass(frozen=True)
class Rota:
    """The rows that change a few times a year (visits change by the minute). Do not modify."""

    practitioners: Sequence[Resource]
    rooms: Sequence[Resource]
    hours: Mapping[int, Sequence[WeeklyHours]]
    """The weekly ranges of each practitioner, by their id."""
    exceptions: Sequence[DateException]
    """Closures and extra openings of the location, its people and rooms, except those long over."""


def read(service: Service, location: Location, *, now: datetime) -> Rota:
    """The rows as they are now, in three or four queries."""
    people = list(
        service.practitioners.filter(kind=ResourceKind.PRACTITIONER, location=location, active=True)
    )
    rooms = Resource.objects.filter(kind=ResourceKind.ROOM, location=location, active=True)
    hours: dict[int, list[WeeklyHours]] = defaultdict(list)
    for row in WeeklyHours.objects.filter(resource__in=people).order_by():
        hours[row.resource_id].append(row)
    exceptions = DateException.objects.filter(location=location, end__gt=now - LONG_OVER)
    return Rota(people, list(rooms) if service.needs_room else [], hours, list(exceptions))


def remembered(service: Service, location: Location, *, now: datetime) -> Rota:
    """The same from this process's cache, until people, rooms, hours or closures change.

    For pages that show free times. Code that holds a time uses `read`.
    """
    name = f"rota {service.pk} {location.pk}"
    return cached_until_change(name, lambda: read(service, location, now=now))
