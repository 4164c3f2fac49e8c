"""The columns of the calendar: what is drawn in each, in minutes of the day on the location's clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.enums import AppointmentStatus, RequestStatus, ResourceKind
from bookings.models import Appointment, Location, Resource, WeeklyHours
from bookings.schedule import intervals
from bookings.schedule.intervals import Interval
from bookings.schedule.local_time import DAY, instant
from bookings.staff.diary.day_list import Column, Day, DayList, Line

WHOLE_DAY = 24 * 60
STEP = timedelta(minutes=15)
"""The step of a drag, and the shortest gap that is offered."""
LEAST = 15
"""A visit is drawn as if it took at least so many minutes, so that its name can be read."""
HOURS = 7, 21
"""The hours shown of a day where nobody has weekly hours."""


@dataclass
class Item:
    """One thing in a column, from minute `first` to `last`.

    `kind`: visit, gap, or what lies behind both: outside, closed, away, opening, buffer, now.
    """

    kind: str
    first: int
    last: int
    label: str = ""
    url: str = ""
    line: Line | None = None
    movable: bool = False
    people: str = ""
    lane: int = 0
    lanes: int = 1


@dataclass
class GridColumn:
    """One person or room on one day, or with no resource everybody at the location."""

    location: Location
    day: date
    resource: Resource | None
    hours: list[Interval]
    items: list[Item] = field(default_factory=list)
    book: str = ""

    @property
    def visits(self) -> list[Item]:
        return [item for item in self.items if item.kind == "visit"]

    @property
    def is_room(self) -> bool:
        return bool(self.resource and self.resource.kind == ResourceKind.ROOM)

    def minute(self, at: datetime) -> int:
        """Minutes after midnight of this day, on the wall clock, kept within the day."""
        local = at.astimezone(self.location.zone)
        whole_days = (local.date() - self.day).days
        minute = whole_days * WHOLE_DAY + local.hour * 60 + local.minute
        return min(max(minute, 0), WHOLE_DAY)

    def draw(self, kind: str, span: Interval, **more: Any) -> None:
        first, last = self.minute(span[0]), self.minute(span[1])
        if kind == "visit":
            last = max(last, first + 1)  # in the hour that comes twice it may seem to end earlier
        if first < last:
            self.items.append(Item(kind, first, last, **more))


class Grid:
    """The columns of some days. `who` limits them to one resource, `may_book` draws gaps to book in."""

    def __init__(self, *, now: datetime, may_book: bool, offered_by: dict[int, set[int]]) -> None:
        self.now, self.may_book, self.offered_by = now, may_book, offered_by
        self.columns: list[GridColumn] = []

    def add_day(self, shown: DayList, day: Day, *, who: int | None = None) -> None:
        """A column for each person, then for each room."""
        worked = [span for column in day.people for span in _worked(column)]
        for column in day.people + day.rooms:
            if who in (None, column.resource.pk):
                is_room = column.resource.kind == ResourceKind.ROOM
                self._add(shown, day, column, worked if is_room else _worked(column))

    def add_everybody(self, shown: DayList, day: Day) -> None:
        """One column for all practitioners of a day."""
        once = {line.visit.pk: line for column in day.people for line in column.lines}
        closures = {c.pk: c for column in day.people for c in column.closures}
        whole = [c for c in closures.values() if c.resource_id is None]
        worked = [span for column in day.people for span in _worked(column)]
        everybody = Column(
            Resource(kind=ResourceKind.PRACTITIONER), closures=whole, lines=list(once.values())
        )
        self._add(shown, day, everybody, worked)

    def _add(self, shown: DayList, day: Day, column: Column, worked: list[Interval]) -> None:
        location = shown.location
        resource = column.resource if column.resource.pk else None
        made = GridColumn(location, day.date, resource, column.hours)
        made.book = self._book(made)
        start = instant(day.date, time.min, location.zone)
        end = instant(day.date + DAY, time.min, location.zone)
        self._draw_grounds(made, column, worked, (start, end))
        if self.may_book:
            self._draw_gaps(made, column, worked, shown)
        for line in column.lines:
            self._draw_visit(made, line)
        if start <= self.now < end:
            made.draw("now", (self.now, self.now + timedelta(minutes=1)))
        into_lanes(made.visits)
        made.items.sort(key=lambda item: (item.first, item.kind != "visit", -item.last))
        self.columns.append(made)

    def _draw_grounds(
        self, made: GridColumn, column: Column, worked: list[Interval], day: Interval
    ) -> None:
        for span in [] if made.is_room else intervals.subtract([day], worked):
            made.draw("outside", span, label="" if worked else _("away"))
        elsewhere = intervals.union((visit.start, visit.end) for visit in column.elsewhere)
        for closure in column.closures:
            word = _("Away") if closure.resource_id else _("Closed")
            word = _("Busy (own calendar)") if closure.source_id else word
            label = f"{word}: {closure.reason}" if closure.reason else word
            kind = "away" if closure.resource_id else "closed"
            url = reverse("desk:closure", args=[closure.pk]) if self.may_book else ""
            # Not over a visit at another location: neither label could be read.
            for span in intervals.subtract([(closure.start, closure.end)], elsewhere):
                made.draw(kind, span, label=label, url=url)
        for visit in column.elsewhere:
            label = _("At %(place)s") % {"place": visit.location.name}
            made.draw("away", (visit.start, visit.end), label=label)
        for line in column.lines:
            visit = line.visit
            if made.resource and not line.gone:
                made.draw("buffer", (visit.busy_start, visit.start))
                made.draw("buffer", (visit.end, visit.busy_end))

    def _draw_gaps(
        self, made: GridColumn, column: Column, worked: list[Interval], shown: DayList
    ) -> None:
        busy: list[Interval] = [(c.start, c.end) for c in column.closures]
        if made.resource:
            busy += [(ln.visit.busy_start, ln.visit.busy_end) for ln in column.lines if not ln.gone]
        for visit in column.elsewhere:
            way = shown.ways.get(visit.location_id, timedelta())
            busy.append((visit.busy_start - way, visit.busy_end + way))
        now = self.now
        begun = timedelta(minutes=now.minute % 15, seconds=now.second, microseconds=now.microsecond)
        begin = now - begun + STEP
        free = intervals.subtract(intervals.union(worked), intervals.union(busy))
        for start, end in free:
            start = max(start, begin)
            if end - start >= STEP:
                made.draw("gap", (start, end), url=made.book)

    def _draw_visit(self, made: GridColumn, line: Line) -> None:
        visit = line.visit
        people = sorted(self.offered_by.get(visit.service_id, set()))
        made.draw(
            "visit",
            (visit.start, visit.end),
            line=line,
            movable=not line.gone and self.may_book and can_be_moved(visit, self.now),
            people=" ".join(map(str, people)),
        )

    def _book(self, made: GridColumn) -> str:
        """The form that books here; the time is still to be put behind it."""
        query: dict[str, Any] = {"location": made.location.pk}
        if made.resource:
            query["room" if made.is_room else "practitioner"] = made.resource.pk
        return f"{reverse('desk:book_for')}?{urlencode(query)}&start={made.day}T"


def _worked(column: Column) -> list[Interval]:
    return intervals.union([*column.hours, *((o.start, o.end) for o in column.openings)])


def can_be_moved(visit: Appointment, now: datetime) -> bool:
    return (
        visit.status == AppointmentStatus.BOOKED
        and visit.request.status == RequestStatus.CONFIRMED
        and visit.start > now
    )


def into_lanes(visits: Iterable[Item]) -> None:
    """Put visits that overlap side by side; each group of them shares the width of the column."""
    group: list[Item] = []
    until = -1
    for item in sorted(visits, key=lambda item: (item.first, -item.last)):
        if item.first >= until:
            _share(group)
            group = []
        taken = {other.lane for other in group if _end(other) > item.first}
        item.lane = next(lane for lane in range(len(group) + 1) if lane not in taken)
        group.append(item)
        until = max(until, _end(item))
    _share(group)


def _end(item: Item) -> int:
    return max(item.last, item.first + LEAST)


def _share(group: Sequence[Item]) -> None:
    lanes = max((item.lane for item in group), default=0) + 1
    for item in group:
        item.lanes = lanes


def drawn_hours(
    locations: Sequence[Location], columns: Sequence[GridColumn], today: date
) -> tuple[int, int]:
    """The first and last hour shown: the working hours and an hour around them, and every visit."""
    there = Q(location__in=locations) | Q(location=None, resource__location__in=locations)
    rows = WeeklyHours.objects.filter(there, resource__active=True).exclude(valid_to__lt=today)
    worked = list(rows.order_by().values_list("start", "end").distinct())
    if any(end <= start for start, end in worked):
        return 0, 24  # through the night
    first, last = HOURS
    if worked:
        first = max(min(start.hour for start, _end in worked) - 1, 0)
        last = min(max(end.hour + bool(end.minute) for _start, end in worked) + 1, 24)
    visits = [visit for column in columns for visit in column.visits]
    first = min([first, *(visit.first // 60 for visit in visits)])
    last = max([last, *(-(-visit.last // 60) for visit in visits)])
    return first, last
