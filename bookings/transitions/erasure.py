"""Erase a person: everything that identifies them goes, and an anonymous visit stays.

Erasing is the rule and the exceptions are listed: a column or a table that is added later is erased,
unless somebody decides here that it says nothing about a person.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime
from functools import partial
from typing import Any

from django.db import models, transaction
from post_office.models import STATUS, Attachment, Email

from bookings.enums import (
    APPOINTMENT_CAN_LAPSE,
    REQUEST_OPEN,
    AppointmentStatus,
    CancelledBecause,
    ErasureReason,
    RequestStatus,
    Verb,
)
from bookings.errors import InvalidTransition
from bookings.messages import local_mailbox
from bookings.messages.webhooks import write as webhooks
from bookings.models import Appointment, BookedAnyway, ConsultationRequest, Event
from bookings.privacy import erasure_ledger
from bookings.transitions.core import Actor, all_or_nothing, record, set_appointment_status, stale
from bookings.transitions.request_data import new_reference

ANONYMOUS = {"id", "status", "version", "location", "service", "practitioner", "contact_by"} | {
    *("source_path", "locale", "time_zone", "respond_by"),
    *("created_at", "verified_at", "promised_at", "answered_at", "closed_at"),
}
"""The columns that stay, for statistics: which service, when, how it ended, from which guide."""
ERASED = "–"
"""Instead of a text that must not be empty."""
ANONYMOUS_TABLES: set[Any] = {Appointment, Event}
"""Tables whose rows stay, without the personal columns. Every other table loses its rows."""


@all_or_nothing
def erase(
    consultation: ConsultationRequest, *, actor: Actor, version: int, now: datetime, because: str
) -> None:
    """Erase everything personal about one request, and record in the ledger that it happened.

    Whatever is held or booked from now on is cancelled; nobody is told, since the address is erased too.
    Raises `StaleVersion`, `InvalidTransition` where it is erased already, and `NotRecorded`.
    """
    if consultation.erased_at:
        raise InvalidTransition
    if version != consultation.version:
        raise stale(consultation, actor)
    before, digest = consultation.status, erasure_ledger.digest(consultation)
    after = RequestStatus.WITHDRAWN if _open(consultation, now) else before
    changes = blank(ConsultationRequest, ANONYMOUS) | {
        "reference": new_reference(),
        "idempotency_key": secrets.token_urlsafe(),
        "status": after,
        "version": version + 1,
        "closed_at": consultation.closed_at or now,
        "erased_at": now,
    }
    webhooks.erased(consultation, now=now)
    rows = ConsultationRequest.objects.filter(pk=consultation.pk, version=version)
    if not rows.update(**changes):
        raise stale(consultation, actor)
    for name, value in changes.items():
        setattr(consultation, name, value)
    _free_times(consultation, now)
    _erase_mail(consultation)
    _erase_rows(consultation)
    record(consultation, Verb.ERASE, actor=actor, now=now, before=before, after=after, why=because)
    erasure_ledger.enter(digest, because=because, now=now)


def _open(consultation: ConsultationRequest, now: datetime) -> bool:
    ahead = consultation.appointments.filter(status=AppointmentStatus.BOOKED, end__gt=now)
    return consultation.status in REQUEST_OPEN or ahead.exists()


def blank(model: type[models.Model], but: set[str]) -> dict[str, Any]:
    """The empty value of every column but these."""
    fields = [field for field in model._meta.concrete_fields if field.name not in but]
    return {field.name: None if field.null else field.get_default() for field in fields}


def _free_times(consultation: ConsultationRequest, now: datetime) -> None:
    for visit in consultation.appointments.all():
        waiting = visit.status in APPOINTMENT_CAN_LAPSE
        if waiting or (visit.status == AppointmentStatus.BOOKED and visit.end > now):
            set_appointment_status(
                visit, AppointmentStatus.CANCELLED, now=now, because=CancelledBecause.ERASED
            )
        rows = Appointment.objects.filter(pk=visit.pk)
        rows.update(person_key="", attendee="", ics_uid=f"{uuid.uuid4()}@clinic")
        marks = BookedAnyway.objects.filter(appointment=visit)
        marks.update(because=ERASED, against="")


def _erase_mail(consultation: ConsultationRequest) -> None:
    """The outbox rows with their logs and attachments, and the files of a site without mail server."""
    # Mails to staff name other requests too. Those that have left say nothing from now on.
    told = Email.objects.filter(staff_notices__request=consultation, status=STATUS.sent)
    Email.objects.filter(pk__in=list(told.values_list("pk", flat=True))).update(
        subject="", message="", html_message=""
    )
    mails = Email.objects.filter(about__request=consultation)
    message_ids = list(mails.values_list("message_id", flat=True))
    attachments = list(Attachment.objects.filter(emails__in=mails).distinct())
    for attachment in attachments:
        name, storage = attachment.file.name, attachment.file.storage
        transaction.on_commit(partial(storage.delete, name))
        attachment.delete()
    mails.delete()
    transaction.on_commit(partial(local_mailbox.forget, message_ids))


def _erase_rows(consultation: ConsultationRequest) -> None:
    for relation in pointing_here():
        if relation.related_model not in ANONYMOUS_TABLES:
            rows: Any = relation.related_model._base_manager  # type: ignore[union-attr]
            rows.filter(**{relation.field.name: consultation}).delete()
    Event.objects.filter(request=consultation).update(why="")


def pointing_here() -> list[models.ForeignObjectRel]:
    """Every table with a foreign key to the request, also without a reverse accessor."""
    fields = ConsultationRequest._meta.get_fields(include_hidden=True)
    return [field for field in fields if isinstance(field, models.ManyToOneRel)]


def erase_again(*, actor: Actor, now: datetime, known: set[str]) -> int:
    """After a restore, erase again everybody in the ledger. Returns how many."""
    again = 0
    rows = ConsultationRequest.objects.filter(erased_at=None)
    for consultation in rows.iterator(chunk_size=500):
        if erasure_ledger.digest(consultation) in known:
            because = ErasureReason.REPLAYED
            erase(consultation, actor=actor, version=consultation.version, now=now, because=because)
            again += 1
    return again
