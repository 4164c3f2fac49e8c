"""A note of staff for staff. The patient never reads it in the site; erasure reaches it."""

from __future__ import annotations

from datetime import datetime

from bookings.models import ConsultationRequest, Event
from bookings.transitions.core import Actor, record


def note(request: ConsultationRequest, *, actor: Actor, now: datetime, text: str) -> Event:
    """Write it down; like every event it is never changed."""
    return record(request, "note", actor=actor, now=now, why=text)
