"""Staff book a time that is not free, knowing why it is not, and say for what reason."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from bookings.enums import AppointmentStatus, Verb
from bookings.errors import BookingError, StaleVersion, TimeTaken
from bookings.models import (
    Appointment,
    BookedAnyway,
    ConsultationRequest,
    Location,
    Resource,
    Service,
)
from bookings.schedule import availability, claims, rota, travel, why_not_free
from bookings.schedule.availability import Search
from bookings.schedule.local_time import busy_interval
from bookings.transitions.core import Actor, record
from bookings.transitions.holds import not_in_the_past, unsaved


@dataclass(frozen=True)
class Anyway:
    """Why the time is booked although it is not free, and the code of the reasons that staff had read."""

    because: str
    seen: str


@dataclass(frozen=True)
class Against:
    """With whom a time could be booked anyway, and every reason against it; none where it is free."""

    practitioner: Resource
    search: Search
    reasons: list[str]

    @property
    def code(self) -> str:
        """The same for the same reasons."""
        text = "\0".join([str(self.practitioner.pk), *self.reasons])
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def against(
    service: Service,
    location: Location,
    start: datetime,
    *,
    practitioner: Resource | None,
    now: datetime,
    ignoring: Collection[int] = (),
    moving: Appointment | None = None,
    lock: bool = False,
) -> Against:
    """What speaks against a time with this practitioner; without one, with whoever has the visit now.

    With `lock` nobody else books the practitioner before the transaction ends, so that what was read stays
    true. Raises `BookingError` where nobody is named, or who is does not offer the service there.
    """
    offering = rota.people(service, location)
    named = practitioner.pk if practitioner else moving.practitioner_id if moving else None
    people = list(offering.filter(pk=named) if named else offering)
    if len(people) != 1:
        raise BookingError(_("To book it anyway, choose who it is with."))
    (person,) = people
    if lock:
        travel.lock([person.pk])
    search = Search(
        service, location, now, person, notice=False, ignoring=list(ignoring), moving=moving
    )
    return Against(person, search, why_not_free.explain(search, start))


def held_by(consultation: ConsultationRequest) -> list[int]:
    """The request's own visits and holds: it gives them up for another time."""
    return list(consultation.appointments.values_list("pk", flat=True))


def still_against(
    anyway: Anyway,
    consultation: ConsultationRequest,
    start: datetime,
    *,
    practitioner: Resource | None,
    moving: Appointment | None,
    now: datetime,
) -> Against:
    """What speaks against it now. Raises `TimeTaken` with the reasons where they are not those seen."""
    not_in_the_past(start, now)
    found = against(
        consultation.service,
        consultation.location,
        start,
        practitioner=practitioner,
        now=now,
        ignoring=held_by(consultation),
        moving=moving,
        lock=True,
    )
    if found.reasons and found.code != anyway.seen:
        raise TimeTaken(why=lambda: found.reasons)
    return found


def hold_anyway(
    consultation: ConsultationRequest,
    start: datetime,
    anyway: Anyway,
    what: Against,
    *,
    actor: Actor,
    replaces: Appointment | None,
) -> Appointment:
    """Book the time in spite of these reasons, in a free room if there is one, and mark the visit.

    Raises `TimeTaken` where somebody else has decided the same at this moment.
    """
    now = what.search.now
    about: Any = {"status": AppointmentStatus.BOOKED, "replaces": replaces, "created_at": now}
    visit = unsaved(consultation, start, **about)
    visit.practitioner, visit.room = what.practitioner, _room(what.search, start)
    try:
        with transaction.atomic():
            visit.save()
            mark = BookedAnyway.objects.create(
                appointment=visit,
                because=anyway.because,
                against="\n".join(what.reasons),
                created_at=now,
            )
            claims.claim(visit, now=now, decided=mark)
    except IntegrityError as error:
        raise StaleVersion from error  # the request has another time by now
    record(
        consultation,
        Verb.BOOK_ANYWAY,
        actor=actor,
        now=now,
        why=anyway.because,
        appointment=visit,
    )
    return visit


def _room(search: Search, start: datetime) -> Resource | None:
    if not search.service.needs_room:
        return None
    diary = availability.day_of(search, start)
    rooms: Sequence[Resource] = diary.free_rooms(busy_interval(search.service, start))
    return next(iter(rooms or diary.rooms), None)
