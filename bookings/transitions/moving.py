"""Staff move a booked visit to a time agreed with the patient, or book for someone who phones."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from bookings import notifications
from bookings.enums import ContactBy, RequestStatus
from bookings.errors import InvalidTransition
from bookings.models import Appointment, ConsultationRequest, Resource
from bookings.transitions.answering import book
from bookings.transitions.asking import Ask, Person, submit
from bookings.transitions.core import Actor, booked, move_request
from bookings.transitions.holding import not_in_the_past


@transaction.atomic
def move(
    request: ConsultationRequest,
    *,
    actor: Actor,
    version: int,
    now: datetime,
    start: datetime,
    practitioner: Resource | None = None,
) -> Appointment:
    """Swap the booked visit for another time, in one transaction, and tell the patient.

    Raises `TimeTaken` with the nearest free times, `StaleVersion`, and `InvalidTransition` where nothing
    is booked, or the visit has begun.
    """
    old = booked(request)
    same = old and start == old.start and practitioner in (None, old.practitioner)
    if not old or same or old.start <= now:
        raise InvalidTransition
    not_in_the_past(start, now)
    move_request(request, RequestStatus.CONFIRMED, "move", actor=actor, now=now, version=version)
    visit = book(request, start, now=now, practitioner=practitioner, instead_of=old)
    notifications.confirmed(request, visit, now=now, moved=True)
    return visit


@transaction.atomic
def book_for(
    ask: Ask,
    person: Person,
    *,
    actor: Actor,
    now: datetime,
    start: datetime,
    idempotency_key: str,
    practitioner: Resource | None = None,
) -> Appointment:
    """Someone phones: make their request and book the time at once.

    An email address that they spelled out gets the confirmation; nothing waits for a click. Sent again
    with the same key, it returns the visit that is there. Raises `TimeTaken` with the nearest times.
    """
    not_in_the_past(start, now)
    spoken = replace(person, email="", contact_by=ContactBy.PHONE)
    request = submit(
        replace(ask, starts=()), spoken, idempotency_key=idempotency_key, now=now, by_staff=True
    )
    there = booked(request)
    if there:
        return there
    move_request(
        request,
        RequestStatus.CONFIRMED,
        "book_for",
        actor=actor,
        now=now,
        version=request.version,
        email=person.email,
        needs_call=False,
    )
    visit = book(request, start, now=now, practitioner=practitioner)
    notifications.confirmed(request, visit, now=now, moved=False)
    return visit
