"""The waiting list: freed times, each with the patients who could take it, and all who wait."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.admin.menu import MenuItem

from bookings.permissions import can_triage
from bookings.schedule.waiting_list import WaitingList

NEXT_TIMES = 2
MATCHES_SHOWN = 5


@require_safe
def waiting_list(request: HttpRequest) -> HttpResponse:
    if not can_triage(request.user):
        raise PermissionDenied
    now = timezone.now()
    waiting = WaitingList(now=now)
    context = {
        "freed": waiting.freed(),
        "shown": MATCHES_SHOWN,
        "people": [
            (consultation, list(islice(waiting.suiting(consultation), NEXT_TIMES)))
            for consultation in waiting.requests
        ],
        "here": reverse("desk:waiting_list"),
        "now": now,
        "header_title": _("Waiting list"),
        "header_icon": "list-ul",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": "", "label": _("Waiting list")},
        ],
    }
    return render(request, "bookings/staff/waiting_list.html", context)


class WaitingMenuItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return can_triage(request.user)
