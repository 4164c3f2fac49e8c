"""Who else has this request open: each browser reports it a few times a minute.

The rows are Wagtail's own `EditingSession`s. This is a courtesy; the version guard is the safety.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST
from wagtail.admin.models import EditingSession

from bookings.models import ConsultationRequest
from bookings.staff.requests.detail import load

SEEN_WITHIN = timedelta(seconds=45)
"""Three beats of the script: a browser that was closed is forgotten after that."""


def others(consultation: ConsultationRequest, user: Any, *, now: datetime) -> list[Any]:
    """Colleagues whose browser has shown this request within the last three beats."""
    rows = _sessions(consultation).filter(last_seen_at__gt=now - SEEN_WITHIN).exclude(user=user)
    return [row.user for row in rows.select_related("user").order_by("pk")]


def _sessions(consultation: ConsultationRequest) -> Any:
    kind = ContentType.objects.get_for_model(ConsultationRequest)
    return EditingSession.objects.filter(content_type=kind, object_id=str(consultation.pk))


@require_POST
def presence(request: HttpRequest, reference: str) -> HttpResponse:
    """Record that this browser still shows the request; answer with who else does, as HTML."""
    consultation = load(request, reference)
    now = timezone.now()
    EditingSession.objects.stale().delete()
    if not _sessions(consultation).filter(user=request.user).update(last_seen_at=now):
        EditingSession.objects.create(
            user=request.user,
            content_type=ContentType.objects.get_for_model(ConsultationRequest),
            object_id=str(consultation.pk),
            last_seen_at=now,
            is_editing=True,
        )
    context = {"others": others(consultation, request.user, now=now)}
    return render(request, "bookings/staff/_presence.html", context)
