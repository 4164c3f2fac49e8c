"""Join the waiting list, change when one can come, leave it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings

from bookings.enums import CancelledBecause, DayPart, RequestStatus, Verb
from bookings.errors import InvalidTransition, VisitBegun
from bookings.messages import to_patients
from bookings.models import ConsultationRequest, PreferredTime, WaitingListEntry
from bookings.transitions.core import PATIENT, SYSTEM, all_or_nothing, booked, set_status
from bookings.transitions.holds import drop_holds


@dataclass(frozen=True)
class Waiting:
    """When someone on the list can come: weekdays from Monday, 0 (none: any), to a last local day."""

    weekdays: Sequence[int] = ()
    until: date | None = None


def enter(consultation: ConsultationRequest, wishes: Waiting, *, now: datetime) -> None:
    """Store the wishes. A patient who has waited before keeps their place in the queue."""
    today = consultation.location.today(now)
    until = wishes.until or today + timedelta(weeks=settings.BOOKINGS["WAITING_WEEKS"])
    WaitingListEntry.objects.update_or_create(
        request=consultation,
        defaults={"weekdays": sorted(set(wishes.weekdays)), "until": until},
        create_defaults={
            "weekdays": sorted(set(wishes.weekdays)),
            "until": until,
            "joined_at": now,
        },
    )


def wait_at_once(consultation: ConsultationRequest, *, now: datetime) -> bool:
    """Put a new request that asked for the waiting list on it. Returns whether it did."""
    if not WaitingListEntry.objects.filter(request=consultation).exists():
        return False
    set_status(
        consultation,
        RequestStatus.WAITLISTED,
        Verb.JOIN_WAITING_LIST,
        actor=PATIENT,
        now=now,
        needs_call=consultation.is_phoned_first,
        respond_by=None,
    )
    to_patients.waitlisted(consultation, now=now)
    return True


@all_or_nothing
def join_waiting_list(
    consultation: ConsultationRequest, wishes: Waiting, *, parts: Sequence[DayPart], now: datetime
) -> None:
    """The patient waits for a time to become free, or changes when they can come.

    Held and offered times are released. Raises `InvalidTransition` with a visit booked, or closed, and
    `VisitBegun` where nobody has recorded yet what came of the visit.
    """
    visit = booked(consultation)
    if visit and visit.start <= now:
        raise VisitBegun
    if visit or not consultation.verified_at:
        raise InvalidTransition
    waited = consultation.status == RequestStatus.WAITLISTED
    verb = Verb.CHANGE_WAITING if waited else Verb.JOIN_WAITING_LIST
    set_status(consultation, RequestStatus.WAITLISTED, verb, actor=PATIENT, now=now)
    drop_holds(consultation, now=now, because=CancelledBecause.WAITLISTED)
    enter(consultation, wishes, now=now)
    _replace_parts(consultation, parts)
    if not waited:
        to_patients.waitlisted(consultation, now=now)


def _replace_parts(consultation: ConsultationRequest, parts: Sequence[DayPart]) -> None:
    consultation.preferences.exclude(part="").delete()
    after = max(consultation.preferences.values_list("rank", flat=True), default=0)
    PreferredTime.objects.bulk_create(
        PreferredTime(request=consultation, rank=rank, part=part)
        for rank, part in enumerate(parts, start=after + 1)
    )


@all_or_nothing
def leave_waiting_list(consultation: ConsultationRequest, *, now: datetime) -> None:
    """The patient does not wait any longer; the request is closed."""
    if consultation.status != RequestStatus.WAITLISTED:
        raise InvalidTransition
    set_status(
        consultation, RequestStatus.WITHDRAWN, Verb.LEAVE_WAITING_LIST, actor=PATIENT, now=now
    )
    to_patients.withdrawn(consultation, None, now=now)


@all_or_nothing
def end_waiting(consultation: ConsultationRequest, *, now: datetime) -> None:
    """The time for which the patient wanted to wait is over. They are told; without email, by phone."""
    set_status(
        consultation,
        RequestStatus.EXPIRED,
        Verb.END_WAITING,
        actor=SYSTEM,
        now=now,
        needs_call=not consultation.gets_mail,
    )
    to_patients.waiting_over(consultation, now=now)
