"""Hold a time for a request, extend the hold, release it."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import product
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from bookings.enums import (
    APPOINTMENT_CAN_LAPSE,
    APPOINTMENT_HOLDING,
    AppointmentStatus,
    CancelledBecause,
    Verb,
)
from bookings.errors import BookingError, StaleVersion, TimeTaken
from bookings.models import Appointment, ConsultationRequest, Resource
from bookings.schedule import availability, claims, why_not_free
from bookings.schedule.availability import Availability, Search
from bookings.schedule.local_time import DAY, busy_interval
from bookings.transitions.core import SYSTEM, record, set_appointment_status
from clinic.prepared import insert_one, prepared, update


def hold(
    consultation: ConsultationRequest,
    start: datetime,
    *,
    search: Search,
    status: AppointmentStatus,
    expires_at: datetime | None = None,
    replaces: Appointment | None = None,
    diary: Availability | None = None,
    room: Resource | None = None,
) -> Appointment:
    """Make an appointment at a free start and claim its cells.

    Of several free practitioners the one with the fewest visits in that week is tried first, then the
    others. `diary` is that day's, where the caller has just read it; `room` comes first, if it is free.
    Raises `TimeTaken` with the nearest free times.
    """
    service, now = search.service, search.now
    diary = diary or availability.day_of(search, start)
    slot = diary.slot_at(start)
    candidates = fairest_first(slot.practitioner_ids, start) if slot else []
    busy = busy_interval(service, start)
    rooms: list[Resource | None] = [*diary.free_rooms(busy)] if service.needs_room else [None]
    rooms.sort(key=lambda one: one != room)
    about: Any = {"status": status, "replaces": replaces, "created_at": now}
    for practitioner_id, one in product(candidates, rooms):
        appointment = unsaved(consultation, start, hold_expires_at=expires_at, **about)
        appointment.practitioner_id, appointment.room = practitioner_id, one
        try:
            with transaction.atomic():
                insert_one(appointment)
                claims.claim(appointment, now=now, expires_at=expires_at)
            return appointment
        except TimeTaken:
            continue
        except IntegrityError as error:
            raise StaleVersion from error  # the request has another time by now
    gives_back = APPOINTMENT_CAN_LAPSE | {status}
    raise taken(search, start, ignoring=partial(_given_back, consultation, gives_back))


def unsaved(
    consultation: ConsultationRequest,
    start: datetime,
    *,
    replaces: Appointment | None,
    **about: Any,
) -> Appointment:
    """An unsaved appointment without a practitioner, as long as the service takes today.

    One that replaces another costs what was told, and is of the same kind.
    """
    service = consultation.service
    told = replaces or service
    busy_start, busy_end = busy_interval(service, start)
    return Appointment(
        request=consultation,
        location=consultation.location,
        service=service,
        start=start,
        end=start + service.duration,
        buffer_before_minutes=service.buffer_before_minutes,
        buffer_after_minutes=service.buffer_after_minutes,
        busy_start=busy_start,
        busy_end=busy_end,
        time_zone=consultation.location.time_zone,
        place="\n".join(consultation.location.lines),
        price=told.price,
        kind_of_visit=told.kind_of_visit,
        ics_uid=f"{uuid.uuid4()}@clinic",
        replaces=replaces,
        **about,
    )


def hold_first_choice(
    consultation: ConsultationRequest,
    *,
    until: datetime,
    now: datetime,
    as_before: Appointment | None = None,
) -> Appointment | None:
    """Hold what the patient asked for first, where that is still free; never beyond its start.

    `as_before`: with the practitioner whom this visit had, if it was at that time.
    """
    wish = consultation.preferences.filter(start__gt=now).order_by("rank").first()
    if wish is None or wish.start is None or not consultation.email:
        return None
    practitioner = consultation.practitioner
    if as_before and as_before.start == wish.start:
        practitioner = as_before.practitioner
    try:
        with transaction.atomic():
            return hold(
                consultation,
                wish.start,
                search=by_staff(consultation, practitioner, now=now),
                status=AppointmentStatus.PROPOSED,
                expires_at=min(until, wish.start),
            )
    except BookingError:
        return None  # somebody else has taken it


def extend_hold(appointment: Appointment, until: datetime, *, now: datetime) -> bool:
    """Hold the time until another moment. False where the hold had lapsed and somebody took its cells."""
    try:
        claims.renew(appointment, now=now, expires_at=until)
    except TimeTaken:
        set_appointment_status(
            appointment, AppointmentStatus.CANCELLED, now=now, because=CancelledBecause.TAKEN
        )
        record(appointment.request, Verb.LAPSE, actor=SYSTEM, now=now, appointment=appointment)
        return False
    update(Appointment, {"hold_expires_at": until}, id=appointment.pk)
    appointment.hold_expires_at = until
    return True


def end_hold(appointment: Appointment, *, now: datetime) -> ConsultationRequest:
    """Release a hold that has run out; returns its request, read anew.

    The request is locked first, as every transition does, and read again: the patient may be confirming the
    address at this moment, which extends the hold. Raises `StaleVersion` where they were faster.
    """
    # NO KEY UPDATE: inserts that reference this row, such as messages, are not blocked.
    rows = ConsultationRequest.objects.select_for_update(no_key=True)
    consultation = rows.get(pk=appointment.request_id)
    lapsed = consultation.appointments.lapsed(now).filter(pk=appointment.pk).first()
    if lapsed is None:
        raise StaleVersion
    set_appointment_status(
        lapsed, AppointmentStatus.CANCELLED, now=now, because=CancelledBecause.LAPSED
    )
    record(consultation, Verb.LAPSE, actor=SYSTEM, now=now, appointment=lapsed)
    return consultation


def drop_holds(
    consultation: ConsultationRequest, *, now: datetime, because: CancelledBecause
) -> None:
    """Cancel whatever is held for the request and not booked: its first choice and offered times."""
    for appointment in consultation.appointments.filter(
        status__in=[AppointmentStatus.PROPOSED, AppointmentStatus.PENDING]
    ):
        set_appointment_status(appointment, AppointmentStatus.CANCELLED, now=now, because=because)


def by_staff(
    consultation: ConsultationRequest,
    practitioner: Resource | None,
    *,
    now: datetime,
    moving: Appointment | None = None,
) -> Search:
    """A search for this request at whatever notice, however far ahead."""
    service, location = consultation.service, consultation.location
    return Search(service, location, now, practitioner, notice=False, moving=moving)


def taken(
    search: Search, start: datetime, *, ignoring: Callable[[], Sequence[int]] = tuple
) -> TimeTaken:
    """The error for a time that is gone, with the nearest free ones for whoever wants to show them.

    `ignoring` finds the appointments that are no reason, only once somebody wants to know.
    """

    def anew() -> Search:
        return replace(search, ignoring=ignoring())

    near = availability.nearest if search.notice else availability.closest
    return TimeTaken(
        find=lambda: near(anew(), start), why=lambda: why_not_free.explain(anew(), start)
    )


def _given_back(
    consultation: ConsultationRequest, statuses: Collection[AppointmentStatus]
) -> Sequence[int]:
    """The request's own holds: it would have given them up for the time it was refused."""
    return list(consultation.appointments.filter(status__in=statuses).values_list("pk", flat=True))


def not_in_the_past(start: datetime, now: datetime) -> None:
    if start <= now:
        raise TimeTaken(_("This time is in the past."))


def fairest_first(practitioner_ids: Sequence[int], start: datetime) -> list[int]:
    """The practitioners with the fewest visits in the seven days around first; ties by id."""
    if len(practitioner_ids) < 2:
        return list(practitioner_ids)
    week = DAY * 3.5
    load = Counter(dict(_loads(practitioner_ids, start - week, start + week)))
    return sorted(practitioner_ids, key=lambda pk: (load[pk], pk))


@prepared
def _loads(people: Sequence[int], after: datetime, before: datetime) -> QuerySet[Appointment, Any]:
    """How many visits each of them has, by id."""
    rows = Appointment.objects.filter(
        practitioner__pk__in=people,
        status__in=APPOINTMENT_HOLDING,
        busy_start__gt=after,
        busy_start__lt=before,
    )
    return rows.order_by().values_list("practitioner_id").annotate(Count("pk"))
