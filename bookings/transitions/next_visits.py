"""Staff book the next visit of somebody who has one, or several at once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from bookings.enums import AppointmentStatus, ContactBy, RequestStatus, Verb
from bookings.errors import BookingError, InvalidTransition
from bookings.messages import to_patients
from bookings.models import Appointment, ConsultationRequest, Resource
from bookings.transitions.book import book
from bookings.transitions.core import Actor, all_or_nothing, record, set_status, stale
from bookings.transitions.request_data import Contact, RequestData
from bookings.transitions.submit import write_request
from clinic import phones

MOST = 12
"""Visits that are booked at once."""
HAS_COME_TO = frozenset(
    {
        AppointmentStatus.BOOKED,
        AppointmentStatus.ARRIVED,
        AppointmentStatus.FULFILLED,
        AppointmentStatus.NOSHOW,
    }
)


@all_or_nothing
def book_next(
    consultation: ConsultationRequest,
    *,
    actor: Actor,
    version: int,
    now: datetime,
    times: Sequence[tuple[datetime, Resource | None]],
    key: str,
) -> list[Appointment]:
    """Book these times for the same person and service, in the same room where it is free.

    Each visit has a request of its own, so each is moved and cancelled like any other. All or none, one
    message. Sent again with the same key, it returns the visits that are there. Raises `TimeTaken`,
    `StaleVersion`, and `BookingError` for more than twelve, or for somebody who cannot be told.
    """
    there = Appointment.objects.filter(
        request__idempotency_key__in=[_key(key, n) for n in range(MOST)],
    ).order_by("start")
    if there:
        return list(there)
    if version != consultation.version:
        raise stale(consultation, actor)
    before = visit_before(consultation)
    if before is None or not consultation.service.active:
        raise InvalidTransition
    if not 1 <= len(times) <= MOST or len({start for start, _who in times}) < len(times):
        raise BookingError(_("Choose one to twelve different times."))
    series = _series(consultation)
    person, data = _person(consultation), _data(consultation)
    visits = []
    for number, (start, practitioner) in enumerate(sorted(times, key=lambda time: time[0])):
        following = write_request(
            data,
            person,
            idempotency_key=_key(key, number),
            now=now,
            tell=False,
            known=True,
            series=series,
            verified_at=consultation.verified_at if person.email else None,
        )
        set_status(
            following,
            RequestStatus.CONFIRMED,
            Verb.BOOK_NEXT,
            actor=actor,
            now=now,
            why=consultation.reference,
            needs_call=False,
            respond_by=None,
        )
        visits.append(book(following, start, now=now, practitioner=practitioner, room=before.room))
    references = ", ".join(visit.request.reference for visit in visits)
    record(consultation, Verb.BOOK_NEXT, actor=actor, now=now, why=references)
    first, *more = visits
    if more:
        to_patients.booked_several(visits, now=now)
    else:
        to_patients.confirmed(first.request, first, now=now, moved=False)
    return visits


def visit_before(consultation: ConsultationRequest) -> Appointment | None:
    """The visit after which the next one comes: the latest that is booked or was."""
    rows = consultation.appointments.filter(status__in=HAS_COME_TO)
    return rows.select_related("practitioner", "room", "location").order_by("start").last()


def _key(key: str, number: int) -> str:
    return f"{key}-{number}"


def _series(consultation: ConsultationRequest) -> str:
    if not consultation.series:
        consultation.series = secrets.token_hex(16)
        rows = ConsultationRequest.objects.filter(pk=consultation.pk)
        rows.update(series=consultation.series)
    return consultation.series


def _data(consultation: ConsultationRequest) -> RequestData:
    """What for, and the consent that they gave; not their words and answers, which stand in the first."""
    consent = consultation.consents.latest("given_at")
    return RequestData(
        service=consultation.service,
        location=consultation.location,
        reason=consultation.reason,
        reason_text=consultation.reason_text,
        goal=consultation.goal,
        goal_text=consultation.goal_text,
        side=consultation.side,
        practitioner=consultation.practitioner,
        consent_version=consent.text_version,
        consent_text=consent.text,
        consented_at=consent.given_at,
    )


def _person(consultation: ConsultationRequest) -> Contact:
    """The same, by mail only where the address is theirs. Raises `BookingError` where nothing is left."""
    by_mail = consultation.gets_mail
    if not by_mail and not consultation.phone:
        text = _("Nobody has confirmed their email address. Correct the contact details first.")
        raise BookingError(text)
    return Contact(
        name=consultation.name,
        on_behalf_of=consultation.on_behalf_of,
        contact_by=ContactBy(consultation.contact_by) if by_mail else ContactBy.PHONE,
        email=consultation.email if by_mail else "",
        phone=phones.stored(consultation.phone) if consultation.phone else "",
        locale=consultation.locale,
        texts=consultation.wants_texts,
    )
