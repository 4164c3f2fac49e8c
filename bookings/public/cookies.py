"""Cookies that stand beside each other: one for each request opened or being written in a browser.

One cookie for all of them would make two tabs act on each other's request.
"""

from __future__ import annotations

import re
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

MOST = 10
"""How many of a kind one browser holds; the oldest make room."""


def held(request: HttpRequest, prefix: str) -> list[str]:
    """The names of this kind that the browser sent: oldest first (RFC 6265, 5.4)."""
    ours = re.compile(re.escape(prefix) + r"[A-Za-z0-9_-]{1,20}")
    return [name for name in request.COOKIES if ours.fullmatch(name)]


def put(
    request: HttpRequest,
    response: HttpResponse,
    prefix: str,
    name: str,
    value: str,
    max_age: timedelta | None = None,
) -> None:
    """Set the cookie `prefix` + `name`. Without `max_age` it ends with the visit."""
    response.set_cookie(
        prefix + name,
        value,
        max_age=max_age,
        path="/",  # the pages also stand below /es/
        httponly=True,
        samesite="Lax",
        secure=settings.PRODUCTION,
    )
    others = [other for other in held(request, prefix) if other != prefix + name]
    drop(response, others[: max(0, len(others) + 1 - MOST)])


def drop(response: HttpResponse, names: list[str]) -> None:
    """Take cookies back."""
    for name in names:
        response.set_cookie(
            name,
            max_age=0,
            path="/",
            httponly=True,
            samesite="Lax",
            secure=settings.PRODUCTION,
        )
