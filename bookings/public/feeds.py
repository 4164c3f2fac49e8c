"""The address to which a practitioner's calendar subscribes."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from bookings.public.access import personal
from bookings.schedule import feeds


@personal
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The diary behind the secret. Unknown and taken back look the same; nothing is written."""
    resource = feeds.owner_of(token)
    if resource is None:
        raise Http404
    file = feeds.file_of(resource, now=timezone.now())
    return HttpResponse(file, content_type="text/calendar; charset=utf-8")
