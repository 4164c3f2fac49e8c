"""Reminds patients of their visits: a periodic job. Each reminder is sent at most once.

Nothing is queued in advance: a reminder is written when it is due and the visit is still booked. So a
moved or cancelled visit never has one left over, and new settings apply at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from bookings.enums import AppointmentStatus, ExceptionKind, RequestStatus
from bookings.messages import to_patients
from bookings.models import Appointment, DateException, Message
from bookings.models.wording import MessageSettings
from bookings.schedule import availability
from bookings.schedule.local_time import DAY, is_quiet

STILL_USEFUL = timedelta(hours=1)
"""A reminder this close to the visit is too late to act on."""
AT_ONCE = 5_000
"""Values in one query: SQLite takes 32,766 of them, PostgreSQL 65,535."""
JUST_TOLD = timedelta(hours=2)
"""A patient whose visit was booked this recently needs no reminder."""
BEFORE_QUIET = timedelta(minutes=15)

Quiet = tuple[time, time]


def send_at(start: datetime, hours: int, zone: ZoneInfo, quiet: Quiet) -> datetime:
    """When a reminder is sent (UTC): `hours` before the visit, or when the quiet hours end.

    If that is too late to be useful, shortly before the quiet hours begin.
    """
    wanted = start - timedelta(hours=hours)
    if not is_quiet(wanted, zone, quiet):
        return wanted
    first, last = quiet
    local = wanted.astimezone(zone)
    ends = local.date() if local.time() < last else local.date() + DAY
    after = availability.instant(ends, last, zone)
    if start - after >= STILL_USEFUL:
        return after
    begins = local.date() if local.time() >= first else local.date() - DAY
    return availability.instant(begins, first, zone) - BEFORE_QUIET


def remind_due(*, now: datetime) -> int:
    """Write every reminder that is due, each in its own transaction; returns how many.

    None for a visit that cannot take place as booked: see `expected`.
    """
    settings = MessageSettings.load()
    quiet, hours = (settings.quiet_from, settings.quiet_until), settings.hours
    if not hours:
        return 0
    told = Max("request__events__at", filter=Q(request__events__to_status=RequestStatus.CONFIRMED))
    ahead = expected().filter(
        start__gt=now,
        start__lte=now + timedelta(hours=hours[0]) + DAY,
    )
    wanted: dict[str, tuple[int, int]] = {}
    for visit in ahead.annotate(told=told).select_related("location"):
        zone = visit.zone
        since = (visit.told or visit.created_at) + JUST_TOLD
        if is_quiet(now, zone, quiet):
            continue
        nearest = due(visit.start, hours, zone, quiet, since=since, now=now)
        if nearest:
            wanted[to_patients.reminder_key(visit, nearest)] = visit.pk, nearest
    written = _written(wanted)
    return sum(_remind(*one, now) for key, one in wanted.items() if key not in written)


def expected() -> QuerySet[Appointment]:
    """Booked visits that are neither inside a closure nor wait for another time from us."""
    closed = DateException.objects.filter(
        Q(resource=None) | Q(resource=OuterRef("practitioner")) | Q(resource=OuterRef("room")),
        location=OuterRef("location"),
        kind=ExceptionKind.CLOSED,
        start__lt=OuterRef("end"),
        end__gt=OuterRef("start"),
    )
    # Staff may book although it is closed. A later closure is another thing: it displaces the visit.
    despite = Q(booked_anyway__isnull=False, displaced_by=None)
    booked = Appointment.objects.filter(status=AppointmentStatus.BOOKED)
    return booked.filter(~Exists(closed) | despite).exclude(
        request__status__in=[RequestStatus.IN_REVIEW, RequestStatus.OFFERED]
    )


def _written(keys: Iterable[str]) -> set[str]:
    """Those of the keys whose reminder is in the outbox already, in one query for many."""
    found: set[str] = set()
    rest = iter(keys)
    while some := list(islice(rest, AT_ONCE)):
        rows = Message.objects.filter(dedupe_key__in=some).order_by()
        found.update(rows.values_list("dedupe_key", flat=True))
    return found


def due(
    start: datetime,
    hours: Sequence[int],
    zone: ZoneInfo,
    quiet: Quiet,
    *,
    since: datetime,
    now: datetime,
) -> int | None:
    """The latest reminder that should have been sent by now, in hours; earlier ones are skipped."""
    come = [each for each in hours if since <= send_at(start, each, zone, quiet) <= now]
    return min(come, default=None)


@transaction.atomic
def _remind(pk: int, hours: int, now: datetime) -> bool:
    # Locked: somebody who cancels the visit now either comes first, or finds the reminder to drop.
    rows = Appointment.objects.select_for_update(of=("self",)).select_related(
        "request__location", "request__service", "practitioner", "location"
    )
    visit = rows.filter(pk__in=expected().filter(pk=pk).values("pk")).first()
    if visit is None:
        return False
    return to_patients.reminder(visit.request, visit, hours=hours, now=now)
