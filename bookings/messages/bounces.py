"""What a mail provider reports after it accepted a mail: it bounced, or it arrived.

The provider calls a webhook of django-anymail, which authenticates it and gives us an event in the same
shape for every provider. Off unless `BOUNCE_WEBHOOK_SECRET` is set; see deploy/README.md.
"""

from __future__ import annotations

import logging
import re
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from post_office.models import STATUS, Email, RecipientDeliveryStatus

from bookings.messages import to_staff
from bookings.models.events import BOUNCED

logger = logging.getLogger(__name__)

OUTCOMES = {
    "bounced": RecipientDeliveryStatus.HARD_BOUNCED,
    "rejected": RecipientDeliveryStatus.HARD_BOUNCED,
    "failed": RecipientDeliveryStatus.UNDETERMINED_BOUNCED,
    "complained": RecipientDeliveryStatus.SPAM_COMPLAINT,
    "delivered": RecipientDeliveryStatus.DELIVERED,
}
"""Anymail's final event types. We do not track who opened or clicked a mail."""
RECENT = timedelta(days=5)
"""How long a server may keep trying (RFC 5321, 4.5.4.1)."""


def mark(
    outcome: str, *, message_id: str, recipient: str, reason: str, now: datetime
) -> Email | None:
    """Record the outcome on the mail; None if the mail is not ours or nothing has changed.

    The mail is found by its Message-ID. Some providers only report their own id; then it is the last mail
    sent to the address. A bounce is never overwritten by a later report.
    """
    status = OUTCOMES.get(outcome)
    email = _by_id(message_id) or _last_to(recipient, now)
    if status is None or email is None or email.recipient_delivery_status in {*BOUNCED, status}:
        return None
    with transaction.atomic():
        Email.objects.filter(pk=email.pk).update(recipient_delivery_status=status, last_updated=now)
        email.logs.create(status=status, message=reason)
        if status in BOUNCED:
            to_staff.undelivered(email, now=now)
    logger.info("mail %s %s", email.pk, outcome)
    return email


def _by_id(message_id: str) -> Email | None:
    bare = message_id.strip().strip("<>")
    return Email.objects.filter(message_id=f"<{bare}>").first() if bare else None


def _last_to(recipient: str, now: datetime) -> Email | None:
    sent = Email.objects.filter(status=STATUS.sent, last_updated__gt=now - RECENT)
    return sent.filter(to__iexact=recipient).order_by("-pk").first() if recipient else None


def receive(sender: Any, event: Any, esp_name: str, **kwargs: Any) -> None:
    """Handle anymail's `tracking` signal."""
    mark(
        event.event_type or "",
        message_id=event.message_id or "",
        recipient=event.recipient or "",
        reason=_reason(event),
        now=timezone.now(),
    )


def _reason(event: Any) -> str:
    """The server's code and the provider's word; the full text may contain addresses."""
    code = re.match(r"[245]\d\d\b", event.mta_response or "")
    return " ".join(filter(None, [code and code[0], event.reject_reason]))
