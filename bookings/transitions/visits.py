"""The visit itself: arrived, done, did not come, cancelled or moved by the clinic, booked by phone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from bookings.enums import (
    REQUEST_ABOUT_A_VISIT,
    REQUEST_FINAL,
    AppointmentStatus,
    CancelledBecause,
    ContactBy,
    RequestStatus,
    Verb,
)
from bookings.errors import InvalidTransition
from bookings.messages import to_patients, unsent
from bookings.models import Appointment, ConsultationRequest, Resource
from bookings.schedule import answer_deadline
from bookings.transitions.anyway import Anyway
from bookings.transitions.book import book
from bookings.transitions.core import (
    Actor,
    all_or_nothing,
    booked,
    record,
    set_appointment_status,
    set_status,
    stale,
)
from bookings.transitions.holds import drop_holds, not_in_the_past
from bookings.transitions.request_data import Contact, RequestData
from bookings.transitions.submit import submit

CORRECTED = {
    AppointmentStatus.ARRIVED: AppointmentStatus.BOOKED,
    AppointmentStatus.NOSHOW: AppointmentStatus.BOOKED,
    AppointmentStatus.FULFILLED: AppointmentStatus.ARRIVED,
}


@all_or_nothing
def arrive(
    appointment: Appointment, *, actor: Actor, now: datetime, version: int | None = None
) -> None:
    """The patient is here: an open question or offer about the request is settled by that.

    Raises `InvalidTransition` before the day of the visit at its location.
    """
    _check_version(appointment, version, actor)
    if not appointment.day_has_come(now):
        raise InvalidTransition(_("The day of this visit has not come yet."))
    _step(appointment, AppointmentStatus.ARRIVED, Verb.ARRIVE, actor, now)
    consultation = appointment.request
    if consultation.status in REQUEST_ABOUT_A_VISIT:
        set_status(
            consultation,
            RequestStatus.CONFIRMED,
            Verb.KEEP_APPOINTMENT,
            actor=actor,
            now=now,
            appointment=appointment,
        )
        drop_holds(consultation, now=now, because=CancelledBecause.KEPT)
        unsent.drop_earlier(consultation)


@all_or_nothing
def fulfil(
    appointment: Appointment, *, actor: Actor, now: datetime, version: int | None = None
) -> None:
    """The visit took place. Not before its start (FHIR: `fulfilled`)."""
    _check_version(appointment, version, actor)
    _not_before_start(appointment, now)
    _step(appointment, AppointmentStatus.FULFILLED, Verb.FULFIL, actor, now)


@all_or_nothing
def noshow(
    appointment: Appointment, *, actor: Actor, now: datetime, version: int | None = None
) -> None:
    """The patient did not come. Not before its start (FHIR: `noshow`)."""
    _check_version(appointment, version, actor)
    _not_before_start(appointment, now)
    _step(appointment, AppointmentStatus.NOSHOW, Verb.NOSHOW, actor, now)
    to_patients.missed(appointment.request, appointment, now=now)


@all_or_nothing
def cancel(
    appointment: Appointment,
    *,
    actor: Actor,
    now: datetime,
    version: int | None = None,
    message: str = "",
) -> None:
    """The clinic cancels a booked visit and owes the patient another time.

    An open question or offer stays open, and a promised answer stays promised. Raises `InvalidTransition`,
    also where the visit is over: it is too late to tell anybody not to come.
    """
    _check_version(appointment, version, actor)
    consultation = appointment.request
    if appointment.status != AppointmentStatus.BOOKED:
        raise InvalidTransition
    if appointment.end <= now:
        raise InvalidTransition(
            _(
                "This visit is over. Note whether they came; if it did not take place, offer another "
                "time. Once they accept that, this one counts as moved."
            )
        )
    set_appointment_status(
        appointment, AppointmentStatus.CANCELLED, now=now, because=CancelledBecause.CLINIC
    )
    to = RequestStatus(consultation.status)
    changes: dict[str, Any] = {}
    if to == RequestStatus.CONFIRMED:
        to = RequestStatus.IN_REVIEW
        respond_by = answer_deadline.answer_deadline(consultation.location, now=now)
        changes = {"respond_by": respond_by, "staff_message": message}
    set_status(
        consultation,
        to,
        Verb.CANCEL,
        actor=actor,
        now=now,
        appointment=appointment,
        needs_call=consultation.must_call,
        **changes,
    )
    to_patients.cancelled(consultation, appointment, message=message, now=now)


@all_or_nothing
def correct(
    appointment: Appointment, *, actor: Actor, version: int, now: datetime, why: str
) -> None:
    """Take back what was recorded by mistake, one step, with a reason.

    Arrived and "did not come" become booked again, done becomes arrived. Raises `TimeTaken` where
    somebody else has the time now, `StaleVersion`, `InvalidTransition` (also where the
    request is closed or on the waiting list, for no visit is booked then, and where it has another visit
    booked).
    """
    consultation, before = appointment.request, AppointmentStatus(appointment.status)
    if version != consultation.version:
        raise stale(consultation, actor)
    to = CORRECTED.get(before)
    if to is None or consultation.status in REQUEST_FINAL:
        raise InvalidTransition
    if consultation.status == RequestStatus.WAITLISTED:
        raise InvalidTransition(
            _("They are on the waiting list by now. Take the request back into review first.")
        )
    if booked(consultation):
        raise InvalidTransition(_("They have another visit booked by now. Cancel that one first."))
    set_appointment_status(appointment, to, now=now)
    if before == AppointmentStatus.NOSHOW:
        to_patients.not_missed(consultation)
    record(
        consultation,
        Verb.CORRECT,
        actor=actor,
        now=now,
        before=before,
        after=to,
        why=why,
        appointment=appointment,
    )


def _check_version(appointment: Appointment, version: int | None, actor: Actor) -> None:
    """Raise `StaleVersion` where the request is not the one that was on screen (None: no screen)."""
    if version is not None and version != appointment.request.version:
        raise stale(appointment.request, actor)


def _not_before_start(appointment: Appointment, now: datetime) -> None:
    if now < appointment.start:
        raise InvalidTransition


def _step(
    appointment: Appointment, to: AppointmentStatus, verb: Verb, actor: Actor, now: datetime
) -> None:
    before = appointment.status
    set_appointment_status(appointment, to, now=now)
    record(
        appointment.request,
        verb,
        actor=actor,
        now=now,
        before=before,
        after=to,
        appointment=appointment,
    )


@all_or_nothing
def move(
    consultation: ConsultationRequest,
    *,
    actor: Actor,
    version: int,
    now: datetime,
    start: datetime,
    practitioner: Resource | None = None,
    anyway: Anyway | None = None,
) -> Appointment:
    """Swap the booked visit for another time, in one transaction, and tell the patient.

    Raises `TimeTaken` with the nearest free times, `StaleVersion`, and `InvalidTransition` where nothing
    is booked, or the visit has begun.
    """
    old = booked(consultation)
    same = old and start == old.start and practitioner in (None, old.practitioner)
    if not old or same or old.start <= now:
        raise InvalidTransition
    not_in_the_past(start, now)
    set_status(
        consultation, RequestStatus.CONFIRMED, Verb.MOVE, actor=actor, now=now, version=version
    )
    visit = book(
        consultation,
        start,
        now=now,
        practitioner=practitioner,
        instead_of=old,
        anyway=anyway,
        actor=actor,
    )
    to_patients.confirmed(consultation, visit, now=now, moved=True)
    return visit


@all_or_nothing
def book_for(
    ask: RequestData,
    person: Contact,
    *,
    actor: Actor,
    now: datetime,
    start: datetime,
    idempotency_key: str,
    practitioner: Resource | None = None,
    anyway: Anyway | None = None,
    room: Resource | None = None,
) -> Appointment:
    """Book a time for somebody on the phone, with a request of their own; rather in that room.

    The confirmation goes to the email address that they spelled out; nobody has to confirm it. Sent again
    with the same key, it returns the visit that is there. Where an answer is "ask first", somebody still
    phones about it. Raises `TimeTaken` with the nearest times, `NeedsCare`.
    """
    not_in_the_past(start, now)
    spoken = replace(person, email="", contact_by=ContactBy.PHONE)
    consultation = submit(
        replace(ask, starts=()), spoken, idempotency_key=idempotency_key, now=now, by_staff=True
    )
    there = booked(consultation)
    if there:
        return there
    set_status(
        consultation,
        RequestStatus.CONFIRMED,
        Verb.BOOK_FOR,
        actor=actor,
        now=now,
        version=consultation.version,
        email=person.email,
        needs_call=consultation.is_phoned_first,
    )
    visit = book(
        consultation,
        start,
        now=now,
        practitioner=practitioner,
        anyway=anyway,
        actor=actor,
        room=room,
    )
    to_patients.confirmed(consultation, visit, now=now, moved=False)
    return visit
