"""End what has run out: holds, offers, requests that were never confirmed. Run by the worker."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings

from bookings.enums import AppointmentStatus, CancelledBecause, RequestStatus, Verb
from bookings.errors import BookingError
from bookings.messages import to_patients, unsent
from bookings.models import Appointment, ConsultationRequest, Draft
from bookings.models.requests import RequestQuerySet
from bookings.schedule.local_time import DAY
from bookings.transitions.core import SYSTEM, all_or_nothing, booked, deadline_for, set_status
from bookings.transitions.holds import drop_holds, end_hold
from bookings.transitions.patient import goes_on_waiting
from bookings.transitions.waiting_list import end_waiting

logger = logging.getLogger(__name__)

AT_ONCE = 200
"""Of each kind in one round, so that mail and the other jobs go on after an outage that left thousands."""


@all_or_nothing
def expire(consultation: ConsultationRequest, *, now: datetime) -> None:
    """Close a request whose address was never confirmed. Sends nothing: nobody proved the address."""
    if consultation.status != RequestStatus.UNVERIFIED:
        return
    set_status(consultation, RequestStatus.EXPIRED, Verb.EXPIRE, actor=SYSTEM, now=now)
    drop_holds(consultation, now=now, because=CancelledBecause.LAPSED)
    unsent.drop_earlier(consultation)


@all_or_nothing
def _lapse(appointment: Appointment, *, now: datetime) -> None:
    """End a hold whose time has run out; a request with no offered time left goes back to where it was.

    A patient who was offered a time from the waiting list goes back to their place there; others to review.
    """
    first_choice = appointment.status == AppointmentStatus.PROPOSED
    consultation = end_hold(appointment, now=now)
    offered = consultation.status == RequestStatus.OFFERED
    if offered and not consultation.appointments.pending().exists():
        waits = goes_on_waiting(consultation, now=now)
        set_status(
            consultation,
            RequestStatus.WAITLISTED if waits else RequestStatus.IN_REVIEW,
            Verb.LAPSE_OFFER,
            actor=SYSTEM,
            now=now,
            respond_by=None if waits else deadline_for(consultation, now=now),
        )
        to_patients.lapsed(consultation, now=now)
    elif first_choice and consultation.status == RequestStatus.INFO_NEEDED:
        to_patients.unanswered(consultation, appointment, now=now)
    elif first_choice and consultation.is_open and consultation.status != RequestStatus.UNVERIFIED:
        to_patients.hold_lapsed(consultation, appointment, now=now)


@all_or_nothing
def _lapse_wish(consultation: ConsultationRequest, *, now: datetime) -> None:
    """We asked about another time, got no answer, and the visit is over: it took place as booked.

    A wish that the clinic has not answered does not lapse: the patient may have stayed away for it.
    """
    set_status(
        consultation,
        RequestStatus.CONFIRMED,
        Verb.LAPSE_WISH,
        actor=SYSTEM,
        now=now,
        appointment=booked(consultation),
    )
    unsent.drop_earlier(consultation, of_the_visit=True)


def expire_due(*, now: datetime) -> int:
    """End what has run out, `AT_ONCE` of each kind; returns how many. Each in its own transaction."""
    done = 0
    for appointment in Appointment.objects.lapsed(now).order_by("hold_expires_at", "pk")[:AT_ONCE]:
        done += _safely(_lapse, appointment, now=now)
    for consultation in _unproven(now)[:AT_ONCE]:
        done += _safely(expire, consultation, now=now)
    unanswered = ConsultationRequest.objects.filter(
        status=RequestStatus.INFO_NEEDED,
        appointments__status=AppointmentStatus.BOOKED,
        appointments__end__lte=now,
    ).order_by("created_at", "pk")
    for consultation in unanswered[:AT_ONCE]:
        done += _safely(_lapse_wish, consultation, now=now)
    for consultation in _waited_in_vain(now)[:AT_ONCE]:
        done += _safely(end_waiting, consultation, now=now)
    Draft.objects.filter(expires_at__lte=now).delete()
    return done


def _unproven(now: datetime) -> RequestQuerySet:
    """Requests whose address was not confirmed in time, the oldest first."""
    hours = settings.BOOKINGS["UNVERIFIED_EXPIRES_HOURS"]
    before = now - timedelta(hours=hours)
    rows = ConsultationRequest.objects.filter(
        status=RequestStatus.UNVERIFIED, created_at__lte=before
    )
    # A link that is newer than the request went to an address that the desk has corrected.
    return rows.exclude(links__created_at__gt=before).order_by("created_at", "pk")


def _waited_in_vain(now: datetime) -> list[ConsultationRequest]:
    """Those on the waiting list whose last day is over, by the clock of their own location."""
    # Some zone is a day ahead of UTC.
    rows = ConsultationRequest.objects.filter(
        status=RequestStatus.WAITLISTED, waiting__until__lt=now.date() + DAY
    )
    rows = rows.select_related("waiting", "location").order_by("waiting__until", "pk")
    return [one for one in rows if one.waiting.until < one.location.today(now)]


def _safely(transition, row, *, now: datetime) -> bool:  # type: ignore[no-untyped-def]
    """Skip a row that somebody is changing at this moment: their change counts."""
    try:
        transition(row, now=now)
    except BookingError as error:
        logger.info("left row %s alone: %s", row.pk, type(error).__name__)
        return False
    return True
