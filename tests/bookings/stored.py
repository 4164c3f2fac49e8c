"""What the database holds of each request, to see that a step changed that of one alone."""

from __future__ import annotations

from typing import Any

from bookings.models import (
    Appointment,
    ConsultationRequest,
    Draft,
    Event,
    Message,
    PreferredTime,
    WaitingListEntry,
)

OF_A_REQUEST = (Appointment, Event, PreferredTime, WaitingListEntry, Message)


def stored() -> dict[str, list[dict[str, Any]]]:
    """Every row of each request by its reference, and of each draft by its digest; not who looked."""
    found = {row["reference"]: [row] for row in ConsultationRequest.objects.values()}
    names = dict(ConsultationRequest.objects.values_list("pk", "reference"))
    for model in OF_A_REQUEST:
        rows = model.objects.order_by("pk")
        for row in (rows.exclude(verb="look") if model is Event else rows).values():
            found[names[row["request_id"]]].append(row)
    for mail in Message.objects.order_by("pk").values(
        "request_id", "email__to", "email__message", "email__status"
    ):
        found[names[mail["request_id"]]].append(mail)
    for draft in Draft.objects.values():
        found[draft["digest"]] = [draft]
    return found
