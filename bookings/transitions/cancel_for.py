"""The patient tells the desk that they cannot come, or want nothing more: staff record it for them."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from bookings.enums import AppointmentStatus, CancelledBecause, RequestStatus, Verb
from bookings.errors import InvalidTransition
from bookings.messages import to_patients
from bookings.models import ConsultationRequest
from bookings.models.events import LATE
from bookings.transitions.core import (
    Actor,
    all_or_nothing,
    booked,
    by_the_patient,
    check,
    set_appointment_status,
    set_status,
)
from bookings.transitions.holds import drop_holds


@all_or_nothing
def cancel_for(
    consultation: ConsultationRequest,
    *,
    actor: Actor,
    version: int,
    now: datetime,
    message: str = "",
) -> None:
    """Close the request as cancelled by the patient; the time of its visit is free again.

    Whether it came late, within the notice of the service, is recorded. Raises `StaleVersion`, and
    `InvalidTransition` where the visit is over, or took place.
    """
    check(consultation, RequestStatus.WITHDRAWN, actor=actor, version=version)
    visit = booked(consultation)
    if visit and visit.end <= now:
        raise InvalidTransition(_("This visit is over. Note whether they came."))
    if not visit and consultation.status == RequestStatus.CONFIRMED:
        raise InvalidTransition
    late = visit is not None and visit.is_inside_notice(now)
    set_status(
        consultation,
        RequestStatus.WITHDRAWN,
        Verb.CANCEL_FOR,
        actor=actor,
        now=now,
        version=version,
        why=LATE if late else "",
        appointment=visit,
        needs_call=False,
    )
    drop_holds(consultation, now=now, because=CancelledBecause.WITHDRAWN)
    if visit:
        set_appointment_status(
            visit, AppointmentStatus.CANCELLED, now=now, because=by_the_patient(visit, now)
        )
    to_patients.cancelled_for(consultation, visit, message=message, now=now)
