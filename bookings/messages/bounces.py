"""What a mail provider tells of a mail after it took it: it came back, or arrived.

The provider calls a webhook of django-anymail, which checks who calls and hands us one event in
the same shape for every provider. Off unless `BOUNCE_WEBHOOK_SECRET` is set; see deploy/README.md.
"""

from __future__ import annotations

import logging
import re
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from post_office.models import STATUS, Email, RecipientDeliveryStatus

from bookings.models.events import BOUNCED

logger = logging.getLogger(__name__)

OUTCOMES = {
    "bounced": RecipientDeliveryStatus.HARD_BOUNCED,
    "rejected": RecipientDeliveryStatus.HARD_BOUNCED,
    "failed": RecipientDeliveryStatus.UNDETERMINED_BOUNCED,
    "complained": RecipientDeliveryStatus.SPAM_COMPLAINT,
    "delivered": RecipientDeliveryStatus.DELIVERED,
}
"""Anymail's event types that say something final. Opened and clicked are nobody's business."""
RECENT = timedelta(days=5)
"""For as long as a server may keep trying (RFC 5321, 4.5.4.1)."""


def mark(
    outcome: str, *, message_id: str, recipient: str, reason: str, now: datetime
) -> Email | None:
    """Note on the mail what became of it; None where it is not ours, or nothing is new.

    Found by its Message-ID; some providers only tell their own id, then the last mail that was sent to
    the address is meant. What came back stays so, whatever is told later.
    """
    status = OUTCOMES.get(outcome)
    email = _by_id(message_id) or _last_to(recipient, now)
    if status is None or email is None or email.recipient_delivery_status in {*BOUNCED, status}:
        return None
    Email.objects.filter(pk=email.pk).update(recipient_delivery_status=status, last_updated=now)
    email.logs.create(status=status, message=reason, exception_type="")
    logger.info("mail %s %s", email.pk, outcome)
    return email


def _by_id(message_id: str) -> Email | None:
    bare = message_id.strip().strip("<>")
    return Email.objects.filter(message_id=f"<{bare}>").first() if bare else None


def _last_to(recipient: str, now: datetime) -> Email | None:
    sent = Email.objects.filter(status=STATUS.sent, last_updated__gt=now - RECENT)
    return sent.filter(to__iexact=recipient).order_by("-pk").first() if recipient else None


def receive(sender: Any, event: Any, esp_name: str, **kwargs: Any) -> None:
    """Take anymail's `tracking` signal."""
    mark(
        event.event_type or "",
        message_id=event.message_id or "",
        recipient=event.recipient or "",
        reason=_reason(event),
        now=timezone.now(),
    )


def _reason(event: Any) -> str:
    """The server's number and the provider's word for it; their sentences repeat addresses."""
    code = re.match(r"[245]\d\d\b", event.mta_response or "")
    return " ".join(filter(None, [code and code[0], event.reject_reason]))
