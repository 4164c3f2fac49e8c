"""The diary as a calendar with drag and drop. Same rows as the list; a drag posts the move form."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bookings import clock
from bookings.enums import AppointmentStatus, ExceptionKind, RequestStatus, ResourceKind
from bookings.models import Appointment, DateException, Location, Resource, WeeklyHours
from bookings.permissions import can_read_requests, can_triage
from bookings.schedule import intervals
from bookings.schedule.local_time import instant
from bookings.staff.diary.day_list import Column, DayList, chosen_day
from bookings.templatetags.desk import wall

LONGEST = 42
"""Days in one answer: six weeks, as a month is drawn."""
HOURS = 7, 21
"""The hours shown of a day where nobody has weekly hours."""


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
    first, last = drawn_hours(location, today)
    context = {
        "location": location,
        "locations": locations,
        "people": list(people.order_by("kind", "name")),
        "practitioners": [p for p in people if p.kind == ResourceKind.PRACTITIONER],
        "day": chosen_day(request.GET.get("day", ""), today),
        "first": first,
        "last": last,
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


def drawn_hours(location: Location | None, today: date) -> tuple[int, int]:
    """The first and last hour shown of a day: the working hours and an hour on either side."""
    people = Resource.objects.filter(location=location, active=True)
    rows = WeeklyHours.objects.filter(resource__in=people).exclude(valid_to__lt=today)
    worked = list(rows.order_by().values_list("start", "end"))
    if not worked:
        return HOURS
    if any(end <= start for start, end in worked):
        return 0, 24  # through the night
    first = min(start.hour for start, _end in worked)
    last = max(end.hour + bool(end.minute) for _start, end in worked)
    return max(first - 1, 0), min(last + 1, 24)


@require_safe
def calendar_rows(request: HttpRequest, pk: int) -> JsonResponse:
    """The rows of a location's diary from `start` to `end`, in its local time.

    `who` limits them to one person or room.
    """
    if not can_read_requests(request.user):
        raise PermissionDenied
    location = get_object_or_404(Location, pk=pk)
    now = timezone.now()
    first = _day(request.GET.get("start", ""))
    last = _day(request.GET.get("end", ""))
    if first is None or last is None or not 0 < (last - first).days <= LONGEST:
        return JsonResponse({"error": _("Enter a day of this century.")}, status=400)
    shown = DayList(location, first, (last - first).days, user=request.user, now=now)
    who = request.GET.get("who", "")
    rows = _outside(shown, first, last, who)
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


def _outside(shown: DayList, first: date, last: date, who: str) -> list[dict[str, Any]]:
    """When none of the practitioners who are shown works. A room has no hours of its own."""
    people = [c for day in shown.days for c in day.people if who in ("", str(c.resource.pk))]
    if not people:
        return []
    location = shown.location
    start, end = (instant(day, time.min, location.zone) for day in (first, last))
    openings = DateException.objects.filter(
        location=location, kind=ExceptionKind.OPEN, start__lt=end, end__gt=start
    )
    whose = {None, *(c.resource.pk for c in people)}
    worked = [hours for c in people for hours in c.hours]
    worked += [(o.start, o.end) for o in openings if o.resource_id in whose]
    gaps = intervals.subtract([(start, end)], worked)
    return [_ground(start, end, location, "outside") for start, end in gaps]


def _column(
    column: Column, location: Location, user: Any, now: datetime, *, alone: bool
) -> list[dict[str, Any]]:
    rows = [
        _ground(c.start, c.end, location, "closed", c.reason or _("Closed"))
        for c in column.closures
        if alone or c.resource_id is None
    ]
    for line in column.lines:
        if line.gone:
            continue  # only the list shows what is no longer there
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
    consultation = visit.request
    movable = (
        may_move
        and visit.status == AppointmentStatus.BOOKED
        and consultation.status == RequestStatus.CONFIRMED
        and visit.start > now
    )
    return {
        "id": str(visit.pk),
        "title": consultation.name,
        "start": wall(visit.start, location),
        "end": wall(visit.end, location),
        "url": reverse("desk:request", args=[consultation.reference]),
        "editable": movable,
        "classNames": [f"desk-cal-{visit.status}"],
        "extendedProps": {
            "who": visit.practitioner.name,
            "state": visit.get_status_display(),
            "reference": consultation.reference,
            "version": consultation.version,
            "practitioner": visit.practitioner_id,
            "move": reverse("desk:move", args=[consultation.reference]),
        },
    }
