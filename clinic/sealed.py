"""Secrets that the site itself has to read again, such as the address of somebody's calendar.

They are stored encrypted with a key made of SECRET_KEY, so that no list, export or dump of the database
shows them. Under another SECRET_KEY they cannot be opened, and have to be typed again.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

PURPOSE = b"clinic.sealed"


class CannotOpen(Exception):
    """It was sealed under another SECRET_KEY."""


def seal(secret: str) -> str:
    """Another text each time."""
    return _box().encrypt(secret.encode()).decode()


def unseal(text: str) -> str:
    """Raises `CannotOpen`."""
    try:
        return _box().decrypt(text.encode()).decode()
    except InvalidToken:
        raise CannotOpen from None


def mark(secret: str) -> str:
    """The same for the same secret, in hex: to see that it is there already, without opening any."""
    return hmac.new(_key(), secret.encode(), hashlib.sha256).hexdigest()


def _box() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_key()))


def _key() -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), PURPOSE, hashlib.sha256).digest()
