"""The addresses to which a practitioner's calendar, and programs of their own, subscribe."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from bookings.models import Appointment
from bookings.public.access import personal
from bookings.schedule import feeds, ics


@personal
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The diary behind the secret. An unknown and a revoked secret look the same; nothing is written.

    A program that has the newest file gets 304. Only the ETag decides that: a visit that is gone, or a room
    with a new name, leaves no newer date behind.
    """
    resource = feeds.owner_of(token)
    if resource is None:
        raise Http404
    visits = feeds.visits_of(resource, now=timezone.now())
    return _answer(request, ics.feed(resource.name, visits), visits, "text/calendar; charset=utf-8")


@personal
@require_safe
def json_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The same visits as JSON (docs/webhooks.md), behind the same secret."""
    resource = feeds.owner_of(token)
    if resource is None:
        raise Http404
    visits = feeds.visits_of(resource, now=timezone.now())
    return _answer(request, feeds.as_json(visits), visits, "application/json")


def _answer(
    request: HttpRequest, file: bytes, visits: Sequence[Appointment], content_type: str
) -> HttpResponse:
    response = HttpResponse(file, content_type=content_type)
    etag = f'"{hashlib.sha256(file).hexdigest()[:32]}"'
    response["ETag"] = etag
    changed = feeds.last_changed(visits)
    if changed:
        response["Last-Modified"] = http_date(changed.timestamp())
    return get_conditional_response(request, etag, None, response) or response
