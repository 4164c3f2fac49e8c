"""The patient manages their request through their link."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from bookings.enums import REQUEST_ABOUT_A_VISIT, AppointmentStatus, CancelledBecause, RequestStatus
from bookings.errors import InvalidTransition, TimeTaken, VisitBegun
from bookings.messages import to_patients
from bookings.models import Appointment, ConsultationRequest, WaitingListEntry
from bookings.transitions.answers import continue_calendar
from bookings.transitions.core import (
    PATIENT,
    Actor,
    answer_by,
    booked,
    move_appointment,
    move_request,
)
from bookings.transitions.holds import drop_holds, hold_on
from clinic import throttle
from clinic.addresses import mailbox


@transaction.atomic
def accept(request: ConsultationRequest, *, appointment: Appointment, now: datetime) -> Appointment:
    """Take one of the offered times; the others, and the visit it replaces, are given back.

    Raises `TimeTaken` where the offer has lapsed, `InvalidTransition`, `StaleVersion`.
    """
    if appointment.request_id != request.pk or appointment.status != AppointmentStatus.PENDING:
        raise InvalidTransition
    if appointment.hold_expires_at and appointment.hold_expires_at <= now:
        raise TimeTaken(_("This time is no longer held for you."))
    old = booked(request)
    move_request(
        request,
        RequestStatus.CONFIRMED,
        "accept",
        actor=PATIENT,
        now=now,
        appointment=appointment,
    )
    if old:
        move_appointment(old, AppointmentStatus.CANCELLED, now=now, because=CancelledBecause.MOVED)
    move_appointment(appointment, AppointmentStatus.BOOKED, now=now)
    if old:
        continue_calendar(appointment, old)
    drop_holds(request, now=now, because=CancelledBecause.OTHER_TIME)
    to_patients.confirmed(request, appointment, now=now, moved=old is not None)
    return appointment


@transaction.atomic
def refuse(request: ConsultationRequest, *, now: datetime, message: str = "") -> None:
    """None of the offered times suits: staff look again. A visit booked before stays.

    Whoever was on the waiting list keeps their place there.
    """
    if request.status != RequestStatus.OFFERED:
        raise InvalidTransition
    waits = goes_on_waiting(request, now=now)
    move_request(
        request,
        RequestStatus.WAITLISTED if waits else RequestStatus.IN_REVIEW,
        "refuse",
        actor=PATIENT,
        now=now,
        patient_message=message,
        respond_by=None if waits else answer_by(request, now=now),
    )
    drop_holds(request, now=now, because=CancelledBecause.REFUSED)
    if waits:
        to_patients.waitlisted(request, now=now)
    else:
        to_patients.refused(request, now=now)


def goes_on_waiting(request: ConsultationRequest, *, now: datetime) -> bool:
    """Whether whoever takes none of the offered times is on the waiting list again: they came from there.

    Somebody whom the clinic owes another time is not, even if they had waited for the first one.
    """
    until = WaitingListEntry.objects.filter(request=request, until__gte=request.location.today(now))
    before = request.events.exclude(to_status__in=["", RequestStatus.OFFERED])
    last = before.order_by("-at", "-pk").first()
    return last is not None and last.to_status == RequestStatus.WAITLISTED and until.exists()


@transaction.atomic
def withdraw(request: ConsultationRequest, *, now: datetime) -> None:
    """The patient cancels: the request and, if there is one, the visit. All cells are free again.

    Raises `VisitBegun`, and `InvalidTransition` once the request is closed.
    """
    visit = booked(request)
    if visit and visit.start <= now:
        raise VisitBegun
    if request.status == RequestStatus.CONFIRMED and not visit:
        raise InvalidTransition
    move_request(
        request, RequestStatus.WITHDRAWN, "withdraw", actor=PATIENT, now=now, appointment=visit
    )
    drop_holds(request, now=now, because=CancelledBecause.WITHDRAWN)
    if visit:
        move_appointment(
            visit, AppointmentStatus.CANCELLED, now=now, because=CancelledBecause.WITHDRAWN
        )
    to_patients.withdrawn(request, visit, now=now)


@transaction.atomic
def ask_to_move(request: ConsultationRequest, *, now: datetime, message: str) -> None:
    """The patient asks for another time. The booked visit stays until a new one is agreed."""
    visit = booked(request)
    if request.status != RequestStatus.CONFIRMED or not visit:
        raise InvalidTransition
    if visit.start <= now:
        raise VisitBegun
    move_request(
        request,
        RequestStatus.IN_REVIEW,
        "ask_to_move",
        actor=PATIENT,
        now=now,
        patient_message=message,
        respond_by=answer_by(request, now=now),
    )
    to_patients.move_asked(request, visit, now=now)


@transaction.atomic
def keep(
    request: ConsultationRequest,
    *,
    now: datetime,
    actor: Actor = PATIENT,
    version: int | None = None,
) -> None:
    """No other time is wanted: the visit stays as it is booked. By the patient, or by staff for them.

    Once the visit has begun this only ends the wish, and nobody is told. Raises `InvalidTransition` where
    nothing is booked or wished, `StaleVersion`.
    """
    visit = booked(request)
    if not visit or request.status not in REQUEST_ABOUT_A_VISIT:
        raise InvalidTransition
    move_request(
        request,
        RequestStatus.CONFIRMED,
        "keep",
        actor=actor,
        now=now,
        version=version,
        appointment=visit,
    )
    drop_holds(request, now=now, because=CancelledBecause.KEPT)
    if visit.start > now:
        to_patients.kept(request, visit, now=now)
    else:
        to_patients.drop_unsent(request)


@transaction.atomic
def answer(request: ConsultationRequest, *, now: datetime, message: str) -> None:
    """The patient answers the clinic's question: their first choice is held until we answer in turn."""
    if request.status != RequestStatus.INFO_NEEDED:
        raise InvalidTransition
    until = answer_by(request, now=now)
    move_request(
        request,
        RequestStatus.IN_REVIEW,
        "answer",
        actor=PATIENT,
        now=now,
        patient_message=message,
        respond_by=until,
    )
    held = request.appointments.filter(status=AppointmentStatus.PROPOSED, start__gt=now).first()
    if held:
        hold_on(held, until, now=now)
    to_patients.answered(request, now=now)


@transaction.atomic
def resend_link(request: ConsultationRequest, *, now: datetime) -> None:
    """Mail a new link to the address that the request already has; at most one in ten minutes.

    Silently does nothing once the address got its mails of this hour: whoever asks must not learn
    whether there is such a request.
    """
    with transaction.atomic():
        if request.email and throttle.spend("mail", mailbox(request.email), now=now):
            to_patients.link(request, now=now)
