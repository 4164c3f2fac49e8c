"""The days of a plan as a calendar file (RFC 5545). It says nothing of exercises, health or the clinic."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from plans.models import Plan

NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def days(plan: Plan, *, now: datetime, url: str) -> bytes:
    """One entry that is repeated on every weekday of the plan until its last day; free, not busy."""
    calendar = Calendar()
    calendar.add("prodid", "-//clinic-site//plans//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    weekdays = sorted({day for row in plan.exercises.all() for day in row.days})
    event = Event()
    event.add("uid", f"days-{plan.pk}@clinic")
    event.add("sequence", plan.version)
    event.add("dtstamp", now)
    event.add("dtstart", _first(plan, weekdays, now))
    event.add(
        "rrule", {"freq": "weekly", "byday": [NAMES[day] for day in weekdays], "until": plan.until}
    )
    event.add("summary", _("Time for yourself"))
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    event.add("url", settings.SITE_URL + url)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _first(plan: Plan, weekdays: list[int], now: datetime) -> date:
    """The first day of the plan from today on, or its first at all once it is over."""
    today = plan.request.location.today(now)
    start = max(plan.starts, today) if today <= plan.until else plan.starts
    following = (start + timedelta(days=n) for n in range(7))
    return next((day for day in following if day.weekday() in weekdays), start)
