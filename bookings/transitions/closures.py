"""Close a day or a range: take its free time, and list every visit inside it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from bookings.enums import ExceptionKind, Verb
from bookings.models import (
    Appointment,
    DateException,
    Displaced,
    Event,
    Location,
    Resource,
    TimeClaim,
    WeeklyHours,
)
from bookings.schedule import claims, travel
from bookings.schedule.local_time import instant
from bookings.transitions.core import Actor


@transaction.atomic
def apply_closure(closure: DateException, *, actor: Actor, now: datetime) -> list[Appointment]:
    """Take the closure's free time, and list the visits inside. They stay booked until each is moved.

    Call it again after the closure was changed: it takes the new cells and forgets the visits that are
    outside now. Cells that another closure covers stay closed.
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
    """Delete a closure. Its time is free again, unless another closure covers it."""
    lock_location(closure)
    before = claims.span(closure.claims.all())
    closure.delete()
    if before:
        claims.fill_closures(*before, now=now)


def lock_location(closure: DateException) -> None:
    """Lock the location and whom it closes, so that of two who edit closures the second waits.

    Otherwise each edit assumes that the other owns a shared cell. Whoever books one of these people at
    this moment waits too. Call it before the closure is saved: everybody locks the location first. Of a
    record that was merged since it was read, the closure is of the one that goes on.
    """
    saved = DateException.objects.filter(pk=closure.pk).values_list("location_id", "resource_id")
    both = [(closure.location_id, closure.resource_id), *saved]
    places = Location.objects.filter(pk__in={place for place, _who in both}).order_by("pk")
    list(places.select_for_update(no_key=True).values_list("pk"))
    people = {who for _place, who in both if who}
    for place, who in both:
        if not who:
            people |= set(Resource.objects.at(place).values_list("pk", flat=True))
    travel.lock(people)
    own = closure.resource_id
    merged = own and Resource.objects.filter(pk=own, merged_into__isnull=False).first()
    if merged:
        closure.resource = merged.merged_into
        lock_location(closure)


def displace(
    closure: DateException, inside: list[Appointment], *, actor: Actor, now: datetime
) -> None:
    """Add to the closure's list the visits that are not in it yet, each with an event."""
    known = set(closure.displaced.values_list("appointment_id", flat=True))
    fresh = [appointment for appointment in inside if appointment.pk not in known]
    Displaced.objects.bulk_create(
        Displaced(closure=closure, appointment=appointment, created_at=now) for appointment in fresh
    )
    # Of hundreds at once; staff do it, so nobody else needs telling.
    Event.objects.bulk_create(
        Event(
            request_id=appointment.request_id,
            appointment=appointment,
            verb=Verb.DISPLACE,
            actor_kind=actor.kind,
            actor=actor.user,
            why=closure.why,
            at=now,
        )
        for appointment in fresh
    )


@transaction.atomic
def resource_moved(resource: Resource, *, now: datetime) -> None:
    """A room has moved, or a person works at other locations: what is theirs goes with them.

    Hours and exceptions of a location where they work no longer move to the usual one. Closures of a
    whole location end for them, unless they work nowhere else. Time that both had closed stays closed.
    """
    travel.lock([resource.pk])
    theirs = {place.pk for place in resource.places}
    for rows in (WeeklyHours.objects, DateException.objects):
        gone = rows.filter(resource=resource).exclude(location__in=theirs)
        gone.update(location=resource.location_id)
    closed = TimeClaim.objects.filter(resource=resource, exception__isnull=False)
    with_a_location = closed.filter(exception__resource=None)
    if len(theirs) == 1:
        with_a_location = with_a_location.exclude(exception__location=resource.location_id)
    released = claims.span(with_a_location)
    with_a_location.delete()
    if len(theirs) == 1:
        claims.close_with_location(resource, now=now)
    if released:
        claims.fill_closures(*released, now=now)


@transaction.atomic
def time_zone_changed(location: Location, *, actor: Actor, before: ZoneInfo, now: datetime) -> None:
    """The location has another time zone now: what is closed or open keeps its wall-clock times.

    Where a clock change leaves no time between start and end, it lasts as long as before. Visits stay at
    their instants; those inside a closure then are added to its list. Busy times of somebody's own calendar
    are left to its next reading. Call it in the transaction that saved the location, and so has locked it.
    """
    moved = list(location.exceptions.filter(end__gt=now, source=None))
    for exception in moved:
        lasts = exception.end - exception.start
        start, end = exception.start.astimezone(before), exception.end.astimezone(before)
        exception.start = instant(start.date(), start.time(), location.zone)
        exception.end = instant(end.date(), end.time(), location.zone, last=True)
        if exception.end <= exception.start:
            exception.end = exception.start + lasts
        exception.save()
    # Release all of them first: a cell that one leaves may belong to the next one now.
    held = TimeClaim.objects.filter(exception__in=moved)
    released = claims.span(held)
    held.delete()
    for exception in moved:
        apply_closure(exception, actor=actor, now=now)
    if released:  # a person may be away by a closure of another location too
        claims.fill_closures(*released, now=now)
