"""Warns staff before a promise breaks, and of an attack on the diary. A periodic job."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from bookings.enums import StaffKind
from bookings.messages import to_staff
from bookings.models import ConsultationRequest, Location, StaffNotice
from bookings.schedule.answer_deadline import FIRST_LOOK, is_almost_due, working_times
from bookings.transitions.limits import is_hoarding

AHEAD = timedelta(days=FIRST_LOOK)


def warn_due(*, now: datetime) -> int:
    """Write every warning that is due; returns how many. Running it twice writes nothing twice."""
    if is_hoarding(now=now):
        to_staff.attack(now=now)
    waiting = ConsultationRequest.objects.needing_answer().filter(
        respond_by__gt=now, respond_by__lte=now + AHEAD
    )
    at: dict[Location, list[ConsultationRequest]] = defaultdict(list)
    for consultation in waiting.prefetch_related("location"):  # one object for each place
        at[consultation.location].append(consultation)
    return sum(_warn_at(location, waiting, now) for location, waiting in at.items())


def _warn_at(location: Location, waiting: list[ConsultationRequest], now: datetime) -> int:
    working = working_times(location, now=now, days=FIRST_LOOK + 1)
    due = [
        one for one in waiting if one.respond_by and is_almost_due(one.respond_by, working, now=now)
    ]
    told = StaffNotice.objects.filter(kind=StaffKind.PROMISE, request__in=due)
    keys = {key.rpartition(":")[0] for key in told.values_list("dedupe_key", flat=True)}
    fresh = [one for one in due if to_staff.promise_key(one) not in keys]
    for consultation in fresh:
        to_staff.almost_due(consultation, now=now)
    return len(fresh)
