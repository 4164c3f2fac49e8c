"""Answers while they are being given: kept in the database for an hour, under a secret cookie.

Not in Django's session: patient data stays in bookings' own tables, and a logout or an expired
session loses nothing.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from bookings.models import Draft
from bookings.models.access import digest

COOKIE = f"{settings.COOKIE_PREFIX}draft"
LIFETIME = timedelta(hours=1)


# Asked on every page: a queryset that is built anew each time takes longer than the query itself.
FIND = "SELECT * FROM bookings_draft WHERE digest = %s"


def load(request: HttpRequest) -> Draft | None:
    """The visitor's unfinished request, or the one just sent."""
    token = request.COOKIES.get(COOKIE, "")
    if not token:
        return None
    drafts = Draft.objects.raw(FIND, [digest(token)])
    draft = next(iter(drafts), None)
    return draft if draft and draft.expires_at > timezone.now() else None


def start() -> tuple[Draft, str]:
    """A new draft, not saved yet, and the secret that finds it again."""
    token = secrets.token_urlsafe(32)
    draft = Draft(
        digest=digest(token),
        idempotency_key=secrets.token_urlsafe(32),
        created_at=timezone.now(),
    )
    return draft, token


def save(
    request: HttpRequest,
    response: HttpResponse,
    draft: Draft,
    token: str = "",
    /,
    **answers: dict[str, Any],
) -> HttpResponse:
    """Keep a step's answers for another hour, and the cookie with them."""
    draft.answers = draft.answers | answers
    draft.expires_at = timezone.now() + LIFETIME
    draft.save()
    response.set_cookie(
        COOKIE,
        token or request.COOKIES[COOKIE],
        max_age=LIFETIME,
        path="/",  # the questions stand below /book/ and, in Spanish, /es/book/,
        httponly=True,
        samesite="Lax",
        secure=settings.PRODUCTION,
    )
    return response
