"""What every transition does: guard, check the table, write, record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from bookings.enums import (
    APPOINTMENT_CAN_LAPSE,
    APPOINTMENT_FINAL,
    APPOINTMENT_HOLDING,
    APPOINTMENT_TRANSITIONS,
    REQUEST_FINAL,
    REQUEST_TRANSITIONS,
    REQUEST_UNDONE,
    VERBS_THAT_ANSWER,
    ActorKind,
    AppointmentStatus,
    CancelledBecause,
    RequestStatus,
    Verb,
)
from bookings.errors import (
    BookingError,
    InvalidTransition,
    StaleVersion,
)
from bookings.messages import to_staff
from bookings.messages.webhooks import write as webhooks
from bookings.models import Appointment, ConsultationRequest, Event, StaffNotice
from bookings.schedule import answer_deadline, claims
from clinic.prepared import insert_one, update


@dataclass(frozen=True)
class Actor:
    """Who does it: a member of staff, the patient through their link, or the system."""

    kind: ActorKind
    user: Any = None


PATIENT = Actor(ActorKind.PATIENT)
SYSTEM = Actor(ActorKind.SYSTEM)


def staff(user: Any) -> Actor:
    return Actor(ActorKind.STAFF, user)


P = ParamSpec("P")
T = TypeVar("T")


def all_or_nothing(function: Callable[P, T]) -> Callable[P, T]:
    """Run a transition in a transaction; if it is refused, leave the caller's rows as they were.

    The database rolls back. The instances that were passed in get their values back as well: some
    refusals come late, such as that of a time which somebody else has just taken.
    """

    @wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        rows = list(_rows_of([*args, *kwargs.values()]))
        before = [(row, dict(vars(row)), dict(row._state.fields_cache)) for row in rows]
        try:
            with transaction.atomic():
                return function(*args, **kwargs)
        except BookingError:
            for row, values, relations in before:
                vars(row).clear()
                vars(row).update(values)
                row._state.fields_cache = relations
            raise

    return wrapped


def _rows_of(values: Sequence[object]) -> Iterator[Model]:
    """The requests and visits among the arguments, and the request that a visit brings along."""
    for value in values:
        if isinstance(value, (ConsultationRequest, Appointment)):
            yield value
            yield from _rows_of(list(value._state.fields_cache.values()))


def record(
    consultation: ConsultationRequest,
    verb: Verb,
    *,
    actor: Actor,
    now: datetime,
    before: str = "",
    after: str = "",
    why: str = "",
    appointment: Appointment | None = None,
    tell: bool = True,
) -> Event:
    """Write the event of a change, and what staff are told of it. `why` is shown to staff.

    `tell` is False where staff are doing it at this moment in the patient's stead.
    """
    event = Event(
        request=consultation,
        appointment=appointment,
        verb=verb,
        from_status=before,
        to_status=after,
        actor_kind=actor.kind,
        actor=actor.user,
        why=why[:300],
        at=now,
    )
    insert_one(event)
    if tell:
        to_staff.tell(event)
    return event


def set_status(
    consultation: ConsultationRequest,
    to: RequestStatus,
    verb: Verb,
    *,
    actor: Actor,
    now: datetime,
    version: int | None = None,
    why: str = "",
    appointment: Appointment | None = None,
    **changes: Any,
) -> None:
    """Bring a request to another status and record it.

    `version` is the one that the person acting had seen; without it, the one of the instance.
    Raises `StaleVersion` where somebody was faster, and `InvalidTransition` where the table has no such
    edge.
    """
    seen = consultation.version if version is None else version
    before = RequestStatus(consultation.status)
    check(consultation, to, actor=actor, version=seen, verb=verb)
    if to in REQUEST_FINAL:
        changes["closed_at"] = now
    elif consultation.closed_at:
        changes["closed_at"] = None
    if actor.kind == ActorKind.PATIENT and consultation.email and not consultation.verified_at:
        # They came through the link in our mail, where everything stands that we could tell.
        changes |= {"verified_at": now, "needs_call": consultation.is_phoned_first}
    if verb in VERBS_THAT_ANSWER and consultation.answered_at is None:
        changes |= {"answered_at": now, "promised_at": consultation.respond_by}
    changes |= {"status": to, "version": seen + 1}
    if not update(ConsultationRequest, changes, id=consultation.pk, version=seen):
        raise stale(consultation, actor)
    for name, value in changes.items():
        setattr(consultation, name, value)
    record(
        consultation,
        verb,
        actor=actor,
        now=now,
        before=before,
        after=to,
        why=why,
        appointment=appointment,
    )


def check(
    consultation: ConsultationRequest,
    to: RequestStatus,
    *,
    actor: Actor,
    version: int,
    verb: Verb | None = None,
) -> None:
    """Raise what `set_status` would: `StaleVersion`, or `InvalidTransition` where there is no such edge."""
    if version != consultation.version:
        raise stale(consultation, actor)
    status = RequestStatus(consultation.status)
    undone = REQUEST_UNDONE.get(status, frozenset()) if verb == Verb.UNDO else frozenset()
    if to not in REQUEST_TRANSITIONS[status] | undone:
        raise no_way_from(status, actor)


def no_way_from(status: RequestStatus, actor: Actor) -> InvalidTransition:
    """The error for a change that the table does not allow; to staff it names the request's status."""
    if actor.kind != ActorKind.STAFF:
        return InvalidTransition()
    text = _("This request is now “%(status)s”, so that is no longer possible. Nothing was sent.")
    return InvalidTransition(text % {"status": status.label})


def not_while_booked(consultation: ConsultationRequest, actor: Actor) -> None:
    """Raise `InvalidTransition` where a visit is booked: the patient would come to a closed request.

    `StaleVersion` where somebody has only just booked it.
    """
    if not booked(consultation):
        return
    rows = ConsultationRequest.objects.filter(pk=consultation.pk, version=consultation.version)
    if not rows.exists():
        raise stale(consultation, actor)
    raise InvalidTransition(_("A visit is booked. Move or cancel that visit instead."))


def stale(consultation: ConsultationRequest, actor: Actor) -> StaleVersion:
    """The error for the second of two; to staff it names the colleague who was first."""
    if actor.kind != ActorKind.STAFF:
        return StaleVersion()
    changes = Event.objects.filter(request=consultation).exclude(to_status="")
    last = changes.order_by("-at", "-pk").first()
    if last and last.actor:
        name = last.actor.get_full_name() or last.actor.get_username()
        return StaleVersion(_("%(name)s has just answered this request.") % {"name": name})
    return StaleVersion()


def set_appointment_status(
    appointment: Appointment,
    to: AppointmentStatus,
    *,
    now: datetime,
    because: CancelledBecause | None = None,
) -> None:
    """Bring an appointment to another status; cells are claimed or released with it.

    Raises `InvalidTransition`, `StaleVersion`, and `TimeTaken` where a lapsed hold has lost its cells.
    """
    before = AppointmentStatus(appointment.status)
    if to not in APPOINTMENT_TRANSITIONS[before]:
        raise InvalidTransition
    changes: dict[str, Any] = {"status": to, "hold_expires_at": None}
    if because:
        changes["cancelled_because"] = because
    elif before == AppointmentStatus.CANCELLED:
        changes["cancelled_because"] = ""
    if to in {AppointmentStatus.BOOKED, AppointmentStatus.CANCELLED}:
        changes["ics_sequence"] = appointment.ics_sequence + 1
    changed = Appointment.objects.filter(pk=appointment.pk, status=before)
    try:
        with transaction.atomic():
            if not changed.update(**changes):
                raise StaleVersion
    except IntegrityError as error:
        raise StaleVersion from error  # the request has another time by now
    for name, value in changes.items():
        setattr(appointment, name, value)
    if to in APPOINTMENT_FINAL:
        claims.release(appointment)
    elif to in APPOINTMENT_HOLDING:
        claims.renew(appointment, now=now)
    if to == AppointmentStatus.BOOKED and before in APPOINTMENT_CAN_LAPSE:
        to_staff.visit_changed(appointment, Verb.CONFIRM, now=now)
    elif before == AppointmentStatus.BOOKED and to == AppointmentStatus.CANCELLED:
        verb = Verb.MOVE if because == CancelledBecause.MOVED else Verb.CANCEL
        to_staff.visit_changed(appointment, verb, now=now, because=because)
    elif before == AppointmentStatus.CANCELLED:
        undone = CancelledBecause.UNDONE
        to_staff.visit_changed(appointment, Verb.CONFIRM, now=now, because=undone)
    webhooks.status_changed(appointment, before, now=now, because=because)


def booked(consultation: ConsultationRequest) -> Appointment | None:
    """The request's booked visit, if it has one."""
    return consultation.appointments.filter(status=AppointmentStatus.BOOKED).first()


def by_the_patient(visit: Appointment, now: datetime) -> CancelledBecause:
    """Why a visit is cancelled that the patient gives up at `now`: in time, or within its notice."""
    late = visit.is_inside_notice(now)
    return CancelledBecause.WITHDRAWN_LATE if late else CancelledBecause.WITHDRAWN


def deadline_for(consultation: ConsultationRequest, *, now: datetime) -> datetime:
    """When there will be an answer (UTC), and before any time that is held or booked begins."""
    ahead = consultation.appointments.active().filter(start__gt=now).values_list("start", flat=True)
    return min([answer_deadline.answer_deadline(consultation.location, now=now), *ahead])


def withdrawn_by_staff(consultation: ConsultationRequest) -> bool:
    """Whether staff closed it for the patient, perhaps by mistake."""
    last = consultation.events.exclude(to_status="").order_by("-at", "-pk").first()
    return last is not None and last.verb == Verb.CANCEL_FOR


def came(consultation: ConsultationRequest) -> bool:
    """Whether the patient has come to a visit of the request."""
    there = [AppointmentStatus.ARRIVED, AppointmentStatus.FULFILLED]
    return consultation.appointments.filter(status__in=there).exists()


ONCE_IN = timedelta(hours=1)


def look(consultation: ConsultationRequest, *, actor: Actor, now: datetime) -> Event | None:
    """Record that a member of staff opened the request; once an hour for each of them.

    The one thing that a GET writes: a script's beacon could be switched off by whoever is to be audited.
    What they were told about the request counts as looked at.
    """
    told = StaffNotice.objects.filter(user=actor.user, request=consultation, seen_at=None)
    told.update(seen_at=now)
    earlier = Event.objects.filter(
        request=consultation, verb=Verb.LOOK, actor=actor.user, at__gt=now - ONCE_IN
    )
    if earlier.exists():
        return None
    return record(consultation, Verb.LOOK, actor=actor, now=now)


def disclose(consultation: ConsultationRequest, *, actor: Actor, now: datetime) -> Event:
    """Record that a copy of everything about the request was handed out."""
    return record(consultation, Verb.DISCLOSE, actor=actor, now=now)


def exported(
    requests: Sequence[ConsultationRequest], *, actor: Actor, now: datetime
) -> list[Event]:
    """Record with each request that it was exported, and by whom."""
    events = [
        Event(
            request=consultation, verb=Verb.EXPORT, actor_kind=actor.kind, actor=actor.user, at=now
        )
        for consultation in requests
    ]
    return Event.objects.bulk_create(events, batch_size=500)
