"""The diary as a calendar to drag in. The same rows as the list; a move is the same POST as its form."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bookings import clock
from bookings.enums import AppointmentStatus, RequestStatus, ResourceKind
from bookings.models import Appointment, Location, Resource
from bookings.permissions import can_read_requests, can_triage
from bookings.staff.diary import Column, Diary, chosen_day
from bookings.templatetags.desk import wall

LONGEST = 42
"""Days in one answer: six weeks, as a month is drawn."""


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    if not can_read_requests(request.user):
        raise PermissionDenied
    now = timezone.now()
    locations = list(Location.objects.order_by("-active", "name"))
    wanted = request.GET.get("location", "")
    location = next((p for p in locations if str(p.pk) == wanted), next(iter(locations), None))
    people = Resource.objects.filter(location=location, active=True)
    if not can_triage(request.user):
        people = people.filter(practitioner__user=request.user.pk)
    today = location.today(now) if location else now.date()
    context = {
        "location": location,
        "locations": locations,
        "people": list(people.order_by("kind", "name")),
        "practitioners": [p for p in people if p.kind == ResourceKind.PRACTITIONER],
        "day": chosen_day(request.GET.get("day", ""), today),
        "now": now,
        "header_title": _("Calendar"),
        "header_icon": "calendar-alt",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("desk:diary"), "label": _("Diary")},
            {"url": "", "label": _("Calendar")},
        ],
    }
    return render(request, "bookings/staff/calendar.html", context)


@require_safe
def calendar_rows(request: HttpRequest, pk: int) -> JsonResponse:
    """What stands in the diary of a location from `start` to `end`, on its wall clock.

    `who` leaves one person's or room's.
    """
    if not can_read_requests(request.user):
        raise PermissionDenied
    location = get_object_or_404(Location, pk=pk)
    now = timezone.now()
    first = _day(request.GET.get("start", ""))
    last = _day(request.GET.get("end", ""))
    if first is None or last is None or not 0 < (last - first).days <= LONGEST:
        return JsonResponse({"error": _("Enter a day of this century.")}, status=400)
    shown = Diary(location, first, (last - first).days, user=request.user, now=now)
    who = request.GET.get("who", "")
    rows: list[dict[str, Any]] = []
    for day in shown.days:
        columns = day.people + (day.rooms if who else [])
        for column in columns:
            if who in ("", str(column.resource.pk)):
                rows += _column(column, location, request.user, now, alone=bool(who))
    return JsonResponse(rows, safe=False)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return day if clock.is_of_our_time(day) else None


def _column(
    column: Column, location: Location, user: Any, now: datetime, *, alone: bool
) -> list[dict[str, Any]]:
    rows = [_ground(start, end, location, "hours") for start, end in column.hours if alone]
    rows += [
        _ground(c.start, c.end, location, "closed", c.reason or _("Closed"))
        for c in column.closures
        if alone or c.resource_id is None
    ]
    for line in column.lines:
        visit = line.visit
        rows.append(_visit(visit, location, now, may_move=can_triage(user)))
        for start, end in ((visit.busy_start, visit.start), (visit.end, visit.busy_end)):
            if alone and end - start >= timedelta(minutes=5):
                rows.append(_ground(start, end, location, "buffer"))
    return rows


def _ground(
    start: datetime, end: datetime, location: Location, name: str, title: str = ""
) -> dict[str, Any]:
    return {
        "start": wall(start, location),
        "end": wall(end, location),
        "title": title,
        "display": "background",
        "classNames": [f"desk-cal-{name}"],
    }


def _visit(
    visit: Appointment, location: Location, now: datetime, *, may_move: bool
) -> dict[str, Any]:
    asked = visit.request
    movable = (
        may_move
        and visit.status == AppointmentStatus.BOOKED
        and asked.status == RequestStatus.CONFIRMED
        and visit.start > now
    )
    return {
        "id": str(visit.pk),
        "title": asked.name,
        "start": wall(visit.start, location),
        "end": wall(visit.end, location),
        "url": reverse("desk:request", args=[asked.reference]),
        "editable": movable,
        "classNames": [f"desk-cal-{visit.status}"],
        "extendedProps": {
            "who": visit.practitioner.name,
            "state": visit.get_status_display(),
            "reference": asked.reference,
            "version": asked.version,
            "practitioner": visit.practitioner_id,
            "move": reverse("desk:move", args=[asked.reference]),
        },
    }
