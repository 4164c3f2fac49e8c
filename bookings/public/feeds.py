"""The address to which a practitioner's calendar subscribes."""

from __future__ import annotations

import hashlib

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from bookings.public.access import personal
from bookings.schedule import feeds


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
    file = feeds.file_of(resource, now=timezone.now())
    response = HttpResponse(file, content_type="text/calendar; charset=utf-8")
    etag = f'"{hashlib.sha256(file).hexdigest()[:32]}"'
    response["ETag"] = etag
    changed = feeds.last_changed(file)
    if changed:
        response["Last-Modified"] = http_date(changed.timestamp())
    return get_conditional_response(request, etag, None, response) or response
