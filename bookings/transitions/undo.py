"""Staff take their last answer back while its message has not left."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from bookings.enums import (
    VERBS_THAT_CAN_BE_UNDONE,
    ActorKind,
    AppointmentStatus,
    CancelledBecause,
    RequestStatus,
    Verb,
)
from bookings.errors import InvalidTransition
from bookings.messages import to_patients, unsent
from bookings.models import ConsultationRequest, Event, WaitingListEntry
from bookings.schedule import answer_deadline
from bookings.transitions.core import (
    Actor,
    all_or_nothing,
    booked,
    deadline_for,
    set_appointment_status,
    set_status,
)
from bookings.transitions.holds import drop_holds, hold_first_choice


def undoable(consultation: ConsultationRequest, *, now: datetime) -> Event | None:
    """The last answer, while it can be undone: by staff, its message not due yet, no visit moved.

    The clock decides, not the mail's state: a mail that is due may be on its way at this very moment.
    """
    last = consultation.events.exclude(to_status="").order_by("-at", "-pk").first()
    window = timedelta(seconds=settings.BOOKINGS["UNDO_SECONDS"])
    if not last or last.verb not in VERBS_THAT_CAN_BE_UNDONE or last.actor_kind != ActorKind.STAFF:
        return None
    if now >= last.at + window or last.to_status != consultation.status:
        return None
    visit = booked(consultation)
    if visit and (last.verb != Verb.CONFIRM or visit.replaces_id):
        return None
    return last


@all_or_nothing
def undo(consultation: ConsultationRequest, *, actor: Actor, version: int, now: datetime) -> None:
    """Back to review, the message dropped and the time held for the patient as before.

    An offer or a question to a patient on the waiting list leads back to the list.

    Raises `InvalidTransition` once the message is due, `StaleVersion`, and `TimeTaken` where the visit was
    cancelled and somebody else has its time by now.
    """
    last = undoable(consultation, now=now)
    if last is None:
        raise InvalidTransition
    if last.verb == Verb.CANCEL_FOR and last.appointment:
        _book_again(consultation, last, actor=actor, version=version, now=now)
        return
    visit = booked(consultation)
    waited = (
        last.verb in {Verb.OFFER, Verb.ASK_QUESTION, Verb.CANCEL_FOR}
        and last.from_status == RequestStatus.WAITLISTED
    )
    before: dict[str, Any] = {}
    if consultation.answered_at == last.at:
        before = {"answered_at": None, "promised_at": None}
    if not waited and consultation.respond_by is None:
        # Booked from the waiting list, where nobody was promised an answer.
        before["respond_by"] = deadline_for(consultation, now=now)
    set_status(
        consultation,
        RequestStatus.WAITLISTED if waited else RequestStatus.IN_REVIEW,
        Verb.UNDO,
        actor=actor,
        now=now,
        version=version,
        why=last.verb,
        decline_reason="",
        staff_message="",
        **before,
    )
    drop_holds(consultation, now=now, because=CancelledBecause.UNDONE)
    if visit:
        set_appointment_status(
            visit, AppointmentStatus.CANCELLED, now=now, because=CancelledBecause.UNDONE
        )
    unsent.drop_earlier(consultation)
    to_patients.drop_unsent_cancellation(consultation)
    if last.verb == Verb.WAITLIST:
        WaitingListEntry.objects.filter(request=consultation, joined_at=last.at).delete()
    if not waited:
        until = consultation.respond_by
        if until is None or until <= now:
            until = answer_deadline.answer_deadline(consultation.location, now=now)
        hold_first_choice(consultation, until=until, now=now, as_before=visit)


def _book_again(
    consultation: ConsultationRequest, last: Event, *, actor: Actor, version: int, now: datetime
) -> None:
    """The visit that was cancelled for the patient is booked as before; other offered times are gone."""
    visit = last.appointment
    assert visit
    settled = last.from_status == RequestStatus.CONFIRMED
    set_status(
        consultation,
        RequestStatus.CONFIRMED if settled else RequestStatus.IN_REVIEW,
        Verb.UNDO,
        actor=actor,
        now=now,
        version=version,
        why=last.verb,
        appointment=visit,
        **({} if settled else {"respond_by": deadline_for(consultation, now=now)}),
    )
    set_appointment_status(visit, AppointmentStatus.BOOKED, now=now)
    to_patients.not_cancelled(consultation, visit, now=now)
