"""Who looked at a request: personal data was read, so the audit trail says by whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bookings.models import ConsultationRequest, Event
from bookings.transitions.core import Actor, record

ONCE_IN = timedelta(hours=1)


def look(request: ConsultationRequest, *, actor: Actor, now: datetime) -> Event | None:
    """Record that a member of staff opened the request; once an hour for each of them."""
    earlier = Event.objects.filter(
        request=request, verb="look", actor=actor.user, at__gt=now - ONCE_IN
    )
    if earlier.exists():
        return None
    return record(request, "look", actor=actor, now=now)


def disclose(request: ConsultationRequest, *, actor: Actor, now: datetime) -> Event:
    """Record that everything about a request was handed out as a file."""
    return record(request, "disclose", actor=actor, now=now)


def exported(
    requests: Sequence[ConsultationRequest], *, actor: Actor, now: datetime
) -> list[Event]:
    """Record with each request that it left the site in a file, and who took it."""
    events = [
        Event(request=request, verb="export", actor_kind=actor.kind, actor=actor.user, at=now)
        for request in requests
    ]
    return Event.objects.bulk_create(events, batch_size=500)
