"""What a change writes, as lines of text: rows that are new, gone or changed, with every column.

Numbers stand for rows in the order in which they were made, so that the text is the same on every database.
What is random (tokens, references, hashes) is left out.
"""

import re
from collections import Counter
from datetime import UTC, datetime

from django.contrib.auth import get_user_model
from django.db.models import ForeignKey, JSONField
from post_office.models import Email

from bookings.models import (
    AccessLink,
    Appointment,
    BookedAnyway,
    Consent,
    ConsultationRequest,
    DateException,
    Displaced,
    Event,
    IntakeAnswer,
    Message,
    OwnCalendar,
    PreferredTime,
    Resource,
    StaffNotice,
    TimeClaim,
    WaitingListEntry,
    WebhookDelivery,
    WeeklyHours,
)

NAMES = {
    ConsultationRequest: "request",
    Appointment: "visit",
    PreferredTime: "wish",
    IntakeAnswer: "answer",
    Consent: "consent",
    WaitingListEntry: "waiting",
    BookedAnyway: "anyway",
    DateException: "closure",
    Displaced: "displaced",
    WeeklyHours: "hours",
    Event: "event",
    Message: "message",
    Email: "mail",
    AccessLink: "link",
    StaffNotice: "notice",
    WebhookDelivery: "told",
    OwnCalendar: "calendar",
    Resource: "person",
    get_user_model(): "user",
}
HIDDEN = {
    *("id", "last_updated", "created", "context", "password", "last_login"),
    *("endpoint", "service", "location"),
}
SECRET = {
    *("message_id", "message", "html_message", "headers", "digest", "reference", "ics_uid", "key"),
    *("idempotency_key", "person_key", "network_key", "wide_network_key", "body", "dedupe_key"),
    *("series", "sealed", "mark"),
}
"""Shown as "…" where there is something: random, or long."""

RANDOM_WORDS = re.compile(
    r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b|(?<=Location )\d{4}|(?<=Practitioner )\d{4}( \(\d+\))?"
)
"""References, and the numbers of the factories."""


def stored():
    """Every row of these tables: its values by the name of their column."""
    return {
        (model, values["pk"]): values
        for model in NAMES
        for values in model.objects.order_by("pk").values("pk", *columns(model))
    } | dict(claims())


def stale(row):
    """The columns in which a request is not as it is stored; none of anything else."""
    if not isinstance(row, ConsultationRequest):
        return []
    stored = type(row).objects.get(pk=row.pk)
    names = [field.attname for field in row._meta.concrete_fields]
    return [name for name in names if getattr(row, name) != getattr(stored, name)]


def columns(model):
    return [field.name for field in model._meta.concrete_fields if field.name not in HIDDEN]


def claims():
    """How many cells each visit or closure has of whom, and until when."""
    of = ("appointment", "exception", "resource", "expires_at", "lane")
    counted = Counter(TimeClaim.objects.values_list(*of))
    for row, cells in sorted(counted.items(), key=str):
        yield (TimeClaim, row), dict(zip(of, row, strict=True)) | {"cells": cells}


def difference(before, after):
    """One line for each row that is not as it was; sorted by table, then by age."""
    numbers = numbered([*before, *after])
    order = [*NAMES, TimeClaim]
    found = []
    for row in {*before, *after}:
        old, new = before.get(row), after.get(row)
        if old != new:
            place = order.index(row[0]), numbers.get(row, 0)
            found.append((place, line(*row, old, new, numbers)))
    return [text for _place, text in sorted(found)]


def numbered(rows):
    """The number of each row within its table, by its primary key."""
    found = {model: sorted({pk for one, pk in rows if one is model}) for model in NAMES}
    return {(model, pk): n for model, pks in found.items() for n, pk in enumerate(pks, 1)}


def line(model, pk, old, new, numbers):
    name = f"{NAMES[model]} {numbers[model, pk]}" if model in NAMES else "claims"
    shown = {} if model is TimeClaim else {f.name: f for f in model._meta.concrete_fields}

    def said(column, value):
        field = shown.get(column)
        related = field.related_model if isinstance(field, ForeignKey) else None
        if model is TimeClaim:
            related = {"appointment": Appointment, "exception": DateException, "resource": Resource}
            related = related.get(column)
        if related in NAMES and value is not None:
            return f"{NAMES[related]} {numbers[related, value]}"
        return "…" if value and column in SECRET else in_words(field, value)

    if old is None or new is None:
        values = {k: v for k, v in (old or new).items() if k != "pk"}
        words = [f"{k}={said(k, v)}" for k, v in values.items() if said(k, v) != "-"]
        return f"{'+' if old is None else '-'} {name}: {', '.join(words)}"
    changed = [
        f"{k} {said(k, old[k])} -> {said(k, new[k])}" for k in old if old[k] != new[k] and k != "pk"
    ]
    return f"  {name}: {', '.join(changed)}"


def in_words(field, value):
    if value in (None, "", [], {}) and not isinstance(field, JSONField):
        return "-"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%d %b %H:%M}"
    return RANDOM_WORDS.sub("…", " ".join(str(value).split())) or "-"
