"""The patient chooses other times on their own page: for a booked visit, or before an answer came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from bookings.enums import AppointmentStatus, CancelledBecause, RequestStatus, Verb
from bookings.errors import InvalidTransition, TimeTaken, VisitBegun
from bookings.messages import to_patients
from bookings.models import Appointment, ConsultationRequest, PreferredTime, Resource
from bookings.schedule.availability import Search, find_slot
from bookings.transitions.core import (
    PATIENT,
    all_or_nothing,
    booked,
    deadline_for,
    record,
    set_status,
)
from bookings.transitions.holds import drop_holds, end_hold, hold_first_choice, taken
from bookings.transitions.limits import is_hoarding
from bookings.transitions.visits import move

CAN_MOVE = frozenset({RequestStatus.CONFIRMED, RequestStatus.IN_REVIEW})
CAN_WISH = frozenset({RequestStatus.SUBMITTED, RequestStatus.IN_REVIEW})


class InsideNotice(InvalidTransition):
    """Too late to move the visit here: nobody else could be found for its time."""

    message = _("It is too late to move this appointment here. Please call us.")


@all_or_nothing
def move_own_visit(
    consultation: ConsultationRequest,
    *,
    start: datetime,
    now: datetime,
    practitioner: Resource | None = None,
) -> Appointment:
    """Swap the booked visit for a free time, in one transaction: the old one stays until then.

    Raises `TimeTaken` with the nearest free times, `InsideNotice`, `VisitBegun`, `StaleVersion`, and
    `InvalidTransition` where nothing is booked or the service does not allow it.
    """
    visit = booked(consultation)
    if not visit or consultation.status not in CAN_MOVE or not visit.service.patients_move:
        raise InvalidTransition
    if visit.start <= now:
        raise VisitBegun
    if visit.is_inside_notice(now):
        raise InsideNotice
    search = own_search(consultation, visit, practitioner, now=now)
    if find_slot(search, start) is None:
        raise taken(search, start)
    return move(
        consultation,
        actor=PATIENT,
        version=consultation.version,
        now=now,
        start=start,
        practitioner=practitioner,
    )


def own_search(
    consultation: ConsultationRequest,
    visit: Appointment | None,
    practitioner: Resource | None,
    *,
    now: datetime,
) -> Search:
    """What the patient may choose from: with the notice of any booking, as if the own visit were not."""
    ignoring = [visit.pk] if visit else []
    return Search(consultation.service, consultation.location, now, practitioner, ignoring=ignoring)


@all_or_nothing
def change_wishes(
    consultation: ConsultationRequest, starts: Sequence[datetime], *, now: datetime
) -> Appointment | None:
    """Other times than those asked for, before an answer came. Returns what is held, if anything is.

    Nothing is held for a patient without email. Raises `TimeTaken` where the first is not free, which
    keeps what was held before, and `InvalidTransition` with a visit booked or an answer given.
    """
    verified = consultation.verified_at or not consultation.email
    if booked(consultation) or consultation.status not in CAN_WISH or not verified:
        raise InvalidTransition
    held = consultation.appointments.filter(status=AppointmentStatus.PROPOSED).one_at_most()
    search = own_search(consultation, held, consultation.practitioner, now=now)
    if find_slot(search, starts[0]) is None:
        raise taken(search, starts[0])
    drop_holds(consultation, now=now, because=CancelledBecause.OTHER_TIME)
    _replace_times(consultation, starts)
    until = deadline_for(consultation, now=now)
    set_status(
        consultation,
        RequestStatus.IN_REVIEW,
        Verb.CHANGE_WISHES,
        actor=PATIENT,
        now=now,
        respond_by=until,
    )
    fresh = hold_first_choice(consultation, until=until, now=now)
    if fresh is None and consultation.email:
        raise TimeTaken
    to_patients.received(consultation, fresh, now=now)
    return fresh


@all_or_nothing
def hold_again(consultation: ConsultationRequest, *, now: datetime) -> Appointment:
    """Hold the first choice once more for a patient who has not confirmed the address in time.

    Once only: a time must not be kept from others by somebody who never confirms. Raises `TimeTaken`, and
    `InvalidTransition` while it is held, after the second time, or once the address is confirmed.
    """
    for lapsed in consultation.appointments.lapsed(now):
        end_hold(lapsed, now=now)
    twice = consultation.events.filter(verb=Verb.HOLD_AGAIN).exists()
    unconfirmed = consultation.status == RequestStatus.UNVERIFIED
    if not unconfirmed or twice or consultation.appointments.active().exists():
        raise InvalidTransition
    if is_hoarding(now=now):
        raise InvalidTransition
    until = now + timedelta(minutes=settings.BOOKINGS["HOLD_UNVERIFIED_MINUTES"])
    held = hold_first_choice(consultation, until=until, now=now)
    if held is None:
        raise TimeTaken
    status = consultation.status
    record(consultation, Verb.HOLD_AGAIN, actor=PATIENT, now=now, before=status, after=status)
    return held


def _replace_times(consultation: ConsultationRequest, starts: Sequence[datetime]) -> None:
    """The new times come first, the parts of the day stay behind them."""
    parts = [wish.part for wish in consultation.preferences.all() if wish.part]
    consultation.preferences.all().delete()
    wishes = [PreferredTime(start=start) for start in starts]
    wishes += [PreferredTime(part=part) for part in parts]
    for rank, wish in enumerate(wishes, start=1):
        wish.request, wish.rank = consultation, rank
    PreferredTime.objects.bulk_create(wishes)
