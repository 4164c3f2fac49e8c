"""One person in several locations: the way between two visits, and the closures of one location alone.

The cells of a person keep any two of their visits apart, in whichever location. A way depends on the
visit before and after, and a closed location does not close the person elsewhere. Cells can say neither, so
both are checked while the person's row is locked. Whoever books the same person at that moment waits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from bookings.enums import ExceptionKind
from bookings.errors import TimeTaken
from bookings.models import Appointment, BookedAnyway, DateException, Resource, TravelTime
from bookings.models.travel import LONGEST_WAY
from clinic.prepared import prepared

LONGEST = timedelta(minutes=LONGEST_WAY)


def ways_from(location_id: int) -> dict[int, timedelta]:
    """How long the way from this location takes, by the ids of the others; those next door are left out."""
    return ways().get(location_id, {})


def ways() -> dict[int, dict[int, timedelta]]:
    """The same from every location, by its id. They are few."""
    found: dict[int, dict[int, timedelta]] = defaultdict(dict)
    for first, second, minutes in TravelTime.objects.values_list("first", "second", "minutes"):
        if minutes:
            found[first][second] = found[second][first] = timedelta(minutes=minutes)
    return found


def lock(people: Collection[int]) -> bool:
    """Lock these rows until the transaction ends, in the order in which everybody does.

    Whether each is still a record of its own, merged into no other.
    """
    return not any(_locked(sorted(people)))


@prepared
def _locked(people: Sequence[int]) -> QuerySet[Resource, Any]:
    rows = Resource.objects.filter(pk__in=people).order_by("pk").select_for_update(no_key=True)
    return rows.values_list("merged_into", flat=True)


@prepared
def works_in_several(people: Sequence[int]) -> QuerySet[Any, int]:
    """Not empty where one of them does."""
    rows = Resource.also_at.through.objects.filter(resource__pk__in=people)
    return rows.values_list("pk", flat=True)[:1]


def check(
    visit: Appointment,
    *,
    now: datetime,
    decided: BookedAnyway | None = None,
    with_its_place: bool = False,
) -> None:
    """Lock the person of a visit that is about to take its cells, and see that they can be there.

    Raises `TimeTaken` where the way from or to another visit takes longer, or where the location is
    closed; with `decided` only for a visit that came after the decision. Also where the record of the
    person has been merged into another since it was read: that one holds the person's cells now. Closures
    do not count `with_its_place`, whose clock changes: they move along after the visits.
    """
    if not lock([visit.practitioner_id]):
        raise TimeTaken
    if not works_in_several([visit.practitioner_id]):
        return
    stays = decided is not None or with_its_place
    if _too_far(visit, now, decided) or (not stays and _closed(visit)):
        raise TimeTaken


def visits_elsewhere(
    person_id: int, location_id: int, start: datetime, end: datetime, *, now: datetime
) -> list[tuple[Appointment, timedelta]]:
    """Visits at other locations that a way leads into this time (UTC), with what the way takes."""
    rows = Appointment.objects.holding(now).filter(practitioner=person_id)
    near = list(
        rows.exclude(location=location_id)
        .overlapping(start - LONGEST, end + LONGEST)
        .select_related("location")
    )
    ways = ways_from(location_id) if near else {}
    found = [(other, ways.get(other.location_id, timedelta())) for other in near]
    return [
        (other, way)
        for other, way in found
        if other.busy_start - way < end and other.busy_end + way > start
    ]


def _too_far(visit: Appointment, now: datetime, decided: BookedAnyway | None) -> bool:
    found = visits_elsewhere(
        visit.practitioner_id, visit.location_id, visit.busy_start, visit.busy_end, now=now
    )
    return any(
        decided is None or other.created_at > decided.created_at
        for other, _way in found
        if other.pk != visit.pk
    )


def _closed(visit: Appointment) -> bool:
    rows = DateException.objects.filter(location=visit.location_id, resource=None)
    closed = rows.filter(kind=ExceptionKind.CLOSED)
    return closed.filter(start__lt=visit.busy_end, end__gt=visit.busy_start).exists()
