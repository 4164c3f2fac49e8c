"""What a person's own calendar says: their busy times become closures, and visits inside are told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from bookings.enums import ExceptionKind, RequestStatus
from bookings.errors import BookingError
from bookings.messages import to_staff
from bookings.models import Appointment, DateException, Displaced, OwnCalendar, Resource
from bookings.schedule import claims, intervals
from bookings.schedule.intervals import Interval
from bookings.schedule.local_time import whole_cells
from bookings.schedule.own_calendars import cells
from bookings.transitions.closures import displace, lock_location
from bookings.transitions.core import SYSTEM
from clinic import content_version


class ChangedMeanwhile(BookingError):
    """The calendar has another address now, is another person's, or was removed."""

    message = _("Somebody has just changed this calendar. Please look again.")


@transaction.atomic
def set_busy(calendar: OwnCalendar, wanted: Sequence[Interval], *, now: datetime) -> None:
    """From now on the person is busy then (UTC) by this calendar, and at no other time.

    `wanted` is a *set* of intervals; what is over by now is left out. All of it is one transaction. Visits
    inside stay booked: each is listed with its closure, and told once for as long as it clashes. Raises
    `ChangedMeanwhile`.
    """
    person = lock(calendar)
    clashed = _displaced(person)
    old = list(calendar.busy.order_by("start", "pk"))
    gone, moved, fresh = _difference(old, [span for span in wanted if span[1] > now])
    if gone or moved or fresh:
        spans = [whole_cells(row.start, row.end) for row in [*gone, *(row for row, _new in moved)]]
        cells.release([*gone, *(row for row, _new in moved)])
        for row, (start, end) in moved:
            row.start, row.end = start, end
        DateException.objects.filter(pk__in=[row.pk for row in gone]).delete()
        DateException.objects.bulk_update([row for row, _new in moved], ["start", "end"])
        DateException.objects.bulk_create(_closure(calendar, person, span) for span in fresh)
        spans += [whole_cells(*span) for span in [*fresh, *(new for _row, new in moved)]]
        ahead = [(max(start, now), end) for start, end in spans if end > now]
        cells.fill(person, intervals.union(ahead), now=now)
        content_version.advance()
    _tell_clashes(person, clashed, now=now)


@transaction.atomic
def see_clashes(calendar: OwnCalendar, *, now: datetime) -> None:
    """List and tell visits inside that are not listed yet. Raises `ChangedMeanwhile`."""
    person = lock(calendar)
    _tell_clashes(person, _displaced(person), now=now)


@transaction.atomic
def remove_calendar(calendar: OwnCalendar, *, now: datetime) -> None:
    """Forget a calendar; its busy times go with it. Raises `ChangedMeanwhile`."""
    set_busy(calendar, [], now=now)
    calendar.delete()


@transaction.atomic
def replace_address(calendar: OwnCalendar, address: str, *, host: str, now: datetime) -> None:
    """Another address for the same calendar: the busy times of the earlier one go at once."""
    set_busy(calendar, [], now=now)
    calendar.set_address(address, host=host)
    calendar.version += 1
    calendar.due_at = now
    calendar.save()


@transaction.atomic
def drop_old(calendar: OwnCalendar, *, now: datetime) -> None:
    """Nobody could read it for so long that its busy times count no longer; person and desk are told."""
    set_busy(calendar, [], now=now)
    # Its next answer counts again, even one that says what it said before.
    OwnCalendar.objects.filter(pk=calendar.pk).update(dropped_at=now, expanded_at=None, digest="")
    to_staff.calendar_lost(calendar, now=now)


def lock(calendar: OwnCalendar) -> Resource:
    """Lock the closures of the person, and the calendar; the person. Raises `ChangedMeanwhile`."""
    person = Resource.objects.select_related("location").get(pk=calendar.resource_id)
    lock_location(DateException(location=person.location, resource=person))
    rows = person.own_calendars.filter(pk=calendar.pk, version=calendar.version)
    if not rows.select_for_update(no_key=True).values_list("pk"):
        raise ChangedMeanwhile
    return person


def _closure(calendar: OwnCalendar, person: Resource, span: Interval) -> DateException:
    return DateException(
        location=person.location,
        resource=person,
        kind=ExceptionKind.CLOSED,
        start=span[0],
        end=span[1],
        source=calendar,
    )


Moved = list[tuple[DateException, Interval]]


def _difference(
    old: Sequence[DateException], wanted: Sequence[Interval]
) -> tuple[list[DateException], Moved, list[Interval]]:
    """The rows to delete, those to change with what they become, and the intervals that need a new row.

    A row that overlaps what is wanted becomes that, so that its list of visits stays the same one.
    """
    here = {(row.start, row.end): row for row in reversed(old)}
    kept = {here[span].pk for span in wanted if span in here}
    gone = [row for row in old if row.pk not in kept]
    moved: Moved = []
    fresh: list[Interval] = []
    at = 0
    for span in (span for span in wanted if span not in here):
        while at < len(gone) and gone[at].end <= span[0]:
            at += 1
        if at < len(gone) and gone[at].start < span[1]:
            moved.append((gone[at], span))
            at += 1
        else:
            fresh.append(span)
    used = {row.pk for row, _span in moved}
    return [row for row in gone if row.pk not in used], moved, fresh


def _displaced(person: Resource) -> set[int]:
    """Ids of the visits that are known to clash with a calendar of the person."""
    rows = Displaced.objects.filter(closure__source__resource=person)
    return set(rows.values_list("appointment_id", flat=True))


def _tell_clashes(person: Resource, clashed: set[int], *, now: datetime) -> None:
    """List what is inside now, and tell what was not inside before: `clashed`.

    A visit that has another time by now stays in the list of its closure, which says so.
    """
    inside = _inside(person, now)
    listed = Displaced.objects.filter(closure__source__resource=person)
    overlap = {
        "appointment__busy_start__lt": F("closure__end"),
        "appointment__busy_end__gt": F("closure__start"),
    }
    listed.exclude(**overlap).delete()
    for closure, visits in inside.items():
        known = set(closure.displaced.values_list("appointment_id", flat=True))
        Displaced.objects.bulk_create(
            Displaced(closure=closure, appointment=visit, created_at=now)
            for visit in visits
            if visit.pk in clashed - known
        )
        displace(closure, [v for v in visits if v.pk not in clashed], actor=SYSTEM, now=now)
    here = {visit.pk: visit for visits in inside.values() for visit in visits}
    to_staff.no_clash(clashed - set(here))
    for pk, visit in here.items():
        if pk not in clashed:
            to_staff.clash(visit, now=now)


def _inside(person: Resource, now: datetime) -> dict[DateException, list[Appointment]]:
    """The busy times that visits to come are inside of. What nobody has confirmed counts later."""
    busy = list(
        DateException.objects.filter(source__resource=person, end__gt=now).order_by("start")
    )
    rows = Appointment.objects.holding(now).filter(practitioner=person, busy_end__gt=now)
    visits = list(rows.exclude(request__status=RequestStatus.UNVERIFIED))
    held = intervals.union((visit.busy_start, visit.busy_end) for visit in visits)
    known, found = {visit.pk for visit in visits}, {}
    for row in busy:
        if intervals.overlaps(whole_cells(row.start, row.end), held):
            standing = claims.standing_inside(row, now=now)
            found[row] = [visit for visit in standing if visit.pk in known]
    return {row: inside for row, inside in found.items() if inside}
