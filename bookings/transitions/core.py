"""What every transition does: guard, check the table, write, record. And how a time is held."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from bookings import availability, claims
from bookings.enums import (
    APPOINTMENT_FINAL,
    APPOINTMENT_HOLDING,
    APPOINTMENT_TRANSITIONS,
    REQUEST_FINAL,
    REQUEST_TRANSITIONS,
    ActorKind,
    AppointmentStatus,
    RequestStatus,
)
from bookings.errors import AlreadyAsked, InvalidTransition, StaleVersion, TimeTaken
from bookings.models import Appointment, ConsultationRequest, Event, Resource

FIRST_ANSWERS = frozenset({"confirm", "offer", "decline", "ask", "waitlist"})
"""What ends the wait that the answer-by time promises to end."""


@dataclass(frozen=True)
class Actor:
    """Who does it: a member of staff, the patient through their link, or the system."""

    kind: ActorKind
    user: Any = None


PATIENT = Actor(ActorKind.PATIENT)
SYSTEM = Actor(ActorKind.SYSTEM)


def staff(user: Any) -> Actor:
    return Actor(ActorKind.STAFF, user)


def record(
    request: ConsultationRequest,
    verb: str,
    *,
    actor: Actor,
    now: datetime,
    before: str = "",
    after: str = "",
    why: str = "",
    appointment: Appointment | None = None,
) -> Event:
    """Write the event of a change. `why` is shown to staff."""
    return Event.objects.create(
        request=request,
        appointment=appointment,
        verb=verb,
        from_status=before,
        to_status=after,
        actor_kind=actor.kind,
        actor=actor.user,
        why=why[:300],
        at=now,
    )


def move_request(
    request: ConsultationRequest,
    to: RequestStatus,
    verb: str,
    *,
    actor: Actor,
    now: datetime,
    version: int | None = None,
    why: str = "",
    appointment: Appointment | None = None,
    **changes: Any,
) -> None:
    """Bring a request to another status and record it.

    `version` is the one that the person acting had seen; without it, the one of the instance.
    Raises `StaleVersion`, naming who acted, where somebody was faster, and `InvalidTransition` where
    the table has no such edge.
    """
    seen = request.version if version is None else version
    before = RequestStatus(request.status)
    if seen != request.version:
        raise stale(request)
    if to not in REQUEST_TRANSITIONS[before]:
        raise InvalidTransition
    if to in REQUEST_FINAL:
        changes["closed_at"] = now
    elif request.closed_at:
        changes["closed_at"] = None
    if verb in FIRST_ANSWERS and request.answered_at is None:
        changes |= {"answered_at": now, "promised_at": request.respond_by}
    changes |= {"status": to, "version": seen + 1}
    changed = ConsultationRequest.objects.filter(pk=request.pk, version=seen, status=before)
    if not changed.update(**changes):
        raise stale(request)
    for name, value in changes.items():
        setattr(request, name, value)
    record(
        request,
        verb,
        actor=actor,
        now=now,
        before=before,
        after=to,
        why=why,
        appointment=appointment,
    )


def stale(request: ConsultationRequest) -> StaleVersion:
    """The error for whoever came second; it names the colleague who came first."""
    changes = Event.objects.filter(request=request).exclude(to_status="")
    last = changes.order_by("-at", "-pk").first()
    if last and last.actor:
        name = last.actor.get_full_name() or last.actor.get_username()
        return StaleVersion(_("%(name)s has just answered this request.") % {"name": name})
    return StaleVersion()


def move_appointment(
    appointment: Appointment,
    to: AppointmentStatus,
    *,
    now: datetime,
    because: str = "",
) -> None:
    """Bring an appointment to another status; cells are claimed or released with it.

    Raises `InvalidTransition`, `StaleVersion`, and `TimeTaken` where a lapsed hold has lost its cells.
    """
    before = AppointmentStatus(appointment.status)
    if to not in APPOINTMENT_TRANSITIONS[before]:
        raise InvalidTransition
    changes: dict[str, Any] = {"status": to, "hold_expires_at": None}
    if because:
        changes["cancelled_because"] = because
    if to in {AppointmentStatus.BOOKED, AppointmentStatus.CANCELLED}:
        changes["ics_sequence"] = appointment.ics_sequence + 1
    changed = Appointment.objects.filter(pk=appointment.pk, status=before)
    try:
        with transaction.atomic():
            if not changed.update(**changes):
                raise StaleVersion
    except IntegrityError as error:
        raise AlreadyAsked from error
    for name, value in changes.items():
        setattr(appointment, name, value)
    if to in APPOINTMENT_FINAL:
        claims.release(appointment)
    elif to in APPOINTMENT_HOLDING:
        claims.claim(appointment, now=now)


def hold(
    request: ConsultationRequest,
    start: datetime,
    *,
    status: AppointmentStatus,
    now: datetime,
    expires_at: datetime | None,
    practitioner: Resource | None = None,
    replaces: Appointment | None = None,
    notice: bool = True,
    diary: availability.Diary | None = None,
) -> Appointment:
    """Make an appointment at a free start and claim its cells.

    Of several free practitioners the one with the fewest visits in that week is tried first, then the
    others. Without `notice`, as for staff, a time at short notice will do. `diary` is that day's, where
    the caller has just read it.
    Raises `TimeTaken` with the nearest free times.
    """
    service, location = request.service, request.location
    diary = diary or availability.day_of(
        service, location, start, now=now, practitioner=practitioner, notice=notice
    )
    slot = diary.slot_at(start)
    candidates = fairest_first(slot.practitioner_ids, start) if slot else []
    busy = availability.busy_interval(service, start)
    rooms: Sequence[Resource | None] = diary.free_rooms(busy) if service.needs_room else [None]
    for practitioner_id in candidates:
        for room in rooms:
            try:
                with transaction.atomic():
                    appointment = Appointment.objects.create(
                        request=request,
                        replaces=replaces,
                        location=location,
                        service=service,
                        practitioner_id=practitioner_id,
                        room=room,
                        status=status,
                        start=start,
                        end=start + service.duration,
                        buffer_before_minutes=service.buffer_before_minutes,
                        buffer_after_minutes=service.buffer_after_minutes,
                        busy_start=busy[0],
                        busy_end=busy[1],
                        hold_expires_at=expires_at,
                        person_key=request.person_key,
                        ics_uid=f"{uuid.uuid4()}@clinic",
                        created_at=now,
                    )
                    claims.claim(appointment, now=now, expires_at=expires_at)
                return appointment
            except TimeTaken:
                continue
            except IntegrityError as error:
                raise AlreadyAsked from error
    raise taken(request, start, now=now, practitioner=practitioner, notice=notice)


def taken(
    request: Any,
    start: datetime,
    *,
    now: datetime,
    practitioner: Resource | None = None,
    notice: bool = True,
) -> TimeTaken:
    """The error for a time that is gone, with the nearest free ones for whoever wants to show them."""
    return TimeTaken(
        find=partial(
            availability.nearest,
            request.service,
            request.location,
            start,
            now=now,
            practitioner=practitioner,
            notice=notice,
        )
    )


def fairest_first(practitioner_ids: Sequence[int], start: datetime) -> list[int]:
    """Those with the fewest visits in the seven days around come first; ties by id."""
    if len(practitioner_ids) < 2:
        return list(practitioner_ids)
    week = availability.DAY * 3.5
    rows = (
        Appointment.objects.filter(
            practitioner__in=practitioner_ids,
            status__in=APPOINTMENT_HOLDING,
            busy_start__gt=start - week,
            busy_start__lt=start + week,
        )
        .order_by()
        .values_list("practitioner_id")
        .annotate(Count("pk"))
    )
    load = dict(rows)
    return sorted(practitioner_ids, key=lambda pk: (load.get(pk, 0), pk))


def extend_hold(appointment: Appointment, until: datetime, *, now: datetime) -> None:
    """Hold on until another moment; takes lapsed cells again, or raises `TimeTaken`."""
    claims.claim(appointment, now=now, expires_at=until)
    Appointment.objects.filter(pk=appointment.pk).update(hold_expires_at=until)
    appointment.hold_expires_at = until


def drop_holds(request: ConsultationRequest, *, now: datetime, because: str) -> None:
    """Cancel whatever is held for the request and not booked: its first choice and offered times."""
    for appointment in request.appointments.filter(
        status__in=[AppointmentStatus.PROPOSED, AppointmentStatus.PENDING]
    ):
        move_appointment(appointment, AppointmentStatus.CANCELLED, now=now, because=because)


def booked(request: ConsultationRequest) -> Appointment | None:
    """The request's booked visit, if it has one."""
    return request.appointments.filter(status=AppointmentStatus.BOOKED).first()
