"""How the work stands, as numbers for `/metrics`: ages in seconds, and counts. None where there is none."""

from __future__ import annotations

from datetime import datetime

from bookings.enums import APPOINTMENT_CAN_LAPSE
from bookings.messages import send
from bookings.models import Appointment, ConsultationRequest, Heartbeat, Message
from clinic.backup import making


def gauges(*, now: datetime) -> dict[str, float | None]:
    """`now` is UTC. A broken promise has a positive age, one that may still be kept a negative one."""
    beat = Heartbeat.objects.filter(name="worker").values_list("at", flat=True).first()
    last = making.last()
    promise = (
        ConsultationRequest.objects.needing_answer()
        .exclude(respond_by=None)
        .order_by("respond_by")
        .values_list("respond_by", flat=True)
        .first()
    )
    return {
        "clinic_database_up": 1,
        "clinic_worker_age_seconds": age(beat, now),
        "clinic_outbox_oldest_seconds": age(send.oldest_due(now), now) or 0,
        "clinic_mail_failed": Message.objects.undelivered().count(),
        "clinic_promise_oldest_seconds": age(promise, now),
        "clinic_requests_overdue": ConsultationRequest.objects.overdue(now).count(),
        "clinic_holds": Appointment.objects.filter(status__in=APPOINTMENT_CAN_LAPSE).count(),
        "clinic_backup_age_seconds": age(last.at if last else None, now),
    }


def age(at: datetime | None, now: datetime) -> float | None:
    return (now - at).total_seconds() if at else None
