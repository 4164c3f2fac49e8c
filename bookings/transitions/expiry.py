"""What lapses by itself: holds, offers, addresses that were never confirmed. Run by the worker."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from bookings.enums import AppointmentStatus, CancelledBecause, RequestStatus
from bookings.errors import BookingError
from bookings.messages import to_patients
from bookings.models import Appointment, ConsultationRequest, Draft, Location
from bookings.transitions.core import SYSTEM, answer_by, booked, move_request
from bookings.transitions.holds import drop_holds, end_hold
from bookings.transitions.patient import goes_on_waiting
from bookings.transitions.waiting_list import end_waiting

logger = logging.getLogger(__name__)


@transaction.atomic
def expire(request: ConsultationRequest, *, now: datetime) -> None:
    """Close a request whose address was never confirmed. Sends nothing: nobody proved the address."""
    if request.status != RequestStatus.UNVERIFIED:
        return
    move_request(request, RequestStatus.EXPIRED, "expire", actor=SYSTEM, now=now)
    drop_holds(request, now=now, because=CancelledBecause.LAPSED)
    to_patients.drop_unsent(request)


@transaction.atomic
def _lapse(appointment: Appointment, *, now: datetime) -> None:
    """End a hold whose time has run out; a request with no offered time left goes back to where it was.

    That is the waiting list, with the same place, for whoever was offered a time from there; else review.
    """
    first_choice = appointment.status == AppointmentStatus.PROPOSED
    request = end_hold(appointment, now=now)
    offered = request.status == RequestStatus.OFFERED
    if offered and not request.appointments.pending().exists():
        waits = goes_on_waiting(request, now=now)
        move_request(
            request,
            RequestStatus.WAITLISTED if waits else RequestStatus.IN_REVIEW,
            "lapse_offer",
            actor=SYSTEM,
            now=now,
            respond_by=None if waits else answer_by(request, now=now),
        )
        to_patients.lapsed(request, now=now)
    elif first_choice and request.status == RequestStatus.INFO_NEEDED:
        to_patients.unanswered(request, appointment, now=now)
    elif first_choice and request.is_open and request.status != RequestStatus.UNVERIFIED:
        to_patients.hold_lapsed(request, appointment, now=now)


@transaction.atomic
def _lapse_wish(request: ConsultationRequest, *, now: datetime) -> None:
    """We asked about the other time that they wished for, and the visit is over: it was as booked.

    A wish that the clinic owes an answer does not lapse: somebody may have stayed away for it.
    """
    move_request(
        request,
        RequestStatus.CONFIRMED,
        "lapse_wish",
        actor=SYSTEM,
        now=now,
        appointment=booked(request),
    )
    to_patients.drop_unsent(request)


def expire_due(*, now: datetime) -> int:
    """Let everything lapse whose time has come; returns how much. Each in its own transaction."""
    done = 0
    for appointment in Appointment.objects.lapsed(now):
        done += _safely(_lapse, appointment, now=now)
    hours = settings.BOOKINGS["UNVERIFIED_EXPIRES_HOURS"]
    stale = ConsultationRequest.objects.filter(
        status=RequestStatus.UNVERIFIED, created_at__lte=now - timedelta(hours=hours)
    )
    for request in stale:
        done += _safely(expire, request, now=now)
    asked_in_vain = ConsultationRequest.objects.filter(
        status=RequestStatus.INFO_NEEDED,
        appointments__status=AppointmentStatus.BOOKED,
        appointments__end__lte=now,
    )
    for request in asked_in_vain:
        done += _safely(_lapse_wish, request, now=now)
    for location in Location.objects.all():
        over = location.requests.filter(
            status=RequestStatus.WAITLISTED, waiting__until__lt=location.today(now)
        )
        for request in over:
            done += _safely(end_waiting, request, now=now)
    Draft.objects.filter(expires_at__lte=now).delete()
    return done


def _safely(transition, row, *, now: datetime) -> bool:  # type: ignore[no-untyped-def]
    """Someone may act on the same row at this very moment; then theirs counts."""
    try:
        transition(row, now=now)
    except BookingError as error:
        logger.info("left row %s alone: %s", row.pk, type(error).__name__)
        return False
    return True
