"""Which times are free, and in words why one is not. Reads rows, asks `intervals`, writes nothing.

Weekly hours are wall-clock times of the location's zone; everything computed is UTC. Ranges are
turned into instants first and stepped through in UTC, so a local time that a clock change skips is
never offered, and one that happens twice is offered twice, each a different instant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

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

CELL = timedelta(minutes=5)
DAY = timedelta(days=1)
ANSWER_SEARCH_DAYS = 30


@dataclass(frozen=True, order=True)
class Slot:
    """A free start (UTC), computed and never stored, and who could take it (FHIR Slot)."""

    start: datetime
    end: datetime
    practitioner_ids: tuple[int, ...]


def instant(day: date, wall: time, zone: ZoneInfo, *, last: bool = False) -> datetime:
    """The UTC instant of a wall-clock time.

    A time that the clocks skip becomes the moment of the change; of a time that happens twice, the
    first, or with `last` the second.
    """
    local = datetime.combine(day, wall.replace(fold=int(last)), tzinfo=zone)
    there = local.astimezone(UTC)
    if there.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return there
    early = local.replace(fold=1).astimezone(UTC)
    late = local.replace(fold=0).astimezone(UTC)
    before = early.astimezone(zone).utcoffset()
    # Halve the gap down to the microsecond at which the offset changes.
    while late - early > timedelta(microseconds=1):
        middle = early + (late - early) / 2
        if middle.astimezone(zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late


def whole_cells(start: datetime, end: datetime) -> Interval:
    """The interval rounded outwards to five-minute cells of UTC."""
    floor = start - (start - datetime.min.replace(tzinfo=UTC)) % CELL
    over = (end - datetime.min.replace(tzinfo=UTC)) % CELL
    return floor, end + (CELL - over if over else timedelta(0))


def busy_interval(service: Service, start: datetime) -> Interval:
    """What an appointment for the service at `start` holds: the visit with its buffers, in cells."""
    return whole_cells(
        start - service.buffer_before, start + service.duration + service.buffer_after
    )


def ranges_of_day(hours: Sequence[WeeklyHours], day: date, zone: ZoneInfo) -> Iterator[Interval]:
    """The instants of the weekly ranges that begin on this local day."""
    for row in hours:
        if row.weekday != day.weekday():
            continue
        if (row.valid_from and day < row.valid_from) or (row.valid_to and day > row.valid_to):
            continue
        end_day = day if row.end > row.start else day + DAY
        yield instant(day, row.start, zone), instant(end_day, row.end, zone, last=True)


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

    def _load_exceptions(self) -> None:
        self.closed: dict[int | None, list[Interval]] = defaultdict(list)
        self.opened: dict[int | None, list[Interval]] = defaultdict(list)
        self.closures: list[DateException] = []
        rows = DateException.objects.filter(
            location=self.location, start__lt=self.end, end__gt=self.start
        )
        for row in rows:
            if row.kind == ExceptionKind.CLOSED:
                self.closed[row.resource_id].append((row.start, row.end))
                self.closures.append(row)
            else:
                self.opened[row.resource_id].append((row.start, row.end))

    def _load_busy(self, ignoring: Sequence[int]) -> None:
        held: dict[int, list[Interval]] = defaultdict(list)
        ids = [r.pk for r in self.practitioners + self.rooms]
        rows = (
            Appointment.objects.holding(self.now)
            .filter(Q(practitioner__in=ids) | Q(room__in=ids))
            # A held interval is never longer than a visit with both buffers: 12 hours.
            .filter(busy_start__gt=self.start - timedelta(hours=12), busy_start__lt=self.end)
            .exclude(pk__in=ignoring)
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
        for offset in range(-1, self.days + 1):
            day = self.first_day + DAY * offset
            found.extend(ranges_of_day(self.hours[resource.pk], day, self.zone))
        return intervals.union(found)

    def open(self, resource: Resource) -> list[Interval]:
        """When the resource works, closures taken out; what is booked still counts as open."""
        return intervals.subtract(
            self.working(resource), self.closed[None] + self.closed[resource.pk]
        )

    def room_free(self, busy: Interval) -> bool:
        return not self.service.needs_room or bool(self.free_rooms(busy))

    def free_rooms(self, busy: Interval) -> list[Resource]:
        """Rooms neither held nor closed at any moment of the interval."""
        return [
            room
            for room in self.rooms
            if not intervals.overlaps(busy, self.busy.get(room.pk, ()))
            and not intervals.overlaps(busy, intervals.union(self.closed[room.pk]))
        ]

    def slots(self) -> list[Slot]:
        """Every free start of the local days asked for, in order."""
        service = self.service
        first = instant(self.first_day, time.min, self.zone)
        last = instant(self.first_day + DAY * self.days, time.min, self.zone)
        earliest, latest = self.bounds()
        who: dict[datetime, list[int]] = defaultdict(list)
        for practitioner in self.practitioners:
            free = self.open(practitioner)
            held = self.busy.get(practitioner.pk, [])
            for span in self.working(practitioner):
                for start in intervals.starts(span, service.duration, service.step):
                    if not (max(first, earliest) <= start < min(last, latest)):
                        continue
                    if not intervals.covers(free, (start, start + service.duration)):
                        continue
                    if not intervals.overlaps(busy_interval(service, start), held):
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
    """The local day of the first free slot within the horizon, or None. Looks 30 days at a time."""
    today = now.astimezone(location.zone).date()
    for offset in range(0, service.horizon_days + 1, 30):
        slots = free_slots(
            service,
            location,
            first_day=today + DAY * offset,
            days=30,
            now=now,
            practitioner=practitioner,
        )
        if slots:
            return slots[0].start.astimezone(location.zone).date()
    return None


def explain(
    service: Service,
    location: Location,
    start: datetime,
    *,
    now: datetime,
    practitioner: Resource | None = None,
    ignoring: Sequence[int] = (),
    notice: bool = True,
) -> list[str]:
    """Why a start is not free, a sentence a reason; empty where it is free. For staff."""
    day = start.astimezone(location.zone).date()
    diary = Diary(
        service,
        location,
        first_day=day,
        days=1,
        now=now,
        practitioner=practitioner,
        ignoring=ignoring,
        notice=notice,
    )
    if any(slot.start == start for slot in diary.slots()):
        return []
    visit = (start, start + service.duration)
    busy = busy_interval(service, start)
    earliest, latest = diary.bounds()
    reasons = []
    if start < now:
        reasons.append(_("This time is in the past."))
    elif start < earliest:
        hours = service.minimum_notice_hours
        reasons.append(_("Less than %(hours)s hours of notice.") % {"hours": hours})
    if start >= latest:
        days = service.horizon_days
        reasons.append(_("More than %(days)s days ahead.") % {"days": days})
    if not diary.practitioners:
        reasons.append(_("Nobody offers this service here."))
    reasons += [
        _("Closed: %(reason)s.") % {"reason": closure.reason or _("no reason given")}
        for closure in diary.closures
        if intervals.overlaps(visit, [(closure.start, closure.end)])
        and closure.resource_id in {None, *(p.pk for p in diary.practitioners)}
    ]
    for person in diary.practitioners:
        if not intervals.covers(diary.working(person), visit):
            reasons.append(_("%(name)s does not work then.") % {"name": person.name})
        elif intervals.overlaps(visit, diary.busy.get(person.pk, ())):
            reasons.append(_("%(name)s has another visit.") % {"name": person.name})
        elif intervals.overlaps(busy, diary.busy.get(person.pk, ())):
            reasons.append(_("Too close to another visit of %(name)s.") % {"name": person.name})
    if not diary.room_free(busy):
        reasons.append(_("No room is free."))
    return reasons or [_("Not one of the offered starting times.")]


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
