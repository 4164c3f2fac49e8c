"""Secrets and signatures of Standard Webhooks (https://www.standardwebhooks.com), version v1.

A secret is made of a random seed in the database and of SECRET_KEY, so a copy of the database alone signs
nothing. With another SECRET_KEY every endpoint needs a new secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

from django.utils.crypto import salted_hmac

from bookings.models import WebhookEndpoint

PREFIX = "whsec_"


def new_seed() -> str:
    return secrets.token_urlsafe(32)


def key_of(seed: str) -> bytes:
    """The 32 bytes with which both sides sign."""
    return salted_hmac("bookings.webhooks", seed, algorithm="sha256").digest()


def secret_of(seed: str) -> str:
    """What the owner copies into the other system."""
    return PREFIX + base64.b64encode(key_of(seed)).decode()


def headers(
    endpoint: WebhookEndpoint, message_id: str, body: bytes, *, now: datetime
) -> dict[str, str]:
    """What goes with a body that is sent at `now` (UTC), signed with each secret that counts then."""
    stamp = str(int(now.timestamp()))
    text = f"{message_id}.{stamp}.".encode() + body
    seeds = [endpoint.seed]
    if endpoint.earlier_until and endpoint.earlier_until > now:
        seeds.append(endpoint.earlier_seed)
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{_signature(seed, text)}" for seed in seeds),
    }


def _signature(seed: str, text: bytes) -> str:
    return base64.b64encode(hmac.digest(key_of(seed), text, hashlib.sha256)).decode()
