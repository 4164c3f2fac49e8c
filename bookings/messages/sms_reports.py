"""What the provider of text messages reports: a text arrived, or did not.

It POSTs to an address that it was given with the text. The address names the text and is signed, so it is a
secret that nobody can guess; Twilio also signs what it sends, and that is checked.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse

from bookings.messages import bounces

SALT = "sms-report"
TWILIO = {
    "field": "MessageStatus",
    "delivered": ["delivered"],
    "failed": ["undelivered", "failed"],
}
USUAL = {
    "field": "status",
    "delivered": ["delivered", "DELIVRD"],
    "failed": ["undelivered", "failed", "UNDELIV", "REJECTD", "EXPIRED"],
}


def address(message_id: str) -> str:
    """Where the provider reports on the text with this Message-ID."""
    bare = message_id.strip("<>").partition("@")[0]
    return settings.SITE_URL + reverse("sms-report", args=[_signer().sign(bare)])


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT)


def by_twilio() -> bool:
    return settings.SMS_BACKEND == "bookings.messages.sms.Twilio"


def is_twilios(signature: str, url: str, fields: Mapping[str, str]) -> bool:
    """Whether Twilio sent it: HMAC-SHA1 of the address and all fields in order, under the auth token.

    Without a token anybody could sign.
    """
    said = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    key = str(settings.SMS_HTTP.get("password") or "").encode()
    right = base64.b64encode(
        hmac.new(key, said.encode("utf-8", "replace"), hashlib.sha1).digest()
    ).decode()
    return bool(key) and hmac.compare_digest(right.encode(), signature.encode("utf-8", "replace"))


def receive(token: str, fields: Mapping[str, Any], *, now: datetime) -> bool:
    """Record the outcome on the text; False where the address was not ours.

    A status on the way ("sent", say) changes nothing. One that did not arrive is told to the desk.
    """
    try:
        bare = _signer().unsign(token)
    except signing.BadSignature:
        return False
    how: dict[str, Any] = TWILIO if by_twilio() else USUAL | settings.SMS_HTTP.get("report", {})
    status = str(fields.get(how["field"], ""))
    outcome = next((name for name in ("delivered", "failed") if status in how[name]), "")
    if outcome:
        whole = f"{bare}@{settings.POST_OFFICE['MESSAGE_ID_FQDN']}"
        bounces.mark(outcome, message_id=whole, recipient="", reason="", now=now)
    return True
