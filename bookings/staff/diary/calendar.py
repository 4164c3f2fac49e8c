"""The diary as a calendar: a column for each person and room of a day, or for each day of a week.

The page is whole without a script; calendar.js places what is in it by the clock. A drag fills in the
form of `move` and asks first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bookings.enums import ResourceKind
from bookings.models import Location, Resource, Service
from bookings.permissions import can_read_requests, can_triage
from bookings.schedule.local_time import DAY
from bookings.staff.diary.day_list import DayList, chosen_day, header_buttons
from bookings.staff.diary.grid import Grid, drawn_hours
from bookings.staff.diary.rows import DiaryRows


@dataclass(frozen=True)
class Chosen:
    """What the address says: the locations shown, the one resource, the first day, day or week."""

    locations: list[Location]
    everywhere: list[Location]
    resource: Resource | None
    day: date
    today: date
    week: bool

    @property
    def location(self) -> Location | None:
        """The one that is shown; None where several are side by side."""
        return self.locations[0] if len(self.locations) == 1 else None

    @property
    def first(self) -> date:
        return self.day - DAY * self.day.weekday() if self.week else self.day

    @property
    def days(self) -> int:
        return 7 if self.week else 1

    def link(self, day: date, **changes: str) -> str:
        """The same calendar on another day."""
        query = {
            "location": str(self.location.pk) if self.location else "",
            "who": str(self.resource.pk) if self.resource else "",
            "span": "week" if self.week else "",
            "day": str(day),
        }
        return f"{reverse('desk:calendar')}?{urlencode(query | changes)}"


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    if not can_read_requests(request.user):
        raise PermissionDenied
    now = timezone.now()
    people = seen_by(request.user)
    chosen = read(request.GET, people, now=now)
    grid = columns_of(chosen, request.user, now=now)
    first, last = drawn_hours(chosen.locations, grid.columns, chosen.today)
    context = {
        "chosen": chosen,
        "now": now,
        "columns": grid.columns,
        "several_places": len(chosen.everywhere) > 1,
        "several_zones": len({place.time_zone for place in chosen.everywhere}) > 1,
        "people": people,
        "practitioners": [p for p in people if p.kind == ResourceKind.PRACTITIONER],
        "hours": range(first, last + 1),
        "first": first * 60,
        "last": last * 60,
        "may_answer": can_triage(request.user),
        "links": {
            "before": chosen.link(chosen.first - DAY * chosen.days),
            "after": chosen.link(chosen.first + DAY * chosen.days),
            "today": chosen.link(chosen.today),
            "span": chosen.link(chosen.day, span="" if chosen.week else "week"),
            "here": chosen.link(chosen.day),
        },
        "header_buttons": header_buttons(request.user),
        "header_title": _("Calendar"),
        "header_icon": "calendar-alt",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("desk:diary"), "label": _("Diary")},
            {"url": "", "label": _("Calendar")},
        ],
    }
    return render(request, "bookings/staff/calendar.html", context)


def seen_by(user: Any) -> list[Resource]:
    """The people and rooms whose diary this user may see."""
    rows = Resource.objects.filter(active=True).select_related("location")
    rows = rows.prefetch_related("also_at")
    if not can_triage(user):
        rows = rows.filter(practitioner__user=user.pk)
    return list(rows.order_by("location__name", "kind", "name"))


def read(query: Any, people: list[Resource], *, now: datetime) -> Chosen:
    """Anything in the address that makes no sense counts as not said."""
    everywhere = list(Location.objects.order_by("-active", "name"))
    who = next((p for p in people if str(p.pk) == query.get("who", "")), None)
    one = next((p for p in everywhere if str(p.pk) == query.get("location", "")), None)
    if who and one and one not in who.places:
        who = None
    if who and len(who.places) == 1:
        one = who.location
    week = query.get("span") == "week"
    # A location without a person or room has no column, and is not read.
    theirs = {place.pk for person in ([who] if who else people) for place in person.places}
    shown = [one] if one else [p for p in everywhere if p.active and p.pk in theirs]
    if week or not shown:
        shown = shown[:1] or everywhere[:1]
    today = shown[0].today(now) if shown else now.date()
    day = chosen_day(query.get("day", ""), today)
    return Chosen(shown, everywhere, who, day, today, week)


def columns_of(chosen: Chosen, user: Any, *, now: datetime) -> Grid:
    """A week of everybody has a column for each day; everything else one for each person and room."""
    grid = Grid(now=now, may_book=can_triage(user), offered_by=offered_by())
    if not chosen.locations:
        return grid
    rows = DiaryRows(chosen.locations, chosen.first, chosen.days, user=user, now=now)
    for location in chosen.locations:
        shown = DayList(rows, location)
        for day in shown.days:
            if chosen.week and not chosen.resource:
                grid.add_everybody(shown, day)
            else:
                grid.add_day(shown, day, who=chosen.resource.pk if chosen.resource else None)
    return grid


def offered_by() -> dict[int, set[int]]:
    """Who offers each service, by ids."""
    found: dict[int, set[int]] = {}
    for service, person in Service.practitioners.through.objects.values_list(
        "service_id", "resource_id"
    ):
        found.setdefault(service, set()).add(person)
    return found
