"""A day or a range is closed: its free time is taken, and nobody who stands inside is forgotten."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from bookings.enums import ExceptionKind, Verb
from bookings.models import (
    Appointment,
    DateException,
    Displaced,
    Location,
    Resource,
    TimeClaim,
)
from bookings.schedule import claims
from bookings.schedule.local_time import instant
from bookings.transitions.core import Actor, record


@transaction.atomic
def apply_closure(closure: DateException, *, actor: Actor, now: datetime) -> list[Appointment]:
    """Take the closure's free time, and list whom it displaces. Their visits stay until each is moved.

    Called again after the closure was changed: takes other cells, and keeps only who is still inside.
    What another closure closes as well stays closed.
    """
    lock_location(closure)
    before = claims.span(closure.claims.all())
    inside = _take(closure, actor=actor, now=now)
    if before:
        claims.fill_closures(*before, now=now)
    return inside


def _take(closure: DateException, *, actor: Actor, now: datetime) -> list[Appointment]:
    if closure.kind != ExceptionKind.CLOSED:
        TimeClaim.objects.filter(exception=closure).delete()
        closure.displaced.all().delete()
        return []
    inside = claims.claim_closure(closure, now=now)
    outside = closure.displaced.exclude(
        appointment__busy_start__lt=closure.end, appointment__busy_end__gt=closure.start
    )
    outside.delete()
    displace(closure, inside, actor=actor, now=now)
    return inside


@transaction.atomic
def remove_closure(closure: DateException, *, now: datetime) -> None:
    """Delete a closure. Its time is free again, but for what another one closes as well."""
    lock_location(closure)
    before = claims.span(closure.claims.all())
    closure.delete()
    if before:
        claims.fill_closures(*before, now=now)


def lock_location(closure: DateException) -> None:
    """Of two who change closures of one location the second waits, and sees what the first has done.

    Else one could leave a cell to the other, who is just about to let it go. To be called before the
    closure itself is saved: everybody locks the location first.
    """
    before = DateException.objects.filter(pk=closure.pk).values_list("location_id", flat=True)
    places = Location.objects.filter(pk__in={closure.location_id, *before}).order_by("pk")
    list(places.select_for_update(no_key=True).values_list("pk"))


def displace(
    closure: DateException, inside: list[Appointment], *, actor: Actor, now: datetime
) -> None:
    """Put those into the closure's list who are not in it yet, each with an event."""
    known = set(closure.displaced.values_list("appointment_id", flat=True))
    for appointment in inside:
        if appointment.pk not in known:
            Displaced.objects.create(closure=closure, appointment=appointment, created_at=now)
            record(
                appointment.request,
                Verb.DISPLACE,
                actor=actor,
                now=now,
                why=closure.reason,
                appointment=appointment,
            )


@transaction.atomic
def resource_moved(resource: Resource, *, now: datetime) -> None:
    """A person or a room is at another location now: their closures come along, the old house's end.

    What both had closed stays closed.
    """
    DateException.objects.filter(resource=resource).update(location=resource.location_id)
    closed = TimeClaim.objects.filter(resource=resource, exception__isnull=False)
    of_the_house = closed.filter(exception__resource=None)
    before = claims.span(of_the_house)
    of_the_house.delete()
    if before:
        claims.fill_closures(*before, now=now)


@transaction.atomic
def time_zone_changed(location: Location, *, actor: Actor, before: ZoneInfo, now: datetime) -> None:
    """The location has another time zone now: what is closed or open keeps its wall-clock times.

    Where a change of the clocks leaves nothing between these, it lasts as long as before. Visits stay at
    their instants; whoever stands inside a closure then is put into its list. To be called in the
    transaction that saved the location, and so has locked it.
    """
    moved = list(location.exceptions.filter(end__gt=now))
    for exception in moved:
        lasts = exception.end - exception.start
        start, end = exception.start.astimezone(before), exception.end.astimezone(before)
        exception.start = instant(start.date(), start.time(), location.zone)
        exception.end = instant(end.date(), end.time(), location.zone, last=True)
        if exception.end <= exception.start:
            exception.end = exception.start + lasts
        exception.save()
    # All let go first: a cell that one leaves may be the next one's now.
    TimeClaim.objects.filter(exception__in=moved).delete()
    for exception in moved:
        apply_closure(exception, actor=actor, now=now)
