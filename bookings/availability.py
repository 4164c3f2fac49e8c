"""Which times are free. Reads rows, asks `intervals`, writes nothing. Why one is not: `explaining`.

Weekly hours are wall-clock times of the location's zone; everything computed is UTC. Ranges are
turned into instants first and stepped through in UTC, so a local time that a clock change skips is
never offered, and one that happens twice is offered twice, each a different instant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db.models import Q

from bookings import intervals
from bookings.enums import ExceptionKind, ResourceKind
from bookings.intervals import Interval
from bookings.models import (
    Appointment,
    DateException,
    Location,
    Resource,
    Service,
    WeeklyHours,
)
from bookings.spans import CELL, DAY, busy_interval, instant, ranges_of_day, whole_cells

__all__ = ["CELL", "DAY", "busy_interval", "instant", "whole_cells"]

ANSWER_SEARCH_DAYS = 30
FIRST_LOOK_DAYS = 30


@dataclass(frozen=True, order=True)
class Slot:
    """A free start (UTC), computed and never stored, and who could take it (FHIR Slot)."""

    start: datetime
    end: datetime
    practitioner_ids: tuple[int, ...]


class Diary:
    """All rows that decide about a service at a location over some local days, in six queries."""

    def __init__(
        self,
        service: Service,
        location: Location,
        *,
        first_day: date,
        days: int,
        now: datetime,
        practitioner: Resource | None = None,
        ignoring: Sequence[int] = (),
        notice: bool = True,
    ) -> None:
        self.notice = notice
        self.service, self.location, self.now = service, location, now
        self.first_day, self.days, self.zone = first_day, days, location.zone
        self.start = instant(first_day - DAY, time.min, self.zone)
        self.end = instant(first_day + DAY * (days + 1), time.min, self.zone)
        people = service.practitioners.filter(
            kind=ResourceKind.PRACTITIONER, location=location, active=True
        )
        if practitioner:
            people = people.filter(pk=practitioner.pk)
        self.practitioners = list(people)
        self.rooms = (
            list(Resource.objects.filter(kind=ResourceKind.ROOM, location=location, active=True))
            if service.needs_room
            else []
        )
        self.hours: dict[int, list[WeeklyHours]] = defaultdict(list)
        for row in WeeklyHours.objects.filter(resource__in=self.practitioners):
            self.hours[row.resource_id].append(row)
        self._load_exceptions()
        self._load_busy(ignoring)
        self.rooms_taken = {room.pk: self.not_free(room) for room in self.rooms}

    def _load_exceptions(self) -> None:
        self.closed: dict[int | None, list[Interval]] = defaultdict(list)
        self.opened: dict[int | None, list[Interval]] = defaultdict(list)
        self.closures: list[DateException] = []
        rows = DateException.objects.filter(
            location=self.location, start__lt=self.end, end__gt=self.start
        )
        for row in rows:
            if row.kind == ExceptionKind.CLOSED:
                self.closed[row.resource_id].append(whole_cells(row.start, row.end))
                self.closures.append(row)
            else:
                self.opened[row.resource_id].append((row.start, row.end))

    def _load_busy(self, ignoring: Sequence[int]) -> None:
        held: dict[int, list[Interval]] = defaultdict(list)
        people, rooms = [p.pk for p in self.practitioners], [room.pk for room in self.rooms]
        theirs = Q(practitioner__in=people)
        rows = (
            Appointment.objects.holding(self.now)
            .filter(theirs | Q(room__in=rooms) if rooms else theirs)
            # A held interval is never longer than a visit with both buffers: 12 hours.
            .filter(busy_start__gt=self.start - timedelta(hours=12), busy_start__lt=self.end)
            .exclude(pk__in=ignoring)
            .order_by()
            .values_list("practitioner_id", "room_id", "busy_start", "busy_end")
        )
        for practitioner_id, room_id, start, end in rows:
            held[practitioner_id].append((start, end))
            if room_id:
                held[room_id].append((start, end))
        self.busy = {pk: intervals.union(found) for pk, found in held.items()}

    def working(self, resource: Resource) -> list[Interval]:
        """The resource's hours with extra openings, closures not yet taken out."""
        found = list(self.opened[None]) + list(self.opened[resource.pk])
        hours = self.hours[resource.pk]
        for offset in range(-1, self.days + 1) if hours else ():
            found.extend(ranges_of_day(hours, self.first_day + DAY * offset, self.zone))
        return intervals.union(found)

    def shut(self, resource: Resource) -> list[Interval]:
        """The closures of the resource and of its house, in whole cells, as they hold time."""
        return self.closed[None] + self.closed[resource.pk]

    def not_free(self, resource: Resource) -> list[Interval]:
        """What is held or closed. A visit meets none of it, nor do its buffers."""
        return intervals.union([*self.busy.get(resource.pk, ()), *self.shut(resource)])

    def room_free(self, busy: Interval) -> bool:
        return not self.service.needs_room or bool(self.free_rooms(busy))

    def free_rooms(self, busy: Interval) -> list[Resource]:
        """Rooms neither held nor closed at any moment of the interval."""
        return [
            room for room in self.rooms if not intervals.overlaps(busy, self.rooms_taken[room.pk])
        ]

    def slots(self) -> list[Slot]:
        """Every free start of the local days asked for, in order."""
        service = self.service
        first = instant(self.first_day, time.min, self.zone)
        last = instant(self.first_day + DAY * self.days, time.min, self.zone)
        earliest, latest = self.bounds()
        who: dict[datetime, list[int]] = defaultdict(list)
        for practitioner in self.practitioners:
            for start in intervals.free_starts(
                self.working(practitioner),
                self.not_free(practitioner),
                within=(max(first, earliest), min(last, latest)),
                duration=service.duration,
                before=service.buffer_before,
                after=service.buffer_after,
                step=service.step,
            ):
                who[start].append(practitioner.pk)
        return [
            Slot(start, start + service.duration, tuple(ids))
            for start, ids in sorted(who.items())
            if self.room_free(busy_interval(service, start))
        ]

    def bounds(self) -> Interval:
        """From the notice (inclusive) to the end of the last local day of the horizon.

        `notice` is False for staff, who may book at short notice.
        """
        today = self.now.astimezone(self.zone).date()
        hours = self.service.minimum_notice_hours if self.notice else 0
        earliest = self.now + timedelta(hours=hours)
        latest = instant(today + DAY * (self.service.horizon_days + 1), time.min, self.zone)
        return earliest, latest


def free_slots(
    service: Service,
    location: Location,
    *,
    first_day: date,
    days: int,
    now: datetime,
    practitioner: Resource | None = None,
    ignoring: Sequence[int] = (),
    notice: bool = True,
) -> list[Slot]:
    """The free starts of `days` local days from `first_day`, as if the ids in `ignoring` were not."""
    diary = Diary(
        service,
        location,
        first_day=first_day,
        days=days,
        now=now,
        practitioner=practitioner,
        ignoring=ignoring,
        notice=notice,
    )
    return diary.slots()


def find_slot(
    service: Service,
    location: Location,
    start: datetime,
    *,
    now: datetime,
    practitioner: Resource | None = None,
) -> Slot | None:
    """The offered slot that starts exactly then, or None."""
    day = start.astimezone(location.zone).date()
    slots = free_slots(service, location, first_day=day, days=1, now=now, practitioner=practitioner)
    return next((slot for slot in slots if slot.start == start), None)


def nearest(
    service: Service,
    location: Location,
    start: datetime,
    *,
    now: datetime,
    practitioner: Resource | None = None,
    count: int = 4,
    ignoring: Sequence[int] = (),
    notice: bool = True,
) -> list[Slot]:
    """The free slots closest to a time that is not free, from a week around it, in time order."""
    day = start.astimezone(location.zone).date()
    slots = free_slots(
        service,
        location,
        first_day=day - DAY * 3,
        days=10,
        now=now,
        practitioner=practitioner,
        ignoring=ignoring,
        notice=notice,
    )
    return sorted(sorted(slots, key=lambda slot: abs(slot.start - start))[:count])


def first_free_day(
    service: Service, location: Location, *, now: datetime, practitioner: Resource | None = None
) -> date | None:
    """The local day of the first free slot within the horizon, or None.

    Looks into the next 30 days, and only where they are full into all the others.
    """
    today = now.astimezone(location.zone).date()
    for offset, days in ((0, FIRST_LOOK_DAYS), (FIRST_LOOK_DAYS, service.horizon_days)):
        slots = free_slots(
            service,
            location,
            first_day=today + DAY * offset,
            days=days,
            now=now,
            practitioner=practitioner,
        )
        if slots:
            return slots[0].start.astimezone(location.zone).date()
    return None


def answer_by(location: Location, *, now: datetime) -> datetime:
    """When the clinic will have answered (UTC): so many working hours from now.

    Somebody working counts as working time, closures do not. Where a month holds too few hours, the
    answer is promised for the end of that month of days.
    """
    wanted = timedelta(hours=settings.BOOKINGS["ANSWER_WITHIN_WORKING_HOURS"])
    people = Resource.objects.filter(kind=ResourceKind.PRACTITIONER, location=location, active=True)
    hours = list(WeeklyHours.objects.filter(resource__in=people))
    until = now + DAY * ANSWER_SEARCH_DAYS
    closed = DateException.objects.filter(
        location=location,
        resource=None,
        kind=ExceptionKind.CLOSED,
        start__lt=until,
        end__gt=now,
    ).values_list("start", "end")
    today = now.astimezone(location.zone).date()
    working: list[Interval] = []
    for offset in range(-1, ANSWER_SEARCH_DAYS):
        working.extend(ranges_of_day(hours, today + DAY * offset, location.zone))
    for start, end in intervals.subtract(working, [*closed, (now - DAY * 3, now)]):
        if end - start >= wanted:
            return start + wanted
        wanted -= end - start
    return until
