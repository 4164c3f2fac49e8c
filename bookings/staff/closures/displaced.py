"""The visits inside a closure, and what has become of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch
from django.db.models.enums import TextChoices
from django.utils.translation import gettext_lazy as _

from bookings.enums import (
    APPOINTMENT_HOLDING,
    REQUEST_FINAL,
    REQUEST_TRANSITIONS,
    VERBS_AFTER_A_CLOSURE,
    AppointmentStatus,
    RequestStatus,
    Verb,
)
from bookings.models import Appointment, ConsultationRequest, DateException, Event, Message
from bookings.models.requests import ADDRESS_IN_DOUBT
from bookings.schedule import claims


class State(TextChoices):
    TO_ASK = "to-ask", _("needs a new time")
    OFFERED = "offered", _("offered, no answer yet")
    MOVED = "moved", _("has a new time")
    REFUSED = "refused", _("accepted none of the times")
    LAPSED = "lapsed", _("did not answer in time")
    KEEPS = "keeps", _("wants to keep the old time")
    CANCELLED = "cancelled", _("cancelled; needs a new time")
    CLOSED = "closed", _("no longer coming")
    UNVERIFIED = "unverified", _("has not confirmed the address yet")


OPEN = frozenset({State.TO_ASK, State.REFUSED, State.LAPSED, State.KEEPS, State.CANCELLED})
"""Those to whom a time can be offered now."""


@dataclass
class DisplacedVisit:
    """One request with a time inside the closure: the time, and what has come of it."""

    visit: Appointment
    consultation: ConsultationRequest
    state: State
    offers: list[Appointment] = field(default_factory=list)
    new: Appointment | None = None
    undelivered: bool = False
    """Whether our last message did not arrive."""

    @property
    def unreached(self) -> bool:
        """Whether mail does not reach them: they have none, or never confirmed it, or one got lost."""
        doubt: bool = self.visit.in_doubt  # type: ignore[attr-defined]  # annotated
        unproven = doubt and self.consultation.verified_at is None
        return (
            self.undelivered
            or self.consultation.needs_call
            or not self.consultation.email
            or unproven
        )

    @property
    def to_offer(self) -> bool:
        status = RequestStatus(self.consultation.status)
        return self.state in OPEN and RequestStatus.OFFERED in REQUEST_TRANSITIONS[status]

    def stands(self, now: datetime) -> bool:
        """Whether a booked visit is still inside the closure, and still to come."""
        return self.visit.status == AppointmentStatus.BOOKED and self.visit.end > now


def people_of(closure: DateException, *, now: datetime) -> list[DisplacedVisit]:
    """Everybody in the closure's list, and whoever has got inside since, in the order of their visits."""
    ids = set(closure.displaced.values_list("appointment_id", flat=True))
    ids |= {visit.pk for visit in claims.standing_inside(closure, now=now)}
    holding = Appointment.objects.holding(now).select_related("practitioner", "location")
    visits = (
        Appointment.objects.filter(pk__in=ids)
        .annotate(
            in_doubt=Exists(Event.objects.filter(ADDRESS_IN_DOUBT, request=OuterRef("request"))),
        )
        .select_related(
            "request__service",
            "request__location",
            "request__practitioner",
            "practitioner",
            "service",
            "location",
        )
        .prefetch_related(Prefetch("request__appointments", queryset=holding, to_attr="holds"))
    )
    requests = [visit.request_id for visit in visits]
    last, lost = _last_answers(requests), Message.objects.requests_undelivered(requests)
    found: dict[int, DisplacedVisit] = {}
    # Of several times of one request the booked one counts: it sorts first.
    for visit in sorted(visits, key=lambda v: (v.status != AppointmentStatus.BOOKED, v.start)):
        if visit.request_id not in found:
            person = _person(closure, visit, last.get(visit.request_id, ""))
            person.undelivered = visit.request_id in lost
            found[visit.request_id] = person
    return sorted(found.values(), key=lambda person: (person.visit.start, person.visit.pk))


def _last_answers(requests: Sequence[int]) -> dict[int, str]:
    rows = Event.objects.filter(request__in=requests, verb__in=VERBS_AFTER_A_CLOSURE).order_by(
        "at", "pk"
    )
    return dict(rows.values_list("request_id", "verb"))


def _person(closure: DateException, visit: Appointment, last: str) -> DisplacedVisit:
    consultation = visit.request
    holds: list[Appointment] = consultation.holds  # type: ignore[attr-defined]
    outside = [a for a in holds if a.busy_end <= closure.start or a.busy_start >= closure.end]
    offers = [a for a in outside if a.status == AppointmentStatus.PENDING]
    new = next((a for a in outside if a.status != AppointmentStatus.PENDING), None)
    return DisplacedVisit(
        visit, consultation, _state(visit, last, offers=offers, new=new), offers, new
    )


def _state(
    visit: Appointment, last: str, *, offers: list[Appointment], new: Appointment | None
) -> State:
    status = RequestStatus(visit.request.status)
    if status in REQUEST_FINAL or visit.status in {
        AppointmentStatus.FULFILLED,
        AppointmentStatus.NOSHOW,
    }:
        return State.CLOSED
    if status == RequestStatus.UNVERIFIED:
        return State.UNVERIFIED
    if new:
        return State.MOVED
    if status == RequestStatus.OFFERED and offers:
        return State.OFFERED
    answers: dict[str, State] = {
        Verb.REFUSE: State.REFUSED,
        Verb.LAPSE_OFFER: State.LAPSED,
        Verb.KEEP_APPOINTMENT: State.KEEPS,
    }
    if last in answers:
        return answers[last]
    return State.TO_ASK if visit.status in APPOINTMENT_HOLDING else State.CANCELLED
