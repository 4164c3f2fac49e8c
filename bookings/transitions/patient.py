"""The patient manages their request through their link."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from bookings.enums import (
    REQUEST_ABOUT_A_VISIT,
    AppointmentStatus,
    CancelledBecause,
    RequestStatus,
    Verb,
)
from bookings.errors import InvalidTransition, TimeTaken, VisitBegun
from bookings.messages import to_patients, unsent
from bookings.models import Appointment, ConsultationRequest, WaitingListEntry
from bookings.transitions.book import continue_calendar
from bookings.transitions.core import (
    PATIENT,
    Actor,
    all_or_nothing,
    booked,
    by_the_patient,
    deadline_for,
    record,
    set_appointment_status,
    set_status,
)
from bookings.transitions.holds import drop_holds, extend_hold
from clinic import throttle
from clinic.addresses import mailbox


@all_or_nothing
def accept(
    consultation: ConsultationRequest, *, appointment: Appointment, now: datetime
) -> Appointment:
    """Take one of the offered times; the others, and the visit it replaces, are given back.

    Raises `TimeTaken` where the offer has lapsed, `InvalidTransition`, `StaleVersion`.
    """
    if appointment.request_id != consultation.pk or appointment.status != AppointmentStatus.PENDING:
        raise InvalidTransition
    if appointment.hold_expires_at and appointment.hold_expires_at <= now:
        raise TimeTaken(_("This time is no longer held for you."))
    old = booked(consultation)
    set_status(
        consultation,
        RequestStatus.CONFIRMED,
        Verb.ACCEPT,
        actor=PATIENT,
        now=now,
        appointment=appointment,
    )
    if old:
        set_appointment_status(
            old, AppointmentStatus.CANCELLED, now=now, because=CancelledBecause.MOVED
        )
    set_appointment_status(appointment, AppointmentStatus.BOOKED, now=now)
    if old:
        continue_calendar(appointment, old)
    drop_holds(consultation, now=now, because=CancelledBecause.OTHER_TIME)
    to_patients.confirmed(consultation, appointment, now=now, moved=old is not None)
    return appointment


@all_or_nothing
def refuse(consultation: ConsultationRequest, *, now: datetime, message: str = "") -> None:
    """None of the offered times suits: staff look again. An existing booking stays.

    A patient from the waiting list keeps their place there.
    """
    if consultation.status != RequestStatus.OFFERED:
        raise InvalidTransition
    waits = goes_on_waiting(consultation, now=now)
    set_status(
        consultation,
        RequestStatus.WAITLISTED if waits else RequestStatus.IN_REVIEW,
        Verb.REFUSE,
        actor=PATIENT,
        now=now,
        patient_message=message,
        respond_by=None if waits else deadline_for(consultation, now=now),
    )
    drop_holds(consultation, now=now, because=CancelledBecause.REFUSED)
    if waits:
        to_patients.waitlisted(consultation, now=now)
    else:
        to_patients.refused(consultation, now=now)


def goes_on_waiting(consultation: ConsultationRequest, *, now: datetime) -> bool:
    """Whether a patient who takes none of the offered times returns to the waiting list they came from.

    Not if the clinic cancelled their visit, even if they had waited for it.
    """
    until = WaitingListEntry.objects.filter(
        request=consultation, until__gte=consultation.location.today(now)
    )
    before = consultation.events.exclude(to_status__in=["", RequestStatus.OFFERED])
    last = before.order_by("-at", "-pk").first()
    return last is not None and last.to_status == RequestStatus.WAITLISTED and until.exists()


@all_or_nothing
def withdraw(consultation: ConsultationRequest, *, now: datetime) -> None:
    """The patient cancels: the request and, if there is one, the visit. All cells are free again.

    Raises `VisitBegun`, and `InvalidTransition` once the request is closed.
    """
    visit = booked(consultation)
    if visit and visit.start <= now:
        raise VisitBegun
    if consultation.status == RequestStatus.CONFIRMED and not visit:
        raise InvalidTransition
    set_status(
        consultation,
        RequestStatus.WITHDRAWN,
        Verb.WITHDRAW,
        actor=PATIENT,
        now=now,
        appointment=visit,
    )
    drop_holds(consultation, now=now, because=CancelledBecause.WITHDRAWN)
    if visit:
        set_appointment_status(
            visit, AppointmentStatus.CANCELLED, now=now, because=by_the_patient(visit, now)
        )
    to_patients.withdrawn(consultation, visit, now=now)


@all_or_nothing
def ask_to_move(consultation: ConsultationRequest, *, now: datetime, message: str) -> None:
    """The patient asks for another time. The booked visit stays until a new one is agreed."""
    visit = booked(consultation)
    if consultation.status != RequestStatus.CONFIRMED or not visit:
        raise InvalidTransition
    if visit.start <= now:
        raise VisitBegun
    set_status(
        consultation,
        RequestStatus.IN_REVIEW,
        Verb.ASK_TO_MOVE,
        actor=PATIENT,
        now=now,
        patient_message=message,
        respond_by=deadline_for(consultation, now=now),
    )
    to_patients.move_asked(consultation, visit, now=now)


@all_or_nothing
def keep_appointment(
    consultation: ConsultationRequest,
    *,
    now: datetime,
    actor: Actor = PATIENT,
    version: int | None = None,
) -> None:
    """No other time is wanted: the visit stays as it is booked. By the patient, or by staff for them.

    Once the visit has begun this only ends the wish, and nobody is told. Raises `InvalidTransition` where
    nothing is booked or wished, `StaleVersion`.
    """
    visit = booked(consultation)
    if not visit or consultation.status not in REQUEST_ABOUT_A_VISIT:
        raise InvalidTransition
    set_status(
        consultation,
        RequestStatus.CONFIRMED,
        Verb.KEEP_APPOINTMENT,
        actor=actor,
        now=now,
        version=version,
        appointment=visit,
    )
    drop_holds(consultation, now=now, because=CancelledBecause.KEPT)
    if visit.start > now:
        to_patients.kept(consultation, visit, now=now)
    else:
        unsent.drop_earlier(consultation, of_the_visit=True)


@all_or_nothing
def come(consultation: ConsultationRequest, *, now: datetime) -> None:
    """The patient says that they are coming to the booked visit. Said twice, it is recorded once.

    Raises `VisitBegun`, and `InvalidTransition` where nothing is booked or another time is being agreed.
    """
    visit = booked(consultation)
    if not visit or consultation.status != RequestStatus.CONFIRMED:
        raise InvalidTransition
    if visit.start <= now:
        raise VisitBegun
    if not consultation.events.filter(verb=Verb.COME, appointment=visit).exists():
        record(consultation, Verb.COME, actor=PATIENT, now=now, appointment=visit)


@all_or_nothing
def answer(consultation: ConsultationRequest, *, now: datetime, message: str) -> None:
    """The patient answers the clinic's question: their first choice is held until we answer in turn."""
    if consultation.status != RequestStatus.INFO_NEEDED:
        raise InvalidTransition
    until = deadline_for(consultation, now=now)
    set_status(
        consultation,
        RequestStatus.IN_REVIEW,
        Verb.ANSWER,
        actor=PATIENT,
        now=now,
        patient_message=message,
        respond_by=until,
    )
    held = consultation.appointments.filter(
        status=AppointmentStatus.PROPOSED, start__gt=now
    ).first()
    if held:
        extend_hold(held, until, now=now)
    to_patients.answered(consultation, now=now)


@all_or_nothing
def resend_link(consultation: ConsultationRequest, *, now: datetime) -> None:
    """Mail a new link to the address that the request already has; at most one in ten minutes.

    Silently does nothing once the address has had its mails of this hour: a stranger must not learn
    whether there is such a request.
    """
    if consultation.email and throttle.spend("mail", mailbox(consultation.email), now=now):
        to_patients.link(consultation, now=now)
