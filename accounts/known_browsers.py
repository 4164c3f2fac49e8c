"""Browsers in which somebody has logged in before (OWASP: "device cookies").

The cookie opens nothing. It only lets a lockout tell the account's owner from strangers.
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

COOKIE = "known-browser"
SALT = "accounts.known-browser"
LIFETIME_SECONDS = 180 * 24 * 60 * 60


def mark(request: HttpRequest, name: str) -> str:
    """A random mark of this browser, if `name` has logged in with it; else empty."""
    try:
        value = request.get_signed_cookie(COOKIE, salt=SALT, max_age=LIFETIME_SECONDS)
        known, _, found = str(value).partition(":")
    except (KeyError, signing.BadSignature):
        return ""
    return found if known == code(name) else ""


def account_key(request: HttpRequest | None, username: str) -> str:
    """The account as somebody typed it, whether it exists or not; and the browser, if it is known."""
    name = username.strip().casefold()
    return f"{name}|{mark(request, name)}" if request else name


def remember(response: HttpResponse, name: str) -> HttpResponse:
    response.set_signed_cookie(
        COOKIE,
        f"{code(name.strip().casefold())}:{secrets.token_urlsafe(16)}",
        salt=SALT,
        max_age=LIFETIME_SECONDS,
        path="/admin/",
        httponly=True,
        samesite="Lax",
        secure=settings.PRODUCTION,
    )
    return response


def code(name: str) -> str:
    """What stands for a user name: a header takes Latin-1 alone, and a name may have any letter."""
    return salted_hmac(SALT, name, algorithm="sha256").hexdigest()[:32]
