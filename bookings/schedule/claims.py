"""Claim and release cells: the one guarantee against double booking.

An appointment that holds its time owns every five-minute cell of it, for the practitioner and for
the room. `TimeClaim` is unique by resource, cell and lane, and everybody is in lane 0, so the second
insert fails, in any process, on any host, on SQLite and PostgreSQL alike. A visit that staff booked
although its time is not free (`BookedAnyway`) takes the cells that others hold in a lane above theirs, and
any other in lane 0 as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet

from bookings.enums import APPOINTMENT_HOLDING, ExceptionKind
from bookings.errors import BookingError, StaleVersion, TimeTaken
from bookings.models import Appointment, BookedAnyway, DateException, Resource, TimeClaim
from bookings.schedule import travel
from bookings.schedule.local_time import CELL, whole_cells
from clinic.prepared import insert, prepared


def cells(start: datetime, end: datetime) -> Iterator[datetime]:
    """The starts (UTC) of all cells that the half-open interval touches."""
    cell, last = whole_cells(start, end)
    while cell < last:
        yield cell
        cell += CELL


def claim(
    appointment: Appointment,
    *,
    now: datetime,
    expires_at: datetime | None = None,
    decided: BookedAnyway | None = None,
    with_its_place: bool = False,
) -> None:
    """Take every cell of an appointment that has none yet, for its practitioner and its room.

    Call it in the transaction that sets the holding status; an error must roll that back. With
    `expires_at` (UTC) the cells are a hold that lapses by itself. With `decided` a cell that somebody
    holds already is taken in the next lane; not where they came after the decision. Raises `TimeTaken`,
    also where the person cannot be at that location then (see `travel`). `with_its_place`: closures of the
    location move along, so the visit is no more inside one than before.
    """
    with _or_taken():
        travel.check(appointment, now=now, decided=decided, with_its_place=with_its_place)
        # Everybody locks in the same order, so two sweeps of the same cells cannot deadlock. Who decides to
        # overlap locks what is there too: its owner cannot give it up unnoticed at the same moment.
        wanted = appointment.resources, appointment.busy_start, appointment.busy_end
        found = _all_claims(*wanted) if decided else _lapsed_claims(*wanted, now)
        lapsed = [row.pk for row in found if row.expires_at and row.expires_at <= now]
        if lapsed:
            TimeClaim.objects.filter(pk__in=lapsed).delete()
            promote(appointment.busy_start, appointment.busy_end)
        lanes: dict[tuple[int, datetime], int] = {}
        if decided:
            lanes = _lanes_above([row.pk for row in found], decided)
        insert(
            TimeClaim(
                resource_id=resource_id,
                cell_start=cell,
                appointment_id=appointment.pk,
                expires_at=expires_at,
                lane=lane,
                decided=decided if lane else None,
            )
            for resource_id, cell in _wanted(appointment)
            for lane in (lanes.get((resource_id, cell), 0),)
        )


@prepared
def _all_claims(resources: Sequence[int], start: datetime, end: datetime) -> QuerySet[TimeClaim]:
    """The cells that are owned in this interval, locked in the order in which everybody locks."""
    rows = TimeClaim.objects.filter(cell_start__gte=start, cell_start__lt=end)
    return _locked(rows.filter(resource__pk__in=resources))


@prepared
def _lapsed_claims(
    resources: Sequence[int], start: datetime, end: datetime, now: datetime
) -> QuerySet[TimeClaim]:
    """Those of holds that have lapsed."""
    rows = TimeClaim.objects.filter(cell_start__gte=start, cell_start__lt=end, expires_at__lte=now)
    return _locked(rows.filter(resource__pk__in=resources))


def _locked(rows: QuerySet[TimeClaim]) -> QuerySet[TimeClaim]:
    return rows.order_by("resource_id", "cell_start", "lane").select_for_update()


def _lanes_above(rows: Sequence[int], decided: BookedAnyway) -> dict[tuple[int, datetime], int]:
    """The lane above those of these claims, by cell. Raises `TimeTaken` for who came after the decision."""
    there = TimeClaim.objects.filter(pk__in=rows).select_related("appointment")
    lanes: dict[tuple[int, datetime], int] = {}
    for row in there.order_by("lane"):
        if row.appointment and row.appointment.created_at > decided.created_at:
            raise TimeTaken
        lanes[row.resource_id, row.cell_start] = row.lane + 1
    return lanes


def promote(start: datetime, end: datetime) -> None:
    """Some cells have been given up in this interval: who holds one by decision now has it in lane 0.

    There the index keeps everybody away from it whom nobody decided about.
    """
    first, last = whole_cells(start, end)
    above: dict[tuple[int, datetime], int] = {}
    rows = TimeClaim.objects.filter(lane__gt=0, cell_start__gte=first, cell_start__lt=last)
    for pk, resource_id, cell in rows.order_by("-lane").values_list(
        "pk", "resource_id", "cell_start"
    ):
        above[resource_id, cell] = pk  # the lowest lane comes last
    if not above:
        return
    held = TimeClaim.objects.filter(
        lane=0, resource__in={resource for resource, _cell in above}, cell_start__gte=first
    ).filter(cell_start__lt=last)
    kept = set(held.values_list("resource_id", "cell_start"))
    alone = [pk for cell, pk in above.items() if cell not in kept]
    if TimeClaim.objects.filter(pk__in=alone).update(lane=0, decided=None) < len(alone):
        promote(start, end)  # one of them has just left as well: whoever is above it comes down


def renew(appointment: Appointment, *, now: datetime, expires_at: datetime | None = None) -> None:
    """Keep the cells until another moment. If the hold has lapsed, all are claimed again.

    Raises `TimeTaken`; the caller must then release the remaining cells or roll back.
    """
    own = TimeClaim.objects.filter(appointment=appointment)
    held = own.filter(Q(expires_at=None) | Q(expires_at__gt=now))
    if held.update(expires_at=expires_at) == len(_wanted(appointment)):
        return
    with _or_taken(), transaction.atomic():
        own.delete()
        decided = BookedAnyway.objects.filter(appointment=appointment).first()
        claim(appointment, now=now, expires_at=expires_at, decided=decided)


@contextmanager
def _or_taken() -> Iterator[None]:
    """Raise `TimeTaken` when the database refuses because somebody else has the cells."""
    try:
        with _unless_deadlocked(TimeTaken):
            yield
    except IntegrityError as error:
        raise TimeTaken from error


@contextmanager
def _unless_deadlocked(otherwise: type[BookingError]) -> Iterator[None]:
    """Raise this error when PostgreSQL aborts our transaction, of two that wait for each other."""
    try:
        yield
    except OperationalError as error:
        if "deadlock" in str(error):
            raise otherwise from error
        raise


def _wanted(appointment: Appointment) -> list[tuple[int, datetime]]:
    """Each resource with each cell, in the order in which everybody claims them."""
    return [
        (resource_id, cell)
        for resource_id in sorted(appointment.resources)
        for cell in cells(appointment.busy_start, appointment.busy_end)
    ]


def release(appointment: Appointment) -> None:
    """Delete all its claims. Idempotent. Raises `StaleVersion` after a deadlock."""
    own = TimeClaim.objects.filter(appointment=appointment)
    held = list(own.values_list("resource_id", "cell_start"))
    if not held:
        return
    first, last = min(cell for _, cell in held), max(cell for _, cell in held) + CELL
    # Those in other lanes as well. Of two visits that leave a cell at the same moment, each would take the
    # other for the one in lane 0, and nobody would bring a third one down to it, where the index guards it.
    with _unless_deadlocked(StaleVersion):
        _all_claims(sorted({resource for resource, _cell in held}), first, last)
        own.delete()
        promote(first, last)


def claim_closure(closure: DateException, *, now: datetime) -> list[Appointment]:
    """Take every free cell of a closure and return the appointments inside it.

    Those keep their cells until each is moved or cancelled. A booking made at the same moment either
    has its cells already and is returned, or fails. Of a closure that was changed, call `fill_closures`
    for the time that it covered before.
    """
    resources = _closed_resources(closure)
    with transaction.atomic():
        TimeClaim.objects.filter(exception=closure).delete()
        for resource_id in resources:
            _claim_free_cells(closure, resource_id, now)
    return standing_inside(closure, now=now)


def span(owned: QuerySet[TimeClaim]) -> tuple[datetime, datetime] | None:
    """From the first of the cells to the end of the last (UTC); None where there are none."""
    found = owned.aggregate(first=Min("cell_start"), last=Max("cell_start"))
    return (found["first"], found["last"] + CELL) if found["first"] else None


def fill_closures(start: datetime, end: datetime, *, now: datetime) -> None:
    """A closure has released cells in this interval: other closures that cover them take them."""
    closed = DateException.objects.filter(kind=ExceptionKind.CLOSED)
    for other in closed.filter(start__lt=end, end__gt=start):
        for resource_id in _closed_resources(other):
            _claim_free_cells(other, resource_id, now)
    promote(start, end)


def standing_inside(closure: DateException, *, now: datetime) -> list[Appointment]:
    """The appointments that hold a time with a closed person, in a closed room or at a closed location.

    Not those that staff booked although it is closed: they hold their cells beside the closure's.
    """
    first, last = whole_cells(closure.start, closure.end)
    theirs, cells_of = Q(location=closure.location_id), Q()
    if closure.resource_id:
        theirs = Q(practitioner=closure.resource_id) | Q(room=closure.resource_id)
        cells_of = Q(resource=closure.resource_id)
    same_cell = TimeClaim.objects.filter(
        exception=closure, resource=OuterRef("resource"), cell_start=OuterRef("cell_start")
    )
    alone = TimeClaim.objects.filter(
        ~Exists(same_cell),
        cells_of,
        appointment=OuterRef("pk"),
        cell_start__gte=first,
        cell_start__lt=last,
    )
    return list(
        Appointment.objects.holding(now)
        .overlapping(closure.start, closure.end)
        .filter(theirs)
        .filter(Q(booked_anyway=None) | Exists(alone))
        .select_related("request", "practitioner", "location")
    )


def _closed_resources(closure: DateException) -> Sequence[int]:
    if closure.resource_id:
        return [closure.resource_id]
    return list(_closed_with(closure.location_id).values_list("pk", flat=True))


def _closed_with(location_id: int) -> QuerySet[Resource]:
    """The rooms of a location and those who work nowhere else: its closures own their cells.

    Whoever works elsewhere too is free there; `travel.check` keeps them away from the closed location.
    """
    own = Resource.objects.filter(location=location_id)
    return own.exclude(pk__in=Resource.objects.elsewhere().values("pk")).order_by("pk")


def close_with_location(resource: Resource, *, now: datetime) -> None:
    """Somebody works at one location now: its closures to come own their free cells again."""
    ahead = DateException.objects.filter(location=resource.location_id, resource=None, end__gt=now)
    for closure in ahead.filter(kind=ExceptionKind.CLOSED):
        _claim_free_cells(closure, resource.pk, now)


def _claim_free_cells(closure: DateException, resource_id: int, now: datetime) -> None:
    start, end = whole_cells(closure.start, closure.end)
    TimeClaim.objects.filter(
        resource_id=resource_id, cell_start__gte=start, cell_start__lt=end, expires_at__lte=now
    ).delete()
    TimeClaim.objects.bulk_create(
        (
            TimeClaim(resource_id=resource_id, cell_start=cell, exception=closure)
            for cell in cells(closure.start, closure.end)
        ),
        # A visit keeps its cells, even one booked at this moment, and is reported as affected. This
        # is the only place that may ignore conflicts.
        ignore_conflicts=True,
    )


def inconsistencies(
    now: datetime, looked_at: Callable[[int], None] = lambda number: None
) -> Iterator[str]:
    """Every way in which claims and appointments disagree, one sentence each. Changes nothing.

    `looked_at` is called after each appointment with the number checked so far.
    """
    rows = Appointment.objects.prefetch_related("claims").iterator(chunk_size=500)
    for number, appointment in enumerate(rows, 1):
        looked_at(number)
        owned = sorted((c.resource_id, c.cell_start) for c in appointment.claims.all())
        holds = appointment.status in APPOINTMENT_HOLDING
        lapsed = appointment.hold_expires_at is not None and appointment.hold_expires_at <= now
        if lapsed and holds:
            continue  # other claims may have taken its cells; the worker will expire it
        wanted = _wanted(appointment)
        if holds and owned != wanted:
            yield f"{appointment} holds {len(owned)} of its {len(wanted)} cells"
        if not holds and owned:
            yield f"{appointment} is {appointment.status} and still holds {len(owned)} cells"
    yield from _unguarded()
    for closure in DateException.objects.iterator():
        outside = _outside(closure)
        if outside:
            yield f"closure {closure.pk} holds {outside} cells outside of it"


def _unguarded() -> Iterator[str]:
    """Cells in another lane with nobody in lane 0: the index would let anybody in there."""
    lowest = TimeClaim.objects.filter(
        lane=0, resource=OuterRef("resource"), cell_start=OuterRef("cell_start")
    )
    rows = TimeClaim.objects.filter(~Exists(lowest), lane__gt=0).select_related(
        "appointment__request"
    )
    for row in rows:
        yield f"{row.appointment} holds {row} in lane {row.lane} alone"


def _outside(closure: DateException) -> int:
    """How many cells it holds that are not its own."""
    start, end = whole_cells(closure.start, closure.end)
    own = TimeClaim.objects.filter(
        exception__kind=ExceptionKind.CLOSED,
        resource__in=_closed_resources(closure),
        cell_start__gte=start,
        cell_start__lt=end,
    )
    return closure.claims.exclude(pk__in=own).count()
