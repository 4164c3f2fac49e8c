"""Who could take a service at a location, in which rooms, and their weekly hours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bookings.enums import ResourceKind
from bookings.models import Location, Resource, Service, WeeklyHours
from clinic import known


@dataclass(frozen=True)
class Rota:
    """What changes a few times a year, where diaries change by the minute. To be read only."""

    practitioners: Sequence[Resource]
    rooms: Sequence[Resource]
    hours: Mapping[int, Sequence[WeeklyHours]]
    """The weekly ranges of each practitioner, by their id."""


def read(service: Service, location: Location) -> Rota:
    """The rows as they are now, in two or three queries."""
    people = list(
        service.practitioners.filter(kind=ResourceKind.PRACTITIONER, location=location, active=True)
    )
    rooms = Resource.objects.filter(kind=ResourceKind.ROOM, location=location, active=True)
    hours: dict[int, list[WeeklyHours]] = defaultdict(list)
    for row in WeeklyHours.objects.filter(resource__in=people):
        hours[row.resource_id].append(row)
    return Rota(people, list(rooms) if service.needs_room else [], hours)


def remembered(service: Service, location: Location) -> Rota:
    """The same, as this process read it before, until people, rooms or hours have changed.

    For pages that show what is free. Whoever holds a time asks `read`.
    """
    name = f"rota {service.pk} {location.pk}"
    return known.unless_changed(name, lambda: read(service, location))
