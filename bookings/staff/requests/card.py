"""What the card shows beside the request itself: which times are free, and its history."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Q

from bookings import clock
from bookings.enums import (
    APPOINTMENT_CAN_LAPSE,
    REQUEST_ABOUT_A_VISIT,
    REQUEST_FINAL,
    REQUEST_TRANSITIONS,
    AppointmentStatus,
    DayPart,
    RequestStatus,
)
from bookings.models import (
    Appointment,
    ConsultationRequest,
    PreferredTime,
    Resource,
    search_words,
)
from bookings.models.requests import RequestQuerySet
from bookings.permissions import can_record_visit, can_triage
from bookings.schedule import availability, rota, why_not_free
from bookings.schedule.availability import Search, Slot
from bookings.staff.requests.next_dates import following
from bookings.transitions.core import withdrawn_by_staff
from bookings.transitions.next_visits import HAS_COME_TO
from bookings.transitions.visits import CORRECTED

OFFERED_AT_ONCE = 6
SEARCHED = 60
SEARCH_DAYS = 21
NEXT_IN = (1, 2, 6)
"""Weeks to the next visit that the card has a button for."""
BESIDE_THE_TIMES = (
    *("move", "book_next", "offer", "confirm", "ask_question", "keep_appointment", "waitlist"),
    *("decline", "close_duplicate", "mark_spam", "cancel_for", "cancel", "correct", "reopen"),
)
"""The answers of `_actions.html`."""
ANSWERS = ("offer", "confirm", "ask_question", "keep_appointment", "waitlist", "decline")
"""Those of them that tell the patient something, after which the next request may open."""


@dataclass(frozen=True)
class Wish:
    """One preference, and whether it could be booked now. `reasons` says why not, in words.

    `quickest`: the first of them that could, which has the key.
    """

    preference: PreferredTime
    held: Appointment | None = None
    slot: Slot | None = None
    who: list[Resource] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    quickest: bool = False

    @property
    def free(self) -> bool:
        return self.slot is not None


@dataclass(frozen=True)
class Alternative:
    """A free time near to what was asked for, and who could take it."""

    slot: Slot
    who: list[Resource]

    @property
    def only(self) -> Resource | None:
        """The practitioner, where it is one alone."""
        return self.who[0] if len(self.who) == 1 else None


class Card:
    """The rows of one request, read once. `now` is UTC."""

    def __init__(self, consultation: ConsultationRequest, *, user: Any, now: datetime) -> None:
        self.consultation, self.user, self.now = consultation, user, now
        self.appointments = list(
            consultation.appointments.select_related(
                "practitioner", "room", "location", "booked_anyway"
            )
        )
        # A coming visit before a past one: after a missed visit there may be another.
        self.visit = self._one(AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED) or self._one(
            AppointmentStatus.FULFILLED, AppointmentStatus.NOSHOW
        )
        self.held = self._one(AppointmentStatus.PROPOSED)
        if self.held and self.held.hold_expires_at and self.held.hold_expires_at <= now:
            self.held = None
        self.offers = [a for a in self.appointments if a.status == AppointmentStatus.PENDING]
        self.people = {
            person.pk: person
            for person in rota.practitioners(consultation.service, consultation.location)
        }

    def _one(self, *statuses: AppointmentStatus) -> Appointment | None:
        return next((a for a in self.appointments if a.status in statuses), None)

    @property
    def wishes(self) -> list[Wish]:
        wishes = [self._wish(p) for p in self.consultation.preferences.all()]
        first = next((wish for wish in wishes if wish.held or wish.free), None)
        return [replace(wish, quickest=wish is first) for wish in wishes]

    def _wish(self, preference: PreferredTime) -> Wish:
        if preference.start is None:
            return Wish(preference)
        if self.held and self.held.start == preference.start:
            return Wish(preference, held=self.held, who=[self.held.practitioner])
        slot = self._slot(preference.start)
        if slot:
            return Wish(preference, slot=slot, who=self._who(slot))
        return Wish(preference, reasons=why_not_free.explain(self.search, preference.start))

    def _slot(self, start: datetime) -> Slot | None:
        return availability.day_of(self.search, start, fresh=False).slot_at(start)

    @property
    def _moves(self) -> Appointment | None:
        """The booked visit that another time would replace."""
        visit = self.visit
        return visit if visit and visit.status == AppointmentStatus.BOOKED else None

    @cached_property
    def search(self) -> Search:
        """At whatever notice; what the request itself holds blocks none of its other times."""
        consultation, holds = self.consultation, APPOINTMENT_CAN_LAPSE
        return Search(
            consultation.service,
            consultation.location,
            self.now,
            consultation.practitioner,
            notice=False,
            ignoring=[a.pk for a in self.appointments if a.status in holds or a == self._moves],
            moving=self._moves,
        )

    def _who(self, slot: Slot) -> list[Resource]:
        return [self.people[pk] for pk in slot.practitioner_ids if pk in self.people]

    @property
    def alternatives(self) -> list[Alternative]:
        """The free times closest to the booked visit or the first wish, or the next in the wished part."""
        wishes = list(self.consultation.preferences.all())
        starts = [w.start for w in wishes if w.start]
        near = self._moves.start if self._moves else next(iter(starts), None)
        parts = {DayPart(w.part) for w in wishes if w.part}
        found = self._around(near) if near else self._soonest(parts)
        asked_for = {*starts, *(a.start for a in self.offers)}
        shown: list[Slot] = []
        for slot in found:
            apart = all(abs(slot.start - other.start) >= self._length for other in shown)
            if apart and (slot.start not in asked_for or self._is_with_another(slot)):
                shown.append(slot)
        return [Alternative(slot, self._who(slot)) for slot in shown[:OFFERED_AT_ONCE]]

    def _is_with_another(self, slot: Slot) -> bool:
        """Whether it is the same time as before, with somebody else."""
        wished, moves = self.consultation.practitioner_id, self._moves
        if moves:
            return slot.start == moves.start
        return wished is not None and wished not in slot.practitioner_ids

    @property
    def _length(self) -> timedelta:
        """Times closer than this cannot all be held with one practitioner."""
        service = self.consultation.service
        return service.buffer_before + service.duration + service.buffer_after

    def _around(self, start: datetime) -> list[Slot]:
        wanted = max(start, self.now)
        return availability.closest(self.search, wanted, count=SEARCHED)

    def _soonest(self, parts: set[DayPart]) -> list[Slot]:
        zone = self.consultation.location.zone
        search = self.search
        slots = availability.free_slots(search, first_day=search.today, days=SEARCH_DAYS)
        return [s for s in slots if not parts or clock.day_part(s.start, zone) in parts]

    @cached_property
    def others(self) -> RequestQuerySet:
        """Other requests under the same email or phone."""
        return ConsultationRequest.objects.of_same_person(self.consultation)

    @cached_property
    def earlier(self) -> list[ConsultationRequest]:
        """The newest of those that were made before this one."""
        at = self.consultation.created_at
        before = Q(created_at__lt=at) | Q(created_at=at, pk__lt=self.consultation.pk)
        return self._compared(self.others.filter(before)[:10])

    @cached_property
    def counts_instead(self) -> list[ConsultationRequest]:
        """Those that are still with us, whichever came first: this one may be a duplicate of them."""
        return self._compared(self.others.with_us(self.now)[:10])

    def _compared(self, others: RequestQuerySet) -> list[ConsultationRequest]:
        """Each knows whether it is `likely` the same person's, by the name: families share a telephone."""
        name = sorted(search_words.words_in(self.consultation.name))
        found = list(others.select_related("service", "location"))
        for other in found:
            other.likely = sorted(search_words.words_in(other.name)) == name  # type: ignore[attr-defined]
        return found

    @property
    def noshows(self) -> int:
        """How often somebody under the same email or phone did not come."""
        missed = Appointment.objects.filter(status=AppointmentStatus.NOSHOW)
        others = self.others.order_by().values("pk")
        return missed.filter(Q(request__in=others) | Q(request=self.consultation)).count()

    @property
    def can(self) -> dict[str, bool]:
        """Which actions the card offers: what the tables allow and the user may do."""
        status = RequestStatus(self.consultation.status)
        may, onward = can_triage(self.user), REQUEST_TRANSITIONS[status]
        booked = self.visit is not None and self.visit.status == AppointmentStatus.BOOKED
        answer = {
            "confirm": RequestStatus.CONFIRMED in onward and status != RequestStatus.CONFIRMED,
            "move": status == RequestStatus.CONFIRMED and booked and self._ahead,
            "offer": RequestStatus.OFFERED in onward,
            "book_next": self.visit is not None and self.consultation.service.active,
            "ask_question": RequestStatus.INFO_NEEDED in onward,
            "waitlist": RequestStatus.WAITLISTED in onward
            and status != RequestStatus.WAITLISTED
            and not booked,
            "decline": RequestStatus.DECLINED in onward and not booked and not self._came,
            "close_duplicate": RequestStatus.DECLINED in onward
            and not booked
            and not self._came
            and bool(self.counts_instead),
            "mark_spam": RequestStatus.SPAM in onward and not booked,
            "assign": status in {RequestStatus.SUBMITTED, RequestStatus.IN_REVIEW},
            "reopen": RequestStatus.IN_REVIEW in onward
            and status in REQUEST_FINAL | {RequestStatus.OFFERED, RequestStatus.WAITLISTED}
            and (status != RequestStatus.WITHDRAWN or withdrawn_by_staff(self.consultation)),
            "keep_appointment": status in REQUEST_ABOUT_A_VISIT and booked,
            "cancel": booked and not self._over,
            "cancel_for": RequestStatus.WITHDRAWN in onward
            and (not self._over if booked else status != RequestStatus.CONFIRMED),
            "correct_contact": True,
            "correct": self.visit is not None
            and self.visit.status in CORRECTED
            and status not in REQUEST_FINAL,
        }
        return {name: may and allowed for name, allowed in answer.items()} | self._visit_actions

    @property
    def answers(self) -> bool:
        """Whether there is any answer left beside the times."""
        can = self.can
        return any(can[name] for name in BESIDE_THE_TIMES)

    @property
    def opens_next(self) -> bool:
        """Whether it can be answered: then the card offers what to open afterwards."""
        can = self.can
        return any(can[name] for name in ANSWERS)

    @property
    def _came(self) -> bool:
        """Whether the patient has come to the agreed visit."""
        confirmed = self.consultation.status == RequestStatus.CONFIRMED
        there = {AppointmentStatus.ARRIVED, AppointmentStatus.FULFILLED}
        return confirmed and any(a.status in there for a in self.appointments)

    @property
    def _ahead(self) -> bool:
        return self.visit is not None and self.visit.start > self.now

    @property
    def next_starts(self) -> list[tuple[int, datetime]]:
        """Weeks, and the start (UTC) of the next visit so many weeks after this one."""
        visit, zone = self.visit, self.consultation.location.zone
        found = [
            (weeks, following(visit.start, zone, weeks, now=self.now) if visit else None)
            for weeks in NEXT_IN
        ]
        return [(weeks, start) for weeks, start in found if start]

    @cached_property
    def next_key(self) -> str:
        """Makes a double click one visit."""
        return secrets.token_hex(16)

    @cached_property
    def series(self) -> list[Appointment]:
        """The other visits that were booked one after the other with this one."""
        if not self.consultation.series:
            return []
        rows = Appointment.objects.filter(
            request__series=self.consultation.series,
            request__erased_at=None,
            status__in=HAS_COME_TO,
        ).exclude(request=self.consultation)
        return list(rows.select_related("request", "practitioner").order_by("start"))

    @property
    def late(self) -> bool:
        """Whether a visit that the patient cancels now is cancelled later than its notice."""
        return self.visit is not None and self.visit.is_inside_notice(self.now)

    @property
    def _over(self) -> bool:
        return self.visit is not None and self.visit.end <= self.now

    @property
    def _visit_actions(self) -> dict[str, bool]:
        visit = self.visit
        may = visit is not None and can_record_visit(self.user, visit)
        begun = visit is not None and visit.start <= self.now
        status = visit.status if visit else None
        due = visit is not None and visit.day_has_come(self.now)
        return {
            "arrive": may and due and status == AppointmentStatus.BOOKED,
            "fulfil": may and begun and status == AppointmentStatus.ARRIVED,
            "noshow": may and begun and status == AppointmentStatus.BOOKED,
        }
