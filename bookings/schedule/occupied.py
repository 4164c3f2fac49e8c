"""When people and rooms are occupied by visits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from bookings.models import Appointment
from bookings.models.appointments import LONGEST
from bookings.schedule import intervals
from bookings.schedule.intervals import Interval
from bookings.schedule.seconds import Seconds
from clinic.prepared import prepared


def held(
    people: Collection[int],
    rooms: Collection[int],
    *,
    start: datetime,
    end: datetime,
    now: datetime,
    ignoring: Collection[int] = (),
    ways: Mapping[int, timedelta] | None = None,
) -> dict[int, list[Interval]]:
    """For each person's or room's id, what is held between two instants, as a *set* of intervals.

    Visits occupy whole cells, so whole seconds are enough. Ids in `ignoring` are left out. `ways`: how long
    it takes a person to come from another location, by its id. One query.
    """
    seconds = {pk: int(way.total_seconds()) for pk, way in (ways or {}).items()}
    rows = _visits(people, rooms, start - LONGEST, end, now, ignoring)
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for practitioner_id, room_id, location_id, first, last in rows:
        way = seconds.get(location_id, 0)
        found[practitioner_id].append((first - way, last + way))
        if room_id:
            found[room_id].append((first, last))
    return {pk: [*map(_instants, intervals.union(each))] for pk, each in found.items()}


@prepared
def _visits(
    people: Collection[int],
    rooms: Collection[int],
    after: datetime,
    before: datetime,
    now: datetime,
    ignoring: Collection[int],
) -> QuerySet[Appointment, Any]:
    theirs = Q(practitioner__pk__in=people) | Q(room__pk__in=rooms)
    rows = Appointment.objects.holding(now).filter(
        theirs, busy_start__gt=after, busy_start__lt=before
    )
    return (
        rows.exclude(pk__in=ignoring)
        .order_by()
        .values_list(
            *("practitioner_id", "room_id", "location_id"),
            *(Seconds("busy_start"), Seconds("busy_end")),
        )
    )


@lru_cache(maxsize=10_000)
def _instants(seconds: tuple[int, int]) -> Interval:
    """Remembered: every visitor reads the same diaries."""
    first, last = seconds
    return datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(last, UTC)
