"""Answers while they are being given: kept in the database for a day, each request by itself.

The address names the draft and a cookie of its own holds its secret: without either nobody sees the
answers, and two tabs never mix. Not in Django's session: patient data stays in bookings' own tables, and
a logout or an expired session loses nothing.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from bookings.models import Draft
from bookings.models.access import digest
from bookings.public import cookies
from clinic.prepared import insert_one, prepared, update

COOKIE = f"{settings.COOKIE_PREFIX}draft-"
"""Followed by the draft's key, which stands in the address."""
LIFETIME = timedelta(days=1)
PAUSE = timedelta(hours=1)
"""A visitor who was away for longer is told that the answers were kept."""


def load(request: HttpRequest, key: str) -> Draft | None:
    """The request being written, or just sent, that this browser began under this key."""
    secret = request.COOKIES.get(COOKIE + key, "")
    if not secret:
        return None
    draft = next(iter(_current(_digest(key, secret), timezone.now())), None)
    if draft:
        draft.key = key
    return draft


@prepared
def _current(digest: str, now: datetime) -> QuerySet[Draft]:
    return Draft.objects.filter(digest=digest, expires_at__gt=now)


def _digest(key: str, secret: str) -> str:
    return digest(f"{key}.{secret}")


def begun(request: HttpRequest, *, now: datetime) -> Draft | None:
    """The newest unfinished one of this browser, unless its visitor has been away for long."""
    for name in reversed(cookies.held(request, COOKIE)[-cookies.MOST :]):
        draft = load(request, name.removeprefix(COOKIE))
        if draft and not draft.request_id and not was_paused(draft, now=now):
            return draft
    return None


def was_paused(draft: Draft, *, now: datetime) -> bool:
    """Whether its last answer is more than an hour old."""
    return now > draft.expires_at - LIFETIME + PAUSE


def start() -> tuple[Draft, str]:
    """A new draft, not saved yet, and the secret that opens it again together with its key."""
    key, secret = secrets.token_urlsafe(12), secrets.token_urlsafe(32)
    draft = Draft(
        digest=_digest(key, secret),
        idempotency_key=secrets.token_urlsafe(32),
        created_at=timezone.now(),
    )
    draft.key = key
    return draft, secret


def save(
    request: HttpRequest,
    response: HttpResponse,
    draft: Draft,
    secret: str = "",
    /,
    **answers: dict[str, Any],
) -> HttpResponse:
    """Keep a step's answers for another day, and the cookie with them."""
    draft.answers = draft.answers | answers
    draft.expires_at = timezone.now() + LIFETIME
    if draft.pk:
        kept = {
            "answers": draft.answers,
            "expires_at": draft.expires_at,
            "request": draft.request_id,
        }
        update(Draft, kept, id=draft.pk)
    else:
        insert_one(draft)
    secret = secret or request.COOKIES[COOKIE + draft.key]
    cookies.put(request, response, COOKIE, draft.key, secret)
    return response


def discard(request: HttpRequest, response: HttpResponse, keys: list[str]) -> HttpResponse:
    """Delete these unfinished requests of this browser, and its cookies for them."""
    found = [load(request, key) for key in keys]
    Draft.objects.filter(pk__in=[draft.pk for draft in found if draft]).delete()
    cookies.drop(response, [COOKIE + key for key in keys])
    return response


def keys(request: HttpRequest) -> list[str]:
    """Of every draft that this browser has."""
    return [name.removeprefix(COOKIE) for name in cookies.held(request, COOKIE)]
