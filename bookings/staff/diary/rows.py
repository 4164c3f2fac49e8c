"""What the diary shows of some days at some locations, read at once for all of them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q

from bookings.enums import AppointmentStatus, CancelledBecause, ExceptionKind, Verb
from bookings.models import (
    Appointment,
    DateException,
    Displaced,
    Event,
    Location,
    Resource,
    WeeklyHours,
)
from bookings.models.appointments import LONGEST
from bookings.permissions import can_triage
from bookings.schedule import travel
from bookings.schedule.intervals import Interval
from bookings.schedule.local_time import DAY, instant

SHOWN = {
    *(AppointmentStatus.PROPOSED, AppointmentStatus.PENDING, AppointmentStatus.BOOKED),
    *(AppointmentStatus.ARRIVED, AppointmentStatus.FULFILLED, AppointmentStatus.NOSHOW),
}
ENDS_A_VISIT = [Verb.WITHDRAW, Verb.CANCEL, Verb.CANCEL_FOR]
MOVES_A_VISIT = [Verb.MOVE, Verb.ACCEPT, Verb.CONFIRM]
OF_A_LINE = ("request", "practitioner", "room", "service", "location", "booked_anyway")


class DiaryRows:
    """Ten queries, however many locations; two more for each further time zone among them.

    Each location's days are those of its own clock, so the rows reach from the first midnight to the last.
    """

    def __init__(
        self, locations: list[Location], first: date, days: int, *, user: Any, now: datetime
    ) -> None:
        self.first, self.days, self.user, self.now = first, days, user, now
        resources = Resource.objects.filter(active=True).at_any(locations)
        if not can_triage(user):
            resources = resources.filter(practitioner__user=user)
        self.resources = list(resources.prefetch_related("also_at"))
        self._usual = {one.pk: one.location_id for one in self.resources}
        self.hours = list(WeeklyHours.objects.filter(resource__in=self.resources))
        self.ways = travel.ways()
        spans = [self.span(location) for location in locations]
        start, end = min(s for s, _end in spans), max(e for _start, e in spans)
        inside = {"start__lt": end, "end__gt": start}
        away = Q(resource__in=self.resources, kind=ExceptionKind.CLOSED)
        has_people = Exists(Displaced.objects.filter(closure=OuterRef("pk")))
        found = DateException.objects.filter(Q(location__in=locations) | away, **inside)
        self.exceptions: list[Any] = list(found.annotate(has_people=has_people))
        rows = Appointment.objects.filter(
            status__in=SHOWN, start__gt=start - LONGEST, **inside
        ).exclude(pk__in=Appointment.objects.lapsed(now).values("pk"))
        self.visits = list(rows.filter(location__in=locations).select_related(*OF_A_LINE))
        others = rows.filter(practitioner__in=self.resources).exclude(location__in=locations)
        self.others = list(others.select_related("location"))
        self.gone = [
            visit
            for alike in _by_zone(locations)
            for visit in gone_today(alike, now=now).filter(**inside)
        ]

    def span(self, location: Location) -> Interval:
        """From the first midnight to the last, on the location's clock."""
        last = self.first + DAY * self.days
        start, end = (instant(day, time.min, location.zone) for day in (self.first, last))
        return start, end

    def resources_at(self, location: Location) -> list[Resource]:
        return [
            one
            for one in self.resources
            if location.pk in {one.location_id, *(place.pk for place in one.also_at.all())}
        ]

    def hours_at(self, location: Location) -> list[WeeklyHours]:
        """A row without a location is of the person's usual one."""
        rows = self.hours
        return [r for r in rows if (r.location_id or self._usual[r.resource_id]) == location.pk]

    def exceptions_at(self, location: Location, people: set[int]) -> list[DateException]:
        """Who is away is away everywhere; an extra opening is of its location alone."""
        start, end = self.span(location)
        return [
            one
            for one in self.exceptions
            if one.location_id == location.pk
            or (one.resource_id in people and one.kind == ExceptionKind.CLOSED)
            if one.start < end and one.end > start
        ]

    def visits_at(self, location: Location, visits: list[Appointment]) -> list[Appointment]:
        start, end = self.span(location)
        here = [visit for visit in visits if visit.location_id == location.pk]
        return [visit for visit in here if visit.start < end and visit.end > start]

    def visits_elsewhere(self, location: Location, people: set[int]) -> list[Appointment]:
        """Those of the people here at other locations, by their start."""
        start, end = self.span(location)
        found = [
            visit
            for visit in [*self.visits, *self.others]
            if visit.practitioner_id in people and visit.location_id != location.pk
            if visit.start < end and visit.end > start
        ]
        return sorted(found, key=lambda visit: visit.start)

    def ways_from(self, location: Location) -> dict[int, timedelta]:
        return self.ways.get(location.pk, {})


def _by_zone(locations: list[Location]) -> list[list[Location]]:
    found: dict[str, list[Location]] = defaultdict(list)
    for location in locations:
        found[location.time_zone].append(location)
    return list(found.values())


def gone_today(locations: list[Location], *, now: datetime) -> Any:
    """Visits that were booked, and were cancelled or moved away since the local day began.

    The locations are all in one time zone.
    """
    since = instant(locations[0].today(now), time.min, locations[0].zone)
    events = Event.objects.filter(at__gte=since, verb__in=[*ENDS_A_VISIT, *MOVES_A_VISIT])
    ended = Exists(events.filter(appointment=OuterRef("pk"), verb__in=ENDS_A_VISIT))
    moved = Exists(events.filter(request=OuterRef("request"), verb__in=MOVES_A_VISIT))
    rows = Appointment.objects.filter(location__in=locations, status=AppointmentStatus.CANCELLED)
    return (
        rows.filter(Q(ended) | Q(moved, cancelled_because=CancelledBecause.MOVED))
        .select_related(*OF_A_LINE)
        .prefetch_related(
            Prefetch(
                "request__events",
                queryset=events.select_related("actor").order_by("at", "pk"),
                to_attr="endings",
            )
        )
    )
