"""Words to search by for requests that have none: those that an earlier version wrote meanwhile."""

from __future__ import annotations

from datetime import datetime

from bookings.models import ConsultationRequest, search_words
from bookings.schedule.local_time import DAY

BATCH = 1000


def write_missing(*, now: datetime) -> int:
    """For requests of the last day; how many there were."""
    recent = ConsultationRequest.objects.filter(created_at__gte=now - DAY, erased_at=None)
    missing = list(recent.filter(search_words=None).order_by()[:BATCH])
    if missing:
        search_words.write(missing)
    return len(missing)
