"""A copy of everything that we keep about a person, for that person (GDPR, article 15).

Left out: the columns in `INTERNAL` and `INTERNAL_OF`, and which member of staff did what.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.template.loader import render_to_string
from django.utils import formats
from django.utils.encoding import force_str
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from bookings import beside
from bookings.enums import ActorKind, Verb
from bookings.models import (
    ConsultationRequest,
    Event,
    Message,
    WaitingListEntry,
    WebhookDelivery,
)
from bookings.models.access import SECRET
from clinic.models import ClinicSettings

INTERNAL = {
    *("id", "request", "version", "idempotency_key", "person_key", "network_key"),
    *("wide_network_key", "erased_at"),
    *("assigned_to", "ics_uid", "ics_sequence", "busy_start", "busy_end", "replaces", "digest"),
    *("organizer", "organizer_name", "buffer_before_minutes", "buffer_after_minutes"),
}
"""Not shown of any table: technical columns that say nothing about the person, and unreadable keys."""
INTERNAL_OF: dict[type[models.Model], set[str]] = {
    ConsultationRequest: {"reason", "goal"},
    WebhookDelivery: {
        *("endpoint", "key", "message_id", "tries", "answer", "problem", "due_at", "tried_at"),
    },
}
"""Not shown of one table. Elsewhere a column of that name may be the person's own words."""


IN_WORDS = {"reason_text": "reason_label", "goal_text": "goal_label"}
"""Older requests have a key alone, whose words are ours."""


@dataclass(frozen=True)
class Fact:
    """One stored value: its name for programs, its label for people, and its text."""

    name: str
    label: str
    value: str


Row = list[Fact]


@dataclass(frozen=True)
class Section:
    title: str
    rows: list[Row]


@dataclass(frozen=True)
class Copy:
    """What we keep about one request."""

    reference: str
    sections: list[Section]


def copy_of(consultation: ConsultationRequest) -> Copy:
    zone = consultation.location.zone

    def rows(found: Iterable[models.Model]) -> list[Row]:
        return [facts(row, zone) for row in found]

    visits = consultation.appointments.select_related("practitioner", "room", "location", "service")
    sections = [
        Section(_("Your request"), [facts(consultation, zone)]),
        Section(_("Times you asked for"), rows(consultation.preferences.all())),
        Section(_("Waiting list"), rows(WaitingListEntry.objects.filter(request=consultation))),
        Section(_("Your answers"), rows(consultation.answers.all())),
        Section(_("What you agreed to"), rows(consultation.consents.all())),
        Section(_("Times in our diary"), rows(visits)),
        Section(_("Messages"), [_message(m, zone) for m in _messages(consultation)]),
        Section(_("What our own systems were told"), rows(consultation.webhook_deliveries.all())),
        Section(_("Links to your request"), rows(consultation.links.all())),
        Section(_("What happened"), [_event(e, zone) for e in consultation.events.all()]),
    ]
    for more in beside.added("copies"):
        sections += more(consultation)
    return Copy(consultation.reference, [section for section in sections if section.rows])


def _messages(consultation: ConsultationRequest) -> Any:
    return consultation.messages.select_related("email").order_by("created_at", "pk")


def facts(row: models.Model, zone: Any) -> Row:
    found = []
    internal = INTERNAL | INTERNAL_OF.get(type(row), set())
    for column in row._meta.concrete_fields:
        value = getattr(row, IN_WORDS.get(column.name, column.name))
        if column.name not in internal and value not in (None, ""):
            label = capfirst(force_str(column.verbose_name))
            found.append(Fact(column.name, label, _words(row, column, value, zone)))
    return found


def _words(row: models.Model, column: Any, value: Any, zone: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return _moment(value, zone)
    if column.choices:
        return str(row._get_FIELD_display(column))  # type: ignore[attr-defined]
    return str(value)


def _moment(at: datetime, zone: Any) -> str:
    local = at.astimezone(zone)
    return f"{formats.date_format(local, 'DATETIME_FORMAT')} ({local:%Z})"


def _message(message: Message, zone: Any) -> Row:
    mail = message.email
    # Staff handle this file, so it must not contain the secret link that acts as the patient.
    text = SECRET.sub("/request/open/…", mail.message) or _("No longer kept.")
    return [
        Fact("written", _("Written"), _moment(message.created_at, zone)),
        Fact("to", _("To"), ", ".join(mail.to)),
        Fact("subject", _("Subject"), mail.subject),
        Fact("text", _("Text"), text),
    ]


def _event(event: Event, zone: Any) -> Row:
    kinds = {ActorKind.PATIENT: _("you"), ActorKind.STAFF: _("the clinic")}
    facts = [
        Fact("at", _("When"), _moment(event.at, zone)),
        Fact("by", _("By"), kinds.get(ActorKind(event.actor_kind), _("the system"))),
        Fact("what", _("What"), event.says),
    ]
    # Which member of staff a request was assigned to says nothing about the patient.
    if event.why and event.verb != Verb.ASSIGN:
        facts.append(Fact("why", _("Why"), event.because))
    return facts


def as_html(requests: Sequence[ConsultationRequest], *, now: datetime) -> str:
    """One page without scripts, styles or pictures, which any browser can show and print."""
    context = {"copies": [copy_of(r) for r in requests], "now": now, "clinic": _clinic()}
    return render_to_string("bookings/staff/disclosure.html", context)


def as_json(requests: Sequence[ConsultationRequest], *, now: datetime) -> str:
    """The same as JSON, for programs."""
    copies = [asdict(copy_of(consultation)) for consultation in requests]
    text = {"clinic": _clinic().name, "made_at": now.isoformat(), "requests": copies}
    return json.dumps(text, ensure_ascii=False, indent=2) + "\n"


def _clinic() -> ClinicSettings:
    return ClinicSettings.current()
