"""Staff answer a request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from bookings.enums import AppointmentStatus, CancelledBecause, DeclineReason, RequestStatus, Verb
from bookings.errors import InvalidTransition, PhoneFirst
from bookings.messages import to_patients, unsent
from bookings.models import Appointment, ConsultationRequest, Event, Resource, WaitingListEntry
from bookings.transitions.anyway import Anyway
from bookings.transitions.book import book
from bookings.transitions.core import (
    Actor,
    all_or_nothing,
    booked,
    came,
    check,
    deadline_for,
    no_way_from,
    not_while_booked,
    record,
    set_appointment_status,
    set_status,
    stale,
    withdrawn_by_staff,
)
from bookings.transitions.holds import by_staff, drop_holds, hold, not_in_the_past
from bookings.transitions.waiting_list import Waiting, enter


@all_or_nothing
def assign(
    consultation: ConsultationRequest, *, actor: Actor, to: Any, version: int, now: datetime
) -> None:
    """Give the request to a member of staff, or to nobody. A new one is then in review."""
    status = RequestStatus(consultation.status)
    if status == RequestStatus.SUBMITTED:
        status = RequestStatus.IN_REVIEW
    if status == consultation.status and status != RequestStatus.IN_REVIEW:
        raise InvalidTransition
    why = str(to.get_username()) if to else ""
    set_status(
        consultation,
        status,
        Verb.ASSIGN,
        actor=actor,
        now=now,
        version=version,
        why=why,
        assigned_to=to,
    )


@all_or_nothing
def confirm(
    consultation: ConsultationRequest,
    *,
    actor: Actor,
    version: int,
    now: datetime,
    start: datetime | None = None,
    practitioner: Resource | None = None,
    anyway: Anyway | None = None,
) -> Appointment:
    """Book the time that is held for the patient, or another that is free, and tell them.

    Where a visit is booked already, it moves: the new time is booked and the old one cancelled in the
    same transaction. `anyway`: see `book`. Raises `TimeTaken` with the nearest free times, `StaleVersion`,
    `InvalidTransition`.
    """
    if version != consultation.version:
        raise stale(consultation, actor)
    if consultation.status == RequestStatus.CONFIRMED:
        raise InvalidTransition  # `move` moves it
    if consultation.is_phoned_first:
        raise PhoneFirst
    old = booked(consultation)
    held = consultation.appointments.filter(status=AppointmentStatus.PROPOSED).first()
    set_status(
        consultation,
        RequestStatus.CONFIRMED,
        Verb.CONFIRM,
        actor=actor,
        now=now,
        version=version,
        needs_call=consultation.must_call,
    )
    fits = (
        held is not None
        and start in (None, held.start)
        and (practitioner is None or practitioner.pk == held.practitioner_id)
    )
    if held and fits:
        not_in_the_past(held.start, now)
        set_appointment_status(held, AppointmentStatus.BOOKED, now=now)
        appointment = held
    else:
        if start is None:
            raise InvalidTransition
        appointment = book(
            consultation,
            start,
            now=now,
            practitioner=practitioner,
            instead_of=old,
            anyway=anyway,
            actor=actor,
        )
    to_patients.confirmed(consultation, appointment, now=now, moved=old is not None)
    return appointment


@all_or_nothing
def offer(
    consultation: ConsultationRequest,
    *,
    actor: Actor,
    version: int,
    now: datetime,
    times: Sequence[tuple[datetime, Resource | None]],
    message: str = "",
) -> list[Appointment]:
    """Offer one to three other times, each held until the shown expiry, and never beyond its own start.

    A visit that is booked already stays booked until the patient accepts. Raises `TimeTaken` with the
    nearest free times, `StaleVersion`, `InvalidTransition`.
    """
    if not 1 <= len(times) <= 3:
        raise InvalidTransition
    check(consultation, RequestStatus.OFFERED, actor=actor, version=version)
    old = booked(consultation)
    if old is None and consultation.is_phoned_first:
        raise PhoneFirst
    expires_at = now + timedelta(hours=settings.BOOKINGS["OFFER_EXPIRES_HOURS"])
    set_status(
        consultation,
        RequestStatus.OFFERED,
        Verb.OFFER,
        actor=actor,
        now=now,
        version=version,
        staff_message=message,
        needs_call=consultation.must_call,
    )
    drop_holds(consultation, now=now, because=CancelledBecause.OTHER_TIME)
    offered = [
        hold(
            consultation,
            start,
            search=by_staff(consultation, practitioner, now=now),
            status=AppointmentStatus.PENDING,
            expires_at=min(expires_at, start),
            replaces=old,
        )
        for start, practitioner in times
    ]
    to_patients.offered(consultation, offered, now=now)
    return offered


@all_or_nothing
def decline(
    consultation: ConsultationRequest,
    *,
    actor: Actor,
    version: int,
    now: datetime,
    reason: DeclineReason,
    message: str = "",
) -> None:
    """Decline the request, with a reason that the patient reads. Its held time is free again.

    Raises `StaleVersion`, `InvalidTransition` (also for a request with a booked visit: cancel that; and
    for one whose visit took place).
    """
    check(consultation, RequestStatus.DECLINED, actor=actor, version=version)
    not_while_booked(consultation, actor)
    if consultation.status == RequestStatus.CONFIRMED and came(consultation):
        raise InvalidTransition(
            _("The patient came to a visit of this request: it stays as it is.")
        )
    set_status(
        consultation,
        RequestStatus.DECLINED,
        Verb.DECLINE,
        actor=actor,
        now=now,
        version=version,
        why=str(reason),
        decline_reason=reason,
        staff_message=message,
        needs_call=not consultation.gets_mail,
    )
    drop_holds(consultation, now=now, because=CancelledBecause.DECLINED)
    to_patients.declined(consultation, now=now)


@all_or_nothing
def ask_question(
    consultation: ConsultationRequest, *, actor: Actor, version: int, now: datetime, question: str
) -> None:
    """Ask the patient something; they answer on their link. The hold stays until it lapses."""
    set_status(
        consultation,
        RequestStatus.INFO_NEEDED,
        Verb.ASK_QUESTION,
        actor=actor,
        now=now,
        version=version,
        staff_message=question,
        patient_message="",
        needs_call=consultation.must_call,
    )
    to_patients.question(consultation, now=now)


@all_or_nothing
def waitlist(
    consultation: ConsultationRequest, *, actor: Actor, version: int, now: datetime
) -> None:
    """Put the request on the waiting list and release its held time.

    Raises `StaleVersion`, `InvalidTransition` (also for a request with a booked visit).
    """
    check(consultation, RequestStatus.WAITLISTED, actor=actor, version=version)
    not_while_booked(consultation, actor)
    set_status(
        consultation,
        RequestStatus.WAITLISTED,
        Verb.WAITLIST,
        actor=actor,
        now=now,
        version=version,
        needs_call=consultation.must_call,
    )
    drop_holds(consultation, now=now, because=CancelledBecause.WAITLISTED)
    waited = WaitingListEntry.objects.filter(request=consultation).first()
    if waited is None or waited.until < consultation.location.today(now):
        enter(consultation, Waiting(waited.weekdays if waited else ()), now=now)
    to_patients.waitlisted(consultation, now=now)


@all_or_nothing
def mark_spam(
    consultation: ConsultationRequest, *, actor: Actor, version: int, now: datetime
) -> None:
    """Close it without an answer, a mail or a call; its held time is free again."""
    check(consultation, RequestStatus.SPAM, actor=actor, version=version)
    not_while_booked(consultation, actor)
    set_status(
        consultation,
        RequestStatus.SPAM,
        Verb.MARK_SPAM,
        actor=actor,
        now=now,
        version=version,
        needs_call=False,
    )
    drop_holds(consultation, now=now, because=CancelledBecause.SPAM)
    unsent.drop_earlier(consultation)


@all_or_nothing
def reopen(
    consultation: ConsultationRequest, *, actor: Actor, version: int, now: datetime, why: str
) -> None:
    """Take a closed request back into review, with a reason. An unsent answer is not sent.

    What the patient withdrew themselves stays withdrawn. A visit that was cancelled stays cancelled.
    """
    before = RequestStatus(consultation.status)
    if before == RequestStatus.WITHDRAWN and not withdrawn_by_staff(consultation):
        raise no_way_from(before, actor)
    set_status(
        consultation,
        RequestStatus.IN_REVIEW,
        Verb.REOPEN,
        actor=actor,
        now=now,
        version=version,
        why=why,
        decline_reason="",
        respond_by=deadline_for(consultation, now=now),
        needs_call=consultation.must_call,
    )
    to_patients.reopened(consultation, before, now=now)
    if before == RequestStatus.OFFERED:
        drop_holds(consultation, now=now, because=CancelledBecause.TAKEN_BACK)


def note(consultation: ConsultationRequest, *, actor: Actor, now: datetime, text: str) -> Event:
    """Add a note of staff; like every event it is never changed."""
    return record(consultation, Verb.NOTE, actor=actor, now=now, why=text)
