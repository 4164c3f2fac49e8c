"""The visits of today: for the desk all by time, for a practitioner their own, the next one large."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from wagtail.admin.ui.components import Component

from bookings.enums import AppointmentStatus, Verb
from bookings.models import Appointment, Event, Location
from bookings.permissions import can_triage
from bookings.schedule.local_time import DAY, instant
from bookings.staff.diary.day_list import line_of
from bookings.staff.requests import queries

SHOWN = 60
OF_TODAY = [
    *(AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED),
    *(AppointmentStatus.FULFILLED, AppointmentStatus.NOSHOW),
]


def on_day(locations: list[Location], *, now: datetime, days: int = 0) -> Q:
    """Appointments that begin on a local day of each location: today, or so many days later."""
    found = Q(pk__in=[])
    for location in locations:
        day = location.today(now) + DAY * days
        first, end = (instant(d, time.min, location.zone) for d in (day, day + DAY))
        found |= Q(location=location, start__gte=first, start__lt=end)
    return found


def has_several_zones(locations: list[Location]) -> bool:
    return len({place.time_zone for place in locations if place.active}) > 1


class TodayPanel(Component):
    """For whoever runs the day: every visit of today, and who has not said that they come tomorrow."""

    name = "today"
    template_name = "bookings/staff/_today_panel.html"
    order = 12

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        request, now = parent_context["request"], timezone.now()
        locations = list(Location.objects.order_by("name"))
        visits = (
            Appointment.objects.filter(on_day(locations, now=now), status__in=OF_TODAY)
            .select_related(
                "request", "practitioner", "room", "location", "service", "booked_anyway"
            )
            .order_by("start", "practitioner__name")[:SHOWN]
        )
        return {
            "lines": [line_of(visit, user=request.user, now=now) for visit in visits],
            "several_places": len(locations) > 1,
            "several_zones": has_several_zones(locations),
            "unanswered": _silent_for_tomorrow(locations, now),
            "now": now,
            "request": request,
            "csrf_token": parent_context.get("csrf_token"),
        }


def _silent_for_tomorrow(locations: list[Location], now: datetime) -> list[Appointment]:
    """Tomorrow's visits of patients who have not said that they are coming."""
    said = Event.objects.filter(appointment=OuterRef("pk"), verb=Verb.COME)
    rows = Appointment.objects.filter(
        on_day(locations, now=now, days=1), ~Exists(said), status=AppointmentStatus.BOOKED
    )
    return list(rows.select_related("request", "location").order_by("start")[:SHOWN])


class OwnDayPanel(Component):
    """For a practitioner: their visits of today, and what is known about the next one."""

    name = "own-day"
    template_name = "bookings/staff/_own_day_panel.html"
    order = 8

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        request, now = parent_context["request"], timezone.now()
        locations = list(Location.objects.order_by("name"))
        own = Appointment.objects.filter(
            practitioner__practitioner__user=request.user, status__in=OF_TODAY
        ).select_related("request", "practitioner", "room", "location", "service", "booked_anyway")
        today = list(own.filter(on_day(locations, now=now)).order_by("start")[:SHOWN])
        ahead = own.filter(status=AppointmentStatus.BOOKED, end__gt=now).order_by("start")
        here = [v for v in today if v.status == AppointmentStatus.ARRIVED and v.end > now]
        following = here[0] if here else ahead.first()
        return {
            "lines": [
                line_of(visit, user=request.user, now=now) for visit in today if visit != following
            ],
            "next": following and line_of(following, user=request.user, now=now),
            "answers": list(following.request.answers.all()) if following else [],
            "assigned": _assigned(request.user),
            "several_zones": has_several_zones(locations),
            "now": now,
            "request": request,
            "csrf_token": parent_context.get("csrf_token"),
        }


def _assigned(user: Any) -> list[Any]:
    """Requests that the desk has given to somebody who cannot answer them: to give advice on."""
    if can_triage(user):
        return []
    return list(queries.visible_to(user).needing_answer().filter(assigned_to=user)[:10])
