"""Sends what is due to the clinic's own systems: at least once, with the same id at each try.

A lease on each row keeps two workers from sending it at once; a killed worker's lease runs out. An endpoint
that does not answer holds up its own messages alone, and these stay in their order.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min
from django.utils.translation import gettext as _

from bookings.enums import DeliveryStatus, PausedBecause
from bookings.messages.webhooks import sign
from bookings.models import WebhookDelivery, WebhookEndpoint
from clinic import safe_http
from clinic.safe_http import Limits, RefusedAddress, Unreachable

logger = logging.getLogger(__name__)

LIMITS = Limits(seconds=10, connect_seconds=4, body_bytes=64 * 1024)
LEASE = timedelta(minutes=1)
"""Longer than one try can take."""
RETRIES = [timedelta(minutes=m) for m in (1, 5, 30, 120, 300, 600, 840, 1200)]
"""In all two days and a bit."""
FAILS_AT_MOST = timedelta(days=3)
ROUND_SECONDS = 15
"""How long one round may take: the mails of patients wait meanwhile."""
GONE = 410


def send_due(
    *, now: datetime, limit: int = 20, stopping: Callable[[], bool] = lambda: False
) -> int:
    """Try up to `limit` due messages, oldest first; returns how many arrived. `now` is UTC."""
    began, sent = time.monotonic(), 0
    failed: set[int] = set()
    for _number in range(limit):
        passed = time.monotonic() - began
        # One by one: many messages of an endpoint that refuses them must not fill the round.
        delivery = WebhookDelivery.objects.due(now).exclude(endpoint__in=failed).first()
        if delivery is None or stopping() or passed > ROUND_SECONDS:
            break
        at = now + timedelta(seconds=int(passed))
        if not _take(delivery, at):
            continue
        if _try(delivery, at):
            sent += 1
        else:
            failed.add(delivery.endpoint_id)
    return sent


def _take(delivery: WebhookDelivery, now: datetime) -> bool:
    """Whether the row is ours for the time of the lease."""
    mine = WebhookDelivery.objects.waiting().filter(pk=delivery.pk, due_at=delivery.due_at)
    return bool(mine.update(due_at=now + LEASE))


def _try(delivery: WebhookDelivery, now: datetime) -> bool:
    endpoint, body = delivery.endpoint, delivery.body.encode()
    signed = sign.headers(endpoint, delivery.message_id, body, now=now)
    answer, problem = None, ""
    try:
        found = safe_http.request("POST", endpoint.url, body=body, headers=signed, limits=LIMITS)
        answer = found.status
    except (RefusedAddress, Unreachable) as error:
        problem = str(error.message)[:120]
    except Exception as error:  # a message must not stop the others, nor be lost
        problem = type(error).__name__
    arrived = answer is not None and 200 <= answer < 300
    said = {"answer": answer, "problem": problem, "tries": delivery.tries + 1, "tried_at": now}
    if arrived:
        _arrived(delivery, said)
    else:
        _failed(delivery, answer, said, now)
    logger.info("webhook %s: %s", delivery.message_id, answer or "no answer")
    return arrived


def _arrived(delivery: WebhookDelivery, said: Mapping[str, Any]) -> None:
    mine = WebhookDelivery.objects.waiting().filter(pk=delivery.pk)
    mine.update(status=DeliveryStatus.SENT, **said)
    _forget_erased(delivery)
    WebhookEndpoint.objects.filter(pk=delivery.endpoint_id).exclude(failing_since=None).update(
        failing_since=None
    )


def _failed(
    delivery: WebhookDelivery, answer: int | None, said: Mapping[str, Any], now: datetime
) -> None:
    waiting = WebhookDelivery.objects.waiting()
    final = answer == GONE or delivery.tries >= len(RETRIES)
    if final:
        waiting.filter(pk=delivery.pk).update(status=DeliveryStatus.DEAD, **said)
        _forget_erased(delivery)
    else:
        later = now + RETRIES[delivery.tries]
        waiting.filter(pk=delivery.pk).update(due_at=later, **said)
        if answer is None or answer >= 500 or answer == 429:
            # It is the endpoint that fails: what is behind this message waits with it.
            others = waiting.filter(endpoint=delivery.endpoint_id, due_at__lt=later)
            others.update(due_at=later)
    _mark_failing(delivery.endpoint_id, gone=answer == GONE, now=now)


def _forget_erased(delivery: WebhookDelivery) -> None:
    """What was still to be said about somebody who is erased has been said."""
    if delivery.request_id is None:
        over = WebhookDelivery.objects.filter(pk=delivery.pk)
        over.exclude(status=DeliveryStatus.WAITING).exclude(key__startswith="test:").delete()


def _mark_failing(pk: int, *, gone: bool, now: datetime) -> None:
    """Note since when it fails, and pause it where that is long enough, or it says that it is gone."""
    endpoints = WebhookEndpoint.objects.filter(pk=pk)
    endpoints.filter(failing_since=None).update(failing_since=now)
    too_long = endpoints.filter(failing_since__lte=now - FAILS_AT_MOST)
    because = PausedBecause.GONE if gone else PausedBecause.FAILING
    for_pause = endpoints if gone else too_long
    for_pause.filter(paused_at=None).update(paused_at=now, paused_because=because)


def troubles() -> list[str]:
    """What the owner should know, by the endpoint's host: paused by itself, or messages given up."""
    found = []
    for endpoint in WebhookEndpoint.objects.all():
        if endpoint.paused_because in {PausedBecause.GONE, PausedBecause.FAILING}:
            found.append(_("%(host)s: paused by itself") % {"host": endpoint.host})
        elif not endpoint.is_paused and endpoint.failing_since:
            dead = endpoint.deliveries.dead().filter(created_at__gte=endpoint.failing_since)
            if dead.exists():
                found.append(_("%(host)s: messages were given up") % {"host": endpoint.host})
    return found


def oldest_due(now: datetime) -> datetime | None:
    """When the longest-waiting message to an endpoint that is not paused was written (UTC)."""
    found: datetime | None = (
        WebhookDelivery.objects.due(now).order_by().aggregate(first=Min("created_at"))["first"]
    )
    return found
