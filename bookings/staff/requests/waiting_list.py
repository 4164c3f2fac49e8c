"""The waiting list: freed times, each with the patients who could take it, and all who wait."""

from __future__ import annotations

from collections.abc import Sequence
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
from wagtail.admin.paginator import WagtailPaginator

from bookings.models import Location
from bookings.permissions import can_triage
from bookings.schedule.waiting_list import WaitingList, waiting_locations

NEXT_TIMES = 2
AT_ONCE = 50
"""People on a page."""
FREED_SHOWN = 20
MATCHES_SHOWN = 5


@require_safe
def waiting_list(request: HttpRequest) -> HttpResponse:
    if not can_triage(request.user):
        raise PermissionDenied
    now = timezone.now()
    places = list(Location.objects.filter(pk__in=waiting_locations()))
    location = _chosen(places, request.GET.get("location", ""))
    waiting = WaitingList(now=now, location=location)
    page = WagtailPaginator(waiting.requests, AT_ONCE).get_page(request.GET.get("p"))
    context = {
        "locations": places,
        "location": location,
        "freed": waiting.freed(FREED_SHOWN),
        "shown": MATCHES_SHOWN,
        "page": page,
        "elided_page_range": page.paginator.get_elided_page_range(page.number),
        "people": [
            (consultation, list(islice(waiting.suiting(consultation), NEXT_TIMES)))
            for consultation in page
        ],
        "here": request.get_full_path(),
        "now": now,
        "header_title": _("Waiting list"),
        "header_icon": "list-ul",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": "", "label": _("Waiting list")},
        ],
    }
    return render(request, "bookings/staff/waiting_list.html", context)


def _chosen(places: Sequence[Location], pk: str) -> Location | None:
    """The one in the address; else the first: the list is read at one desk. None where nobody waits."""
    return next((place for place in places if str(place.pk) == pk), places[0] if places else None)


class WaitingMenuItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return can_triage(request.user)
