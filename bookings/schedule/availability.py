"""Which times are free. Reads only. `why_not_free` explains why one is not.

Weekly hours are wall-clock times in the location's zone; everything computed is UTC. Ranges become
instants first and are stepped through in UTC, so a local time that the clocks skip is never offered,
and one that occurs twice is offered twice, as two instants.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from bookings.enums import ExceptionKind
from bookings.models import Appointment, DateException, Location, Resource, Service
from bookings.schedule import intervals, occupied, rota
from bookings.schedule.intervals import Interval
from bookings.schedule.local_time import DAY, busy_interval, instant, ranges_of_day, whole_cells

STAFF_LOOK_AHEAD = 3 * 365  # days


@dataclass(frozen=True, order=True)
class Slot:
    """A free start (UTC) and who could take it (FHIR Slot). Computed, never stored."""

    start: datetime
    end: datetime
    practitioner_ids: tuple[int, ...]


@dataclass(frozen=True)
class Search:
    """What is looked for: a service at a location, as the diary stands at `now` (UTC).

    `practitioner`: with this one only. `notice` is False for staff, whom neither the notice nor the horizon
    of the service binds. `ignoring`: ids of appointments to leave out, as if they were not there. `moving`:
    the visit that another time is looked for; its own is not proposed.
    """

    service: Service
    location: Location
    now: datetime
    practitioner: Resource | None = None
    notice: bool = True
    ignoring: Sequence[int] = ()
    moving: Appointment | None = None

    @property
    def today(self) -> date:
        return self.location.today(self.now)

    def local_day(self, at: datetime) -> date:
        return at.astimezone(self.location.zone).date()

    @property
    def horizon_days(self) -> int:
        return self.service.horizon_days if self.notice else STAFF_LOOK_AHEAD

    def bounds(self) -> Interval:
        """From the notice (inclusive) to the end of the last local day of the horizon."""
        notice = self.service.minimum_notice_hours if self.notice else 0
        earliest = self.now + timedelta(hours=notice)
        last = self.today + DAY * (self.horizon_days + 1)
        return earliest, instant(last, time.min, self.location.zone)


class Availability:
    """All rows that decide about a service at a location over some local days.

    Seven queries; one where who works when may be what this process remembers (`fresh` is False).
    """

    def __init__(self, search: Search, *, first_day: date, days: int, fresh: bool = True) -> None:
        self.search = search
        self.service, self.location, self.now = search.service, search.location, search.now
        self.first_day, self.days, self.zone = first_day, days, search.location.zone
        self.end_day = first_day + DAY * days
        self.start = instant(first_day - DAY, time.min, self.zone)
        self.end = instant(first_day + DAY * (days + 1), time.min, self.zone)
        read = rota.read if fresh else rota.remembered
        who_works = read(search.service, search.location, now=search.now)
        wished = search.practitioner.pk if search.practitioner else None
        self.practitioners = [p for p in who_works.practitioners if wished in (None, p.pk)]
        self.rooms, self.hours = who_works.rooms, who_works.hours
        self._working = who_works.working.setdefault((first_day, days), {})
        self._sort(who_works.exceptions)
        self.busy = occupied.held(
            [person.pk for person in self.practitioners],
            [room.pk for room in self.rooms],
            start=self.start,
            end=self.end,
            now=search.now,
            ignoring=search.ignoring,
            ways=who_works.ways,
        )
        self.rooms_taken = {room.pk: self.not_free(room) for room in self.rooms}

    def _sort(self, exceptions: Sequence[DateException]) -> None:
        self.closed: dict[int | None, list[Interval]] = defaultdict(list)
        self.opened: dict[int | None, list[Interval]] = defaultdict(list)
        self.closures: list[DateException] = []
        for row in exceptions:
            if row.start >= self.end or row.end <= self.start:
                continue
            if row.kind == ExceptionKind.CLOSED:
                self.closed[row.resource_id].append(whole_cells(row.start, row.end))
                self.closures.append(row)
            else:
                self.opened[row.resource_id].append((row.start, row.end))

    def working(self, resource: Resource) -> list[Interval]:
        """The resource's hours and extra openings; closures are not subtracted yet."""
        if resource.pk not in self._working:
            self._working[resource.pk] = self._work(resource)
        return self._working[resource.pk]

    def _work(self, resource: Resource) -> list[Interval]:
        found = list(self.opened[None]) + list(self.opened[resource.pk])
        hours = self.hours.get(resource.pk, ())
        for offset in range(-1, self.days + 1) if hours else ():
            found.extend(ranges_of_day(hours, self.first_day + DAY * offset, self.zone))
        return intervals.union(found)

    def shut(self, resource: Resource) -> list[Interval]:
        """The closures of the resource and of its whole location, in whole cells as they hold time."""
        return self.closed[None] + self.closed[resource.pk]

    def not_free(self, resource: Resource) -> list[Interval]:
        """What is held or closed. Neither a visit nor its buffers may overlap it."""
        held, shut = self.busy.get(resource.pk, []), self.shut(resource)
        return intervals.union([*held, *shut]) if shut else held

    def room_free(self, wanted: Interval) -> bool:
        return not self.service.needs_room or bool(self.free_rooms(wanted))

    def free_rooms(self, wanted: Interval) -> list[Resource]:
        """Rooms neither held nor closed at any moment of the interval."""
        return [
            room for room in self.rooms if not intervals.overlaps(wanted, self.rooms_taken[room.pk])
        ]

    def slots(self, within: Interval | None = None) -> list[Slot]:
        """Every free start in the requested local days, or in `within`, in order."""
        free: dict[datetime, list[int]] = defaultdict(list)
        for practitioner in self.practitioners:
            pk = practitioner.pk
            for start in self._starts(practitioner, within or self._days()):
                free[start].append(pk)
        duration = self.service.duration
        return [
            Slot(start, start + duration, tuple(free[start]))
            for start in sorted(free)
            if self._has_room(start)
        ]

    def slot_at(self, start: datetime) -> Slot | None:
        """The free start exactly then, or None."""
        return next(iter(self.slots((start, start + datetime.resolution))), None)

    def first_start(self) -> datetime | None:
        """The first free start; does not compute the others."""
        starts = heapq.merge(*(self._starts(p, self._days()) for p in self.practitioners))
        return next(filter(self._has_room, starts), None)

    def _has_room(self, start: datetime) -> bool:
        return not self.service.needs_room or bool(
            self.free_rooms(busy_interval(self.service, start))
        )

    def _days(self) -> Interval:
        first = instant(self.first_day, time.min, self.zone)
        return first, instant(self.end_day, time.min, self.zone)

    def _starts(self, practitioner: Resource, within: Interval) -> Iterator[datetime]:
        service, (earliest, latest) = self.service, self.search.bounds()
        first, last = within
        return intervals.free_starts(
            self.working(practitioner),
            self.not_free(practitioner),
            within=(max(first, earliest), min(last, latest)),
            duration=service.duration,
            before=service.buffer_before,
            after=service.buffer_after,
            step=service.step,
        )


def free_slots(search: Search, *, first_day: date, days: int) -> list[Slot]:
    """The free starts of `days` local days from `first_day`."""
    return Availability(search, first_day=first_day, days=days, fresh=False).slots()


def day_of(search: Search, start: datetime, *, fresh: bool = True) -> Availability:
    """The diary of the local day of a start, from what the rows say now; see `Availability` for `fresh`."""
    return Availability(search, first_day=search.local_day(start), days=1, fresh=fresh)


def find_slot(search: Search, start: datetime) -> Slot | None:
    """The offered slot that starts exactly then, or None; from what the diary says now."""
    earliest, latest = search.bounds()
    if not earliest <= start < latest:
        return None
    return day_of(search, start, fresh=False).slot_at(start)


def nearest(search: Search, start: datetime, *, count: int = 4) -> list[Slot]:
    """The free slots closest to a time, from about a week around it, in time order."""
    slots = free_slots(search, first_day=search.local_day(start) - DAY * 3, days=10)
    return sorted(sorted(slots, key=lambda slot: abs(slot.start - start))[:count])


def closest(search: Search, start: datetime, *, count: int = 4) -> list[Slot]:
    """The free slots closest to a time, whoever they are with; the closest first.

    So the same time with somebody else comes before any other time. At each, the practitioner who is
    searched for comes first, and nobody else is named where that one is free.
    """
    wished, moving = search.practitioner, search.moving
    slots = free_slots(
        replace(search, practitioner=None), first_day=search.local_day(start) - DAY * 3, days=10
    )
    found = []
    for slot in slots:
        people = slot.practitioner_ids
        if moving and slot.start == moving.start:
            people = tuple(pk for pk in people if pk != moving.practitioner_id)
        if wished and wished.pk in people:
            people = (wished.pk,)
        if people:
            found.append(replace(slot, practitioner_ids=people))
    found.sort(key=lambda slot: (abs(slot.start - start), slot.start))
    return found[:count]


def first_page(search: Search, *, days: int) -> tuple[date, list[Slot]] | None:
    """The first local day with a free start within the horizon, and the starts of `days` days from it.

    None if nothing is free. No day is read twice; where many are full, more and more are read at once.
    """
    look, first_day = days, search.today
    end = first_day + DAY * (search.horizon_days + 1)
    while first_day < end:
        diary = Availability(search, first_day=first_day, days=look, fresh=False)
        if first := diary.first_start():
            day = search.local_day(first)
            rest = (day + DAY * days - diary.end_day) // DAY
            midnight = instant(min(day + DAY * days, diary.end_day), time.min, search.location.zone)
            slots = diary.slots((first, midnight))
            if rest > 0:
                slots += free_slots(search, first_day=diary.end_day, days=rest)
            return day, slots
        first_day, look = diary.end_day, look * 2
    return None
