"""A new time for each of several patients, so that no two proposals overlap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bookings.models import Appointment, DateException, Resource
from bookings.schedule import intervals
from bookings.schedule.availability import Availability, Search, Slot
from bookings.schedule.intervals import Interval
from bookings.schedule.local_time import DAY, busy_interval

BEFORE, AFTER = 7, 28
"""How many days around a closure are searched."""


@dataclass(frozen=True)
class Proposal:
    start: datetime
    practitioner: Resource


class Proposals:
    """The nearest free times around a closure; a time proposed once is not proposed again."""

    def __init__(self, closure: DateException, *, now: datetime) -> None:
        self.closure, self.now = closure, now
        self._diaries: dict[tuple[int, int], tuple[Availability, list[Slot]]] = {}
        self._taken: dict[int, list[Interval]] = defaultdict(list)

    def take(self, visit: Appointment) -> Proposal | None:
        """The nearest time for this visit that nobody else was proposed; None where there is none.

        With anybody, unless the patient asked for one practitioner only: no later because of a person.
        """
        diary, slots = self._around(visit)
        people = {person.pk: person for person in diary.practitioners}
        wished = visit.request.practitioner_id
        options = [
            (abs(slot.start - visit.start), pk != visit.practitioner_id, slot, pk)
            for slot in slots
            for pk in slot.practitioner_ids
            if wished in (None, pk)
        ]
        for _distance, _other, slot, pk in sorted(options, key=lambda option: option[:3]):
            busy = busy_interval(visit.service, slot.start)
            if self._free(pk, busy) and self._take_room(diary, busy):
                self._taken[pk].append(busy)
                return Proposal(slot.start, people[pk])
        return None

    def _free(self, resource_id: int, busy: Interval) -> bool:
        return not intervals.overlaps(busy, intervals.union(self._taken[resource_id]))

    def _take_room(self, diary: Availability, busy: Interval) -> bool:
        if not diary.service.needs_room:
            return True
        room = next((r for r in diary.free_rooms(busy) if self._free(r.pk, busy)), None)
        if room:
            self._taken[room.pk].append(busy)
        return room is not None

    def _around(self, visit: Appointment) -> tuple[Availability, list[Slot]]:
        """One reading of the diary a service and place, with the service's notice kept."""
        key = (visit.service_id, visit.location_id)
        if key not in self._diaries:
            search = Search(visit.service, visit.location, self.now)
            first = max(search.today, search.local_day(self.closure.start) - DAY * BEFORE)
            last = search.local_day(self.closure.end) + DAY * AFTER
            diary = Availability(search, first_day=first, days=max(1, (last - first).days))
            self._diaries[key] = diary, diary.slots()
        return self._diaries[key]


def propose(
    closure: DateException, visits: Sequence[Appointment], *, now: datetime
) -> dict[int, Proposal | None]:
    """A time for each visit, by its id; the earliest visit chooses first."""
    proposals = Proposals(closure, now=now)
    ordered = sorted(visits, key=lambda visit: (visit.start, visit.pk))
    return {visit.pk: proposals.take(visit) for visit in ordered}
