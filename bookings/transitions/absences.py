"""Somebody is away, or leaves: close their days, end their hours, and list the visits inside."""

from __future__ import annotations

from datetime import date, datetime, time

from django.db import transaction
from django.db.models import QuerySet

from bookings.enums import AppointmentStatus, ExceptionKind
from bookings.messages import to_staff
from bookings.models import Appointment, DateException, Resource, TimeClaim, WeeklyHours
from bookings.schedule.local_time import DAY, instant
from bookings.transitions.closures import apply_closure, lock_location
from bookings.transitions.core import Actor


@transaction.atomic
def enter_absence(
    closure: DateException, *, actor: Actor, now: datetime
) -> tuple[DateException, list[Appointment]]:
    """Save a practitioner's own absence and tell the desk. Visits inside stay booked until moved."""
    lock_location(closure)
    closure.save()
    inside = apply_closure(closure, actor=actor, now=now)
    to_staff.absent(closure, by=actor.user, now=now)
    return closure, inside


@transaction.atomic
def leave(person: Resource, *, last_day: date, actor: Actor, now: datetime) -> DateException | None:
    """End a person's hours after `last_day` (local), let what is held lapse, and close over their visits.

    Returns the closure in which the visits after that day are listed; None where there are none. Their
    diary may be switched off once each of these has another time.
    """
    location = person.location
    after = instant(last_day + DAY, time.min, location.zone)
    closure = DateException(
        location=location, resource=person, kind=ExceptionKind.CLOSED, start=after
    )
    lock_location(closure)
    end_hours(person, last_day)
    person.exceptions.filter(kind=ExceptionKind.OPEN, start__gte=after).delete()
    let_holds_lapse(person, after=after, now=now)
    last = booked_ahead(person, now=now).filter(busy_end__gt=after).order_by("-busy_end").first()
    if last is None:
        return None
    ends = last.busy_end.astimezone(location.zone).date()
    closure.end = instant(ends + DAY, time.min, location.zone)
    closure.save()
    apply_closure(closure, actor=actor, now=now)
    return closure


def end_hours(person: Resource, last_day: date) -> None:
    """No weekly hours after that day; those that would only begin then are deleted."""
    rows = WeeklyHours.objects.filter(resource=person)
    rows.filter(valid_from__gt=last_day).delete()
    rows.filter(valid_to=None).update(valid_to=last_day)
    rows.filter(valid_to__gt=last_day).update(valid_to=last_day)


def booked_ahead(resource: Resource, *, now: datetime) -> QuerySet[Appointment]:
    """The visits with that person, or in that room, that are still to come. What is held is none."""
    rows = Appointment.objects.filter(status=AppointmentStatus.BOOKED, start__gt=now)
    return rows.filter(practitioner=resource) | rows.filter(room=resource)


@transaction.atomic
def let_holds_lapse(resource: Resource, *, now: datetime, after: datetime | None = None) -> int:
    """End times that are held or offered with them from `after` on, as if their time had run out.

    The worker then tells the patients, as always. One that is accepted at this moment counts as a visit.
    """
    # Only what is held has an end: whoever accepts at this moment takes it away.
    rows = Appointment.objects.filter(hold_expires_at__gt=now, start__gte=after or now)
    mine = rows.filter(practitioner=resource) | rows.filter(room=resource)
    ended = mine.update(hold_expires_at=now)
    TimeClaim.objects.filter(appointment__hold_expires_at=now).update(expires_at=now)
    return ended
