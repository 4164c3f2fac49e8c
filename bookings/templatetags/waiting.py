"""`{% waiting_matches consultation %}`: who waits for the time that this request gave back."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from bookings.enums import AppointmentStatus
from bookings.models import ConsultationRequest
from bookings.permissions import can_triage
from bookings.schedule.waiting_list import Freed, WaitingList

register = template.Library()
SHOWN = 5


@register.inclusion_tag("bookings/staff/_waiting_matches.html", takes_context=True)
def waiting_matches(context: dict[str, Any], consultation: ConsultationRequest) -> dict[str, Any]:
    request, now = context["request"], context["now"]
    freed: list[Freed] = []
    if can_triage(request.user):
        given_back = consultation.appointments.filter(
            status=AppointmentStatus.CANCELLED, start__gt=now
        )
        waiting = WaitingList(now=now)
        for row in given_back.select_related("practitioner", "location").order_by("start")[:3]:
            if matches := waiting.matches(row):
                freed.append(Freed(row, matches))
    return {
        "freed": freed,
        "shown": SHOWN,
        "here": reverse("desk:request", args=[consultation.reference]),
        "request": request,
        "csrf_token": context.get("csrf_token"),
    }
