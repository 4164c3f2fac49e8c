"""The cells of many closures of one person at once, as a calendar has them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from bookings.enums import ExceptionKind
from bookings.models import DateException, Resource, TimeClaim
from bookings.schedule import claims
from bookings.schedule.intervals import Interval
from bookings.schedule.local_time import whole_cells
from bookings.schedule.travel import works_in_several


def release(closures: Iterable[DateException]) -> None:
    """Give up their cells; call `fill` for the time that they covered."""
    TimeClaim.objects.filter(exception__in=[row.pk for row in closures]).delete()


def fill(person: Resource, spans: Iterable[Interval], *, now: datetime) -> None:
    """Of each free cell in these spans (UTC), let a closure of the person own it that covers it.

    A visit keeps its cells, even one booked at this moment. The caller holds the lock of the closures.
    """
    wanted = {cell for span in spans for cell in claims.cells(*span)}
    if not wanted:
        return
    first, last = min(wanted), max(wanted)
    theirs = Q(resource=person)
    if not works_in_several([person.pk]):  # whoever does is free elsewhere: see `claims`
        theirs |= Q(resource=None, location=person.location_id)
    closed = DateException.objects.filter(theirs, kind=ExceptionKind.CLOSED, end__gt=first)
    owner = {
        cell: closure.pk
        for closure in closed.filter(start__lte=last + claims.CELL).order_by("-pk")
        for cell in claims.cells(*whole_cells(max(closure.start, first), closure.end))
        if cell in wanted
    }
    _lapse(person, owner, now)
    TimeClaim.objects.bulk_create(
        # In the order in which everybody claims.
        (
            TimeClaim(resource=person, cell_start=cell, exception_id=owner[cell])
            for cell in sorted(owner)
        ),
        ignore_conflicts=True,  # as in `claims`: what a visit holds, it keeps
    )
    claims.promote(first, last + claims.CELL)


def _lapse(person: Resource, wanted: Iterable[datetime], now: datetime) -> None:
    """Holds whose time is over own nothing any more."""
    lapsed = TimeClaim.objects.filter(resource=person, expires_at__lte=now)
    cells = set(wanted)
    over = [pk for pk, cell in lapsed.values_list("pk", "cell_start") if cell in cells]
    TimeClaim.objects.filter(pk__in=over).delete()
