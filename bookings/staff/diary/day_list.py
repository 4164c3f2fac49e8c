"""The diary as a list: a day or a week, by practitioner and by room. Prints as a day sheet."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.admin.widgets.button import HeaderButton

from bookings import clock
from bookings.enums import AppointmentStatus, ExceptionKind, ResourceKind
from bookings.models import Appointment, DateException, Event, Location, Resource
from bookings.permissions import can_read_requests, can_record_visit, can_triage
from bookings.schedule import availability
from bookings.schedule.local_time import DAY
from bookings.staff.diary.rows import DiaryRows


@dataclass
class Line:
    """One visit or hold, and what may be recorded about it now.

    `gone`: the event by which a booked visit was cancelled or moved away today; nothing holds its time.
    """

    visit: Appointment
    gone: Event | None = None
    can_arrive: bool = False
    can_fulfil: bool = False
    can_noshow: bool = False


@dataclass
class Column:
    """One person or room on one day."""

    resource: Resource
    hours: list[tuple[datetime, datetime]] = field(default_factory=list)
    closures: list[DateException] = field(default_factory=list)
    openings: list[DateException] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    elsewhere: list[Appointment] = field(default_factory=list)
    """The person's visits at other locations."""


@dataclass
class Day:
    date: date
    people: list[Column]
    rooms: list[Column]

    @property
    def empty(self) -> bool:
        return not any(
            c.lines or c.hours or c.closures or c.openings or c.elsewhere
            for c in self.people + self.rooms
        )


class DayList:
    """Some local days at one location.

    A visit that was cancelled or moved away today stays in sight until the day is over.
    """

    def __init__(self, rows: DiaryRows, location: Location) -> None:
        self.location = location
        self.resources = rows.resources_at(location)
        people = {resource.pk for resource in self.resources}
        self.hours, self.ways = rows.hours_at(location), rows.ways_from(location)
        exceptions = rows.exceptions_at(location, people)
        self.closures = [one for one in exceptions if one.kind == ExceptionKind.CLOSED]
        self.openings = [one for one in exceptions if one.kind == ExceptionKind.OPEN]
        self.elsewhere = rows.visits_elsewhere(location, people)
        visits = rows.visits_at(location, rows.visits)
        self.lines = [line_of(visit, user=rows.user, now=rows.now) for visit in visits]
        gone = rows.visits_at(location, rows.gone)
        self.lines += [Line(visit, gone=_last(visit)) for visit in gone]
        self.lines.sort(key=lambda line: (line.visit.start, line.visit.pk))
        self._by_day: dict[tuple[int, date], list[Line]] = defaultdict(list)
        for line in self.lines:
            for pk in line.visit.resources:
                day = line.visit.start.astimezone(location.zone).date()
                self._by_day[pk, day].append(line)
        self.days = [self._day(rows.first + DAY * offset) for offset in range(rows.days)]

    def _day(self, day: date) -> Day:
        zone = self.location.zone
        start = availability.instant(day, time.min, zone)
        end = availability.instant(day + DAY, time.min, zone)
        columns = [self._column(resource, day, start, end) for resource in self.resources]
        people = [c for c in columns if c.resource.kind == ResourceKind.PRACTITIONER]
        return Day(day, people, [c for c in columns if c.resource.kind == ResourceKind.ROOM])

    def _column(self, resource: Resource, day: date, start: datetime, end: datetime) -> Column:
        own = [row for row in self.hours if row.resource_id == resource.pk]
        return Column(
            resource,
            hours=sorted(availability.ranges_of_day(own, day, self.location.zone)),
            closures=_touching(self.closures, resource, start, end),
            openings=_touching(self.openings, resource, start, end),
            lines=self._by_day[resource.pk, day],
            elsewhere=[
                visit
                for visit in self.elsewhere
                if visit.practitioner_id == resource.pk and visit.start < end and visit.end > start
            ],
        )


def _touching(
    exceptions: list[DateException], resource: Resource, start: datetime, end: datetime
) -> list[DateException]:
    return [
        one
        for one in exceptions
        if one.resource_id in (None, resource.pk) and one.start < end and one.end > start
    ]


def _last(visit: Appointment) -> Event | None:
    endings: list[Event] = visit.request.endings  # type: ignore[attr-defined]  # prefetched
    own = [event for event in endings if event.appointment_id == visit.pk]
    found = own or endings
    return found[-1] if found else None


def line_of(visit: Appointment, *, user: Any, now: datetime) -> Line:
    """The visit, with what this user may record about it at `now`."""
    may = can_record_visit(user, visit)
    begun = visit.start <= now
    booked = visit.status == AppointmentStatus.BOOKED
    return Line(
        visit,
        can_arrive=may and booked and visit.day_has_come(now),
        can_fulfil=may and begun and visit.status == AppointmentStatus.ARRIVED,
        can_noshow=may and begun and booked,
    )


def chosen_day(text: str, today: date) -> date:
    """The day in the address; anything that is none, or of another century, is today."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if clock.is_of_our_time(day) else today


def header_buttons(user: Any) -> list[HeaderButton]:
    if not can_triage(user):
        return []
    url = reverse("desk:book_for")
    return [HeaderButton(_("Book for someone"), url=url, icon_name="plus")]


@require_safe
def diary(request: HttpRequest) -> HttpResponse:
    if not can_read_requests(request.user):
        raise PermissionDenied
    now = timezone.now()
    locations = list(Location.objects.order_by("-active", "name"))
    wanted = request.GET.get("location", "")
    location = next((place for place in locations if str(place.pk) == wanted), None)
    location = location or (locations[0] if locations else None)
    context: dict[str, Any] = {
        "header_title": _("Diary"),
        "header_icon": "calendar-alt",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": "", "label": _("Diary")},
        ],
        "location": location,
        "locations": locations,
        "several_zones": len({place.time_zone for place in locations if place.active}) > 1,
        "header_buttons": header_buttons(request.user),
        "may_answer": can_triage(request.user),
        "may_subscribe": hasattr(request.user, "practitioner"),
        "now": now,
    }
    if location:
        today = location.today(now)
        week = request.GET.get("span") == "week"
        day = chosen_day(request.GET.get("day", ""), today)
        first = day - DAY * day.weekday() if week else day
        step = DAY * (7 if week else 1)
        rows = DiaryRows([location], first, step.days, user=request.user, now=now)
        shown = DayList(rows, location)
        context |= {
            "days": shown.days,
            "week": week,
            "day": first,
            "today": today,
            "before": first - step,
            "after": first + step,
            "here": request.get_full_path(),
        }
    return render(request, "bookings/staff/diary.html", context)
