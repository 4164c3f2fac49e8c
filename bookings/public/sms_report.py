"""The provider of text messages says whether one arrived."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from bookings.messages import sms_reports


@csrf_exempt
@never_cache
@require_POST
def sms_report(request: HttpRequest, token: str) -> HttpResponse:
    """A form or JSON, as the provider likes. The secret in the address says which text."""
    fields = _fields(request)
    signature = request.headers.get("X-Twilio-Signature", "")
    url = settings.SITE_URL + request.get_full_path()
    if sms_reports.by_twilio() and not sms_reports.is_twilios(signature, url, fields):
        return HttpResponse(status=403)
    known = sms_reports.receive(token, fields, now=timezone.now())
    return HttpResponse(status=204 if known else 404)


def _fields(request: HttpRequest) -> dict[str, Any]:
    if request.content_type != "application/json":
        return {name: request.POST[name] for name in request.POST}
    try:
        found = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
