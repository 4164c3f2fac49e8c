"""Staff take their last answer back while its message has not left."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from bookings.enums import (
    VERBS_THAT_ANSWER,
    ActorKind,
    AppointmentStatus,
    CancelledBecause,
    RequestStatus,
    Verb,
)
from bookings.errors import InvalidTransition
from bookings.messages import to_patients
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
    if not last or last.verb not in VERBS_THAT_ANSWER or last.actor_kind != ActorKind.STAFF:
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

    Raises `InvalidTransition` once the message is due, and `StaleVersion`.
    """
    last = undoable(consultation, now=now)
    if last is None:
        raise InvalidTransition
    visit = booked(consultation)
    waited = (
        last.verb in {Verb.OFFER, Verb.ASK_QUESTION}
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
    to_patients.drop_unsent(consultation)
    if last.verb == Verb.WAITLIST:
        WaitingListEntry.objects.filter(request=consultation, joined_at=last.at).delete()
    if not waited:
        until = consultation.respond_by
        if until is None or until <= now:
            until = answer_deadline.answer_deadline(consultation.location, now=now)
        hold_first_choice(consultation, until=until, now=now, as_before=visit)
