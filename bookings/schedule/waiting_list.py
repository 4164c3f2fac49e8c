"""Who on the waiting list could take a time that became free, in which order, and why. Reads only.

A patient who named days or parts of the day is matched only with those. Patients who named more of
what this time offers (exact time, weekday, part of the day, practitioner) come first, because few other
times suit them; among equals the longest wait comes first.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice

from django.db.models import Exists, OuterRef, Prefetch
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings import clock
from bookings.enums import AppointmentStatus, DayPart, RequestStatus, Verb
from bookings.models import (
    Appointment,
    ConsultationRequest,
    Event,
    Location,
    PreferredTime,
    Resource,
    Service,
)
from bookings.schedule.availability import Availability, Search, Slot

DAYS_AHEAD = 60
FREED_AT_ONCE = 100
SHOWN = (
    *("reference", "name", "email", "status", "version"),
    *("service", "location", "practitioner"),
)
"""What is read of those who wait: thousands are compared with a time, and few of them shown."""
WISHES = Prefetch(
    "preferences", PreferredTime.objects.only("request", "start", "part"), to_attr="wishes"
)


@dataclass(frozen=True)
class Match:
    """A waiting request, the start (UTC) and practitioner to offer it, and why."""

    request: ConsultationRequest
    slot: Slot
    practitioner: Resource
    now: datetime

    @cached_property
    def met(self) -> tuple[bool, bool, bool, bool]:
        """Whether the patient named this exact time, its weekday, its part of the day, and with whom."""
        consultation, start = self.request, self.slot.start
        zone = consultation.location.zone
        return (
            any(wish.start == start for wish in wishes_of(consultation)),
            start.astimezone(zone).weekday() in consultation.waiting.weekdays,
            clock.day_part(start, zone) in wished_parts(consultation),
            consultation.practitioner_id == self.practitioner.pk,
        )

    @property
    def wishes_met(self) -> int:
        return sum(self.met)

    @property
    def reasons(self) -> list[str]:
        """In words. Made for those few only that are shown."""
        consultation, (exact, day, part, person) = self.request, self.met
        local = self.slot.start.astimezone(consultation.location.zone)
        part_name = clock.day_part(self.slot.start, consultation.location.zone).label
        days = (self.now - consultation.waiting.joined_at).days
        reasons = [
            _("asked for this very time") if exact else "",
            _("wants %(day)s") % {"day": WEEKDAYS[local.weekday()]} if day else _("any day"),
            _("wants %(part)s") % {"part": str(part_name).lower()} if part else _("any hour"),
            _("wants %(name)s") % {"name": self.practitioner.name}
            if person
            else _("any practitioner"),
            ngettext("waits %(days)s day", "waits %(days)s days", days) % {"days": days}
            if days
            else _("joined today"),
            _("did not answer an offer") if consultation.left_unanswered else "",  # type: ignore[attr-defined]  # annotated
            _("%(minutes)s minutes are free") % {"minutes": consultation.service.duration_minutes},
        ]
        return [reason for reason in reasons if reason]


@dataclass(frozen=True)
class Freed:
    """A time that became free, with who could take it, best first."""

    appointment: Appointment
    matches: list[Match]


def waiting_locations() -> list[int]:
    """The ids of the locations where somebody waits.

    By a query of its own: beside others, the databases look through the requests of each place or visit.
    """
    waiting = ConsultationRequest.objects.filter(status=RequestStatus.WAITLISTED)
    return list(waiting.order_by().values_list("location", flat=True).distinct())


class WaitingList:
    """Everybody who waits, at one location or all; the free times of each service are read once.

    `days` is how many of them, from today on.
    """

    def __init__(
        self, *, now: datetime, location: Location | None = None, days: int = DAYS_AHEAD
    ) -> None:
        self.now, self.location, self.days = now, location, days
        self._slots: dict[tuple[int, int], list[Slot]] = {}

    @cached_property
    def requests(self) -> list[ConsultationRequest]:
        """Longest wait first; each with whether they ever let an offer lapse."""
        found = (
            ConsultationRequest.objects.filter(status=RequestStatus.WAITLISTED)
            .select_related("waiting")
            .annotate(
                left_unanswered=Exists(
                    Event.objects.filter(request=OuterRef("pk"), verb=Verb.LAPSE_OFFER)
                )
            )
            .only(*SHOWN, "waiting__until", "waiting__joined_at", "waiting__weekdays")
            # One object for each service and place, not one for each who waits.
            .prefetch_related(WISHES, "service", "location", "practitioner")
            .order_by("waiting__joined_at", "pk")
        )
        if self.location:
            found = found.filter(location=self.location)
        return [r for r in found if r.waiting.until >= r.location.today(self.now)]

    @cached_property
    def _at(self) -> dict[int, list[ConsultationRequest]]:
        """Those who wait at each location, by its id."""
        found: dict[int, list[ConsultationRequest]] = defaultdict(list)
        for consultation in self.requests:
            found[consultation.location_id].append(consultation)
        return found

    def slots(self, service: Service, location: Location) -> list[Slot]:
        """The free starts of these days, ignoring minimum notice: staff ask on the phone."""
        key = (service.pk, location.pk)
        if key not in self._slots:
            search = Search(service, location, self.now, notice=False)
            days = min(self.days, service.horizon_days + 1)
            diary = Availability(search, first_day=search.today, days=days, fresh=False)
            self._slots[key] = diary.slots()
        return self._slots[key]

    def suiting(
        self, consultation: ConsultationRequest, *, during: Appointment | None = None
    ) -> Iterable[Slot]:
        """The free starts at which this request could come, soonest first; those that overlap `during`."""
        wished = consultation.practitioner_id
        slots = self.slots(consultation.service, consultation.location)
        if during:
            first = bisect_right(slots, during.start, key=lambda slot: slot.end)
            slots = slots[first : bisect_left(slots, during.end, key=lambda slot: slot.start)]
        for slot in slots:
            if (not wished or wished in slot.practitioner_ids) and suits(consultation, slot.start):
                yield slot

    def freed(self, most: int = FREED_AT_ONCE) -> list[Freed]:
        """Released times that are still free and suit somebody, soonest first."""
        here = {"location": self.location} if self.location else {}
        rows = (
            Appointment.objects.filter(
                status=AppointmentStatus.CANCELLED, start__gt=self.now, **here
            )
            .select_related("location", "practitioner", "service", "request")
            .order_by("start", "practitioner", "-pk")[:FREED_AT_ONCE]
        )
        once = {(row.practitioner_id, row.start): row for row in reversed(rows)}
        return self.wanted(reversed(once.values()), most)

    def wanted(self, freed: Iterable[Appointment], most: int) -> list[Freed]:
        """The first of these times that somebody could take; the others are not looked at."""
        found = (Freed(row, self.matches(row)) for row in freed)
        return list(islice((one for one in found if one.matches), most))

    def matches(self, freed: Appointment) -> list[Match]:
        """Who could take a released time, best first; nobody if it is taken again."""
        if freed.start <= self.now:
            return []
        found = [
            match
            for consultation in self._at.get(freed.location_id, ())
            if consultation.pk != freed.request_id
            for match in [self._match(consultation, freed)]
            if match
        ]
        found.sort(key=lambda m: (-m.wishes_met, m.request.waiting.joined_at, m.request.pk))
        return found

    def _match(self, consultation: ConsultationRequest, freed: Appointment) -> Match | None:
        inside = [
            slot
            for slot in self.suiting(consultation, during=freed)
            if freed.practitioner_id in slot.practitioner_ids
            and consultation.practitioner_id in (None, freed.practitioner_id)
        ]
        if not inside:
            return None
        slot = min(inside, key=lambda s: (abs(s.start - freed.start), s.start))
        return Match(consultation, slot, freed.practitioner, self.now)


def suits(consultation: ConsultationRequest, start: datetime) -> bool:
    """Whether the patient said that they can come at this start (UTC)."""
    local = start.astimezone(consultation.location.zone)
    if local.date() > consultation.waiting.until:
        return False
    if start in [wish.start for wish in wishes_of(consultation)]:
        return True
    parts = wished_parts(consultation)
    if parts and clock.day_part(start, consultation.location.zone) not in parts:
        return False
    return not consultation.waiting.weekdays or local.weekday() in consultation.waiting.weekdays


def wishes_of(consultation: ConsultationRequest) -> list[PreferredTime]:
    return consultation.wishes  # type: ignore[attr-defined, no-any-return]  # prefetched


def wished_parts(consultation: ConsultationRequest) -> Sequence[DayPart]:
    return [DayPart(wish.part) for wish in wishes_of(consultation) if wish.part]
