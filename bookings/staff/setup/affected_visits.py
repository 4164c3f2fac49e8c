"""The visits that a change of hours, people, services or locations would break.

Only visits that fit now and would no longer fit count, so that one old exception does not block every
later change.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import ngettext

from bookings import transitions
from bookings.enums import ExceptionKind
from bookings.models import Appointment, DateException, Location, Resource, WeeklyHours
from bookings.schedule import intervals
from bookings.schedule.intervals import Interval
from bookings.schedule.local_time import DAY, ranges_of_day
from bookings.templatetags.desk import short_at

NAMED = 5


@dataclass
class Week:
    """When somebody works at one location: weekly rows and extra openings, read in a time zone."""

    rows: list[WeeklyHours]
    openings: list[Interval]
    zone: ZoneInfo
    place: int
    """The location's id."""

    def covers(self, visit: Appointment) -> bool:
        day = visit.start.astimezone(self.zone).date()
        spans = [
            span
            for offset in (-1, 0)
            for span in ranges_of_day(self.rows, day + DAY * offset, self.zone)
        ]
        working = intervals.union([*spans, *self.openings])
        return intervals.covers(working, (visit.start, visit.end))

    def day(self, day: date) -> list[Interval]:
        """The weekly ranges that begin on that local day, merged."""
        return intervals.union(ranges_of_day(self.rows, day, self.zone))


def week_of(person: Resource, location: Location) -> Week:
    openings = DateException.objects.filter(
        Q(resource=person) | Q(resource=None), location=location, kind=ExceptionKind.OPEN
    )
    return Week(
        list(WeeklyHours.objects.filter(resource=person).at(location)),
        list(openings.values_list("start", "end")),
        location.zone,
        location.pk,
    )


def booked(person: Resource, now: datetime) -> list[Appointment]:
    """The visits with that person, or in that room, still to come; a time held or offered is none."""
    rows = transitions.booked_ahead(person, now=now).select_related(
        "request", "location", "service"
    )
    return list(rows.order_by("start", "pk"))


def upcoming(person: Resource, now: datetime) -> list[Appointment]:
    """Booked or held visits with that person, or in that room, that have not begun."""
    held = Appointment.objects.holding(now).filter(start__gt=now).select_related("location")
    mine = held.filter(practitioner=person) | held.filter(room=person)
    return list(mine.select_related("request").order_by("start"))


def visits_lost(person: Resource, after: Week, *, now: datetime) -> list[Appointment]:
    """The visits at the week's location that fit the person's hours now but would not after the change."""
    before = week_of(person, Location.objects.get(pk=after.place))
    there = [visit for visit in upcoming(person, now) if visit.location_id == after.place]
    return [visit for visit in there if before.covers(visit) and not after.covers(visit)]


def week_minus(
    week: Week, *, rows: Iterable[int] = (), opening: DateException | None = None
) -> Week:
    """The week without these rows or this opening."""
    gone = {(opening.start, opening.end)} if opening else set()
    return Week(
        [row for row in week.rows if row.pk not in set(rows)],
        [span for span in week.openings if span not in gone],
        week.zone,
        week.place,
    )


def outside_these_hours(visits: Sequence[Appointment]) -> str | Promise:
    text = ngettext(
        "%(count)s booked or held visit falls outside these hours: %(when)s. Move it first.",
        "%(count)s booked or held visits fall outside these hours: %(when)s. Move them first.",
        len(visits),
    )
    return text % {"count": len(visits), "when": summary(visits)}


def still_to_come(visits: Sequence[Appointment]) -> str | Promise:
    text = ngettext(
        "%(count)s visit is still to come: %(when)s. Move or cancel it first.",
        "%(count)s visits are still to come: %(when)s. Move or cancel them first.",
        len(visits),
    )
    return text % {"count": len(visits), "when": summary(visits)}


def summary(visits: Sequence[Appointment]) -> str:
    """The first few, by time and reference."""
    shown = [f"{short_at(v.start, v)} ({v.request.reference})" for v in visits[:NAMED]]
    return "; ".join([*shown, "…"] if len(visits) > NAMED else shown)
