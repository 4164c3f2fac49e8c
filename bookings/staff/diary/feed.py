"""A practitioner's own calendar feed: make its address, revoke it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from bookings.models import Resource
from bookings.permissions import can_read_requests
from bookings.schedule import feeds


def own_diary(request: HttpRequest) -> Resource:
    practitioner = getattr(request.user, "practitioner", None)
    if not (can_read_requests(request.user) and practitioner):
        raise PermissionDenied
    resource: Resource = practitioner.resource
    return resource


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def calendar_feed(request: HttpRequest) -> HttpResponse:
    """The address is shown once, in the response to the POST that made it; only its hash is stored."""
    resource = own_diary(request)
    address = ""
    if request.method == "POST" and request.POST.get("action") == "revoke":
        feeds.revoke(resource)
        messages.success(request, _("The address no longer works."))
        return redirect("desk:calendar_feed")
    if request.method == "POST":
        address = feeds.make(resource, now=timezone.now())
    context = {
        "feed": feeds.of_person(resource).first(),
        "address": address,
        "header_title": _("Calendar feed"),
        "header_icon": "calendar-alt",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("desk:diary"), "label": _("Diary")},
            {"url": "", "label": _("Calendar feed")},
        ],
    }
    return render(request, "bookings/staff/calendar_feed.html", context)
