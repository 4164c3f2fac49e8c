"""Writes what the clinic's own systems are told of a visit, in the transaction of the change.

A message names the request by its reference, and says nothing about health. Names and contact data are in
it only for an endpoint whose owner switched them on.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from bookings.enums import AppointmentStatus as A
from bookings.enums import CancelledBecause, WebhookKind
from bookings.models import Appointment, ConsultationRequest, WebhookDelivery, WebhookEndpoint

NEW = ""
"""The status before of a visit that is booked when it is made."""
TOLD: Mapping[tuple[str, A], WebhookKind] = {
    (NEW, A.BOOKED): WebhookKind.BOOKED,
    (A.PROPOSED, A.BOOKED): WebhookKind.BOOKED,
    (A.PENDING, A.BOOKED): WebhookKind.BOOKED,
    # What was recorded by mistake is taken back: the visit is ahead again.
    (A.CANCELLED, A.BOOKED): WebhookKind.BOOKED,
    (A.ARRIVED, A.BOOKED): WebhookKind.BOOKED,
    (A.NOSHOW, A.BOOKED): WebhookKind.BOOKED,
    (A.BOOKED, A.CANCELLED): WebhookKind.CANCELLED,
    (A.BOOKED, A.ENTERED_IN_ERROR): WebhookKind.CANCELLED,
    (A.ARRIVED, A.ENTERED_IN_ERROR): WebhookKind.CANCELLED,
    (A.BOOKED, A.ARRIVED): WebhookKind.ARRIVED,
    (A.BOOKED, A.NOSHOW): WebhookKind.NOSHOW,
}
"""What each change of a visit's status is called."""
NOT_TOLD = frozenset(
    {
        # Nobody was told that these times were held.
        (A.PROPOSED, A.CANCELLED),
        (A.PROPOSED, A.ENTERED_IN_ERROR),
        (A.PENDING, A.CANCELLED),
        (A.PENDING, A.ENTERED_IN_ERROR),
        # Whoever has arrived has arrived.
        (A.ARRIVED, A.FULFILLED),
        (A.FULFILLED, A.ARRIVED),
    }
)
SETTLED_ELSEWHERE = frozenset({CancelledBecause.MOVED, CancelledBecause.ERASED})
"""The old time of a visit that moves: the new one says so. An erasure: see `erased`."""


def status_changed(
    visit: Appointment,
    before: str,
    *,
    now: datetime,
    because: CancelledBecause | None = None,
) -> None:
    """Tell of a visit that has come to another status, or that was booked when it was made (`NEW`)."""
    kind = TOLD.get((before, A(visit.status)))
    if kind is None or because in SETTLED_ELSEWHERE:
        return
    old = _moved_from(visit) if before in {NEW, A.PROPOSED, A.PENDING} else None
    if old:
        moved(visit, _times(old), now=now)
    else:
        _write(kind, visit, now=now)


def _moved_from(visit: Appointment) -> Appointment | None:
    if not visit.replaces_id:
        return None
    rows = Appointment.objects.filter(pk=visit.replaces_id)
    return rows.filter(cancelled_because=CancelledBecause.MOVED).first()


def moved(visit: Appointment, previous: Mapping[str, str], *, now: datetime) -> None:
    """Tell of a visit at another time, with another person or on another clock; `previous`: its times."""
    _write(WebhookKind.MOVED, visit, now=now, previous=dict(previous))


def clock_changed(visit: Appointment, start: datetime, zone: Any, *, now: datetime) -> None:
    """Tell of a booked visit whose location has another zone. `start` and `zone` are those of before."""
    if visit.status == A.BOOKED:
        moved(visit, _spell(start, start + (visit.end - visit.start), zone), now=now)


def erased(consultation: ConsultationRequest, *, now: datetime) -> None:
    """A person is about to be erased: their visits ahead are cancelled under the reference of before.

    These messages belong to no request, have no contact data, and go once they are sent. So does a
    cancellation that has not arrived yet: the other system would keep the visit otherwise.
    """
    waiting = WebhookDelivery.objects.waiting().filter(request=consultation)
    for delivery in waiting.filter(kind=WebhookKind.CANCELLED):
        message = json.loads(delivery.body)
        message["data"].pop("contact", None)
        body = _spelled(message)
        waiting.filter(pk=delivery.pk).update(request=None, body=body)
    ahead = consultation.appointments.filter(status=A.BOOKED, end__gt=now)
    for visit in ahead.select_related("location", "service", "practitioner"):
        _write(WebhookKind.CANCELLED, visit, now=now, anonymous=True)


def test(endpoint: WebhookEndpoint, *, now: datetime) -> None:
    """A message that tells of nothing, so that the owner can see whether the address works."""
    body = _body(WebhookKind.TEST, {}, now)
    _rows([endpoint], WebhookKind.TEST, f"test:{now.timestamp()}", {endpoint.pk: body}, None, now)


def _write(
    kind: WebhookKind,
    visit: Appointment,
    *,
    now: datetime,
    previous: dict[str, str] | None = None,
    anonymous: bool = False,
) -> None:
    endpoints = _told_now()
    if not endpoints:
        return
    about = _about(visit) | ({"previous": previous} if previous else {})
    if kind == WebhookKind.CANCELLED:
        about["status"] = A.CANCELLED.value
    contact = {"contact": _contact(visit.request)}
    bodies = {
        endpoint.pk: _body(
            kind, about | (contact if endpoint.sends_contact and not anonymous else {}), now
        )
        for endpoint in endpoints
    }
    # The sequence grows with each booking, cancellation and new clock.
    key = f"{visit.pk}:{kind}:{visit.ics_sequence}"
    _rows(endpoints, kind, key, bodies, None if anonymous else visit.request, now)


def _told_now() -> list[WebhookEndpoint]:
    """Those that are not paused; none can be removed until this transaction ends, and nobody waits else.

    Otherwise a removal at this moment would undo the booking, whose message would name no endpoint.
    """
    if connection.vendor != "postgresql":  # SQLite has one writer at a time
        return list(WebhookEndpoint.objects.filter(paused_at=None))
    table = connection.ops.quote_name(WebhookEndpoint._meta.db_table)
    sql = f"SELECT * FROM {table} WHERE paused_at IS NULL ORDER BY created_at, id FOR KEY SHARE"  # noqa: S608  (a name of our own)
    return list(WebhookEndpoint.objects.raw(sql))


def _rows(
    endpoints: list[WebhookEndpoint],
    kind: WebhookKind,
    key: str,
    bodies: Mapping[int, str],
    consultation: ConsultationRequest | None,
    now: datetime,
) -> None:
    WebhookDelivery.objects.bulk_create(
        [
            WebhookDelivery(
                endpoint=endpoint,
                request=consultation,
                kind=kind,
                key=key,
                message_id=f"msg_{uuid.uuid4().hex}",
                body=bodies[endpoint.pk],
                due_at=now,
                created_at=now,
            )
            for endpoint in endpoints
        ],
        ignore_conflicts=True,
    )


def _body(kind: WebhookKind, data: Mapping[str, Any], now: datetime) -> str:
    return _spelled({"type": kind.value, "timestamp": _utc(now), "data": data})


def _spelled(message: Mapping[str, Any]) -> str:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def _about(visit: Appointment) -> dict[str, Any]:
    return {
        "reference": visit.request.reference,
        "status": str(visit.status),
        **_times(visit),
        "practitioner": {"id": visit.practitioner_id, "name": visit.practitioner.name},
        "location": {"id": visit.location_id, "name": visit.location.name},
        "service": {"id": visit.service_id, "name": visit.service.name},
    }


def _times(visit: Appointment) -> dict[str, str]:
    return _spell(visit.start, visit.end, visit.zone)


def _spell(start: datetime, end: datetime, zone: Any) -> dict[str, str]:
    """In UTC, and as the clock at the place shows it."""
    return {
        "start": _utc(start),
        "end": _utc(end),
        "local_start": start.astimezone(zone).isoformat(timespec="seconds"),
        "local_end": end.astimezone(zone).isoformat(timespec="seconds"),
        "time_zone": str(zone),
    }


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _contact(consultation: ConsultationRequest) -> dict[str, str]:
    found = {
        "name": consultation.name,
        "on_behalf_of": consultation.on_behalf_of,
        "email": consultation.email,
        "phone": str(consultation.phone or ""),
    }
    return {name: value for name, value in found.items() if value}
