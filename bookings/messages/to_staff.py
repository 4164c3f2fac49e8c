"""Writes what staff are told, in the transaction of what happened. `staff_mail` makes mails of it.

Every event of a patient, and of the system on a patient's behalf, is told to the desk; practitioners are
told of their own visits, whoever changed them. A row holds ids and times: no name, nothing about health.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from post_office.models import Email

from bookings.enums import (
    ActorKind,
    AppointmentStatus,
    CancelledBecause,
    RequestStatus,
    StaffKind,
    TellWhen,
    Verb,
)
from bookings.messages import recipients
from bookings.messages.recipients import Desk, Timing
from bookings.models import (
    Appointment,
    ConsultationRequest,
    DateException,
    Event,
    Message,
    OwnCalendar,
    StaffNotice,
)
from bookings.models.events import BESIDE

OF_PATIENTS: Mapping[str, StaffKind] = {
    Verb.SUBMIT: StaffKind.ANSWER,
    Verb.VERIFY: StaffKind.ANSWER,
    Verb.CHANGE_WISHES: StaffKind.ANSWER,
    Verb.CORRECT_CONTACT: StaffKind.ANSWER,
    Verb.CHANGE_ADDRESS: StaffKind.ANSWER,
    Verb.ANSWER: StaffKind.ANSWER,
    Verb.ACCEPT: StaffKind.ANSWER,
    Verb.REFUSE: StaffKind.ANSWER,
    Verb.KEEP_APPOINTMENT: StaffKind.ANSWER,
    Verb.COME: StaffKind.COMING,
    Verb.JOIN_WAITING_LIST: StaffKind.WAITING,
    Verb.CHANGE_WAITING: StaffKind.WAITING,
    Verb.LEAVE_WAITING_LIST: StaffKind.WAITING,
}
"""What a patient does; any verb that is not here is a change, so that none is ever forgotten."""
OF_THE_SYSTEM: Mapping[str, StaffKind] = {
    Verb.LAPSE: StaffKind.ANSWER,
    Verb.LAPSE_OFFER: StaffKind.ANSWER,
    Verb.LAPSE_WISH: StaffKind.CHANGE,
    Verb.END_WAITING: StaffKind.WAITING,
}
CHANGES_A_VISIT = frozenset({Verb.WITHDRAW, Verb.MOVE, Verb.ASK_TO_MOVE})


def tell(event: Event) -> None:
    """Tell the desk of an event that a patient caused, or the system for them."""
    consultation, kind = event.request, _kind(event)
    # Of a request whose address nobody has confirmed the clinic knows nothing yet.
    if kind is None or consultation.status == RequestStatus.UNVERIFIED or not _is_known(event):
        return
    visit = event.appointment
    if visit is None and event.verb in CHANGES_A_VISIT:
        visit = consultation.appointments.filter(status=AppointmentStatus.BOOKED).first()
    late = event.verb in CHANGES_A_VISIT and is_late(visit, now=event.at)
    write(
        recipients.desk(),
        kind,
        key=f"event:{event.pk}",
        timing=Timing(consultation.location, event.at, visit if late else None),
        consultation=consultation,
        visit=visit,
        verb=event.verb,
    )


def _kind(event: Event) -> StaffKind | None:
    if event.verb == Verb.ERASE:
        return None
    if event.actor_kind == ActorKind.PATIENT:
        if event.to_status == RequestStatus.SUBMITTED:
            return StaffKind.NEW
        return OF_PATIENTS.get(event.verb, StaffKind.CHANGE)
    if event.actor_kind == ActorKind.SYSTEM:
        # An offer's times lapse one by one, and then the offer.
        offered = event.request.status == RequestStatus.OFFERED and event.verb == Verb.LAPSE
        return None if offered else OF_THE_SYSTEM.get(event.verb)
    return None


def _is_known(event: Event) -> bool:
    return event.actor_kind == ActorKind.PATIENT or event.request.is_proven


def is_late(visit: Appointment | None, *, now: datetime) -> bool:
    """Whether the visit is still to come, within the notice that its service asks for to cancel."""
    return visit is not None and visit.start > now and visit.is_inside_notice(now)


def visit_changed(
    visit: Appointment,
    verb: Verb,
    *,
    now: datetime,
    because: CancelledBecause | None = None,
) -> None:
    """Tell the practitioner that a visit of theirs was booked, moved away or cancelled.

    `verb` is CONFIRM, MOVE or CANCEL. A booking waits until it can no longer be undone; one that is undone
    before is not told at all.
    """
    user = (
        get_user_model()
        .objects.filter(practitioner__resource=visit.practitioner_id, is_active=True)
        .first()
    )
    if user is None or visit.end <= now:
        return
    if because == CancelledBecause.UNDONE:
        untold = StaffNotice.objects.filter(user=user, appointment=visit, told_at=None)
        if verb == Verb.CONFIRM:  # the cancellation was undone
            untold = untold.filter(verb=Verb.CANCEL)
        deleted, _by_model = untold.delete()
        if deleted:
            return
    erased = because == CancelledBecause.ERASED
    booked = verb == Verb.CONFIRM
    wait = timedelta(seconds=settings.BOOKINGS["UNDO_SECONDS"] if booked else 0)
    late = not booked and is_late(visit, now=now)
    write(
        Desk([user], set()),
        StaffKind.OWN_VISIT,
        key=f"visit:{visit.pk}:{verb}:{now.timestamp()}",
        timing=Timing(visit.location, now, visit if late else None, wait=wait),
        consultation=None if erased else visit.request,
        visit=visit,
        verb=verb,
    )


def undelivered(email: Email, *, now: datetime) -> None:
    """Tell the desk that a message to a patient did not arrive; not of a text beside a mail."""
    told = Message.objects.filter(email=email, superseded=False).select_related("request")
    message = told.exclude(dedupe_key__endswith=BESIDE).first()
    if message is None:
        return
    write(
        recipients.desk(),
        StaffKind.UNDELIVERED,
        key=f"undelivered:{email.pk}:{now.timestamp()}",
        timing=Timing(message.request.location, now),
        consultation=message.request,
    )


def almost_due(consultation: ConsultationRequest, *, now: datetime) -> None:
    """Warn the desk of a promise before it breaks; once for each promise."""
    assert consultation.respond_by
    write(
        recipients.desk(),
        StaffKind.PROMISE,
        key=promise_key(consultation),
        timing=Timing(consultation.location, now),
        consultation=consultation,
    )


def promise_key(consultation: ConsultationRequest) -> str:
    due = consultation.respond_by
    return f"promise:{consultation.pk}:{due.timestamp() if due else 0:.0f}"


def attack(*, now: datetime) -> None:
    """So many requests were never confirmed that somebody may be blocking the diary; once a day."""
    key = f"attack:{now:%Y-%m-%d}"
    write(recipients.watchers(), StaffKind.ATTACK, key=key, timing=Timing(None, now))


def absent(closure: DateException, *, by: Any, now: datetime) -> None:
    """Tell the desk that a practitioner has entered an absence, except whoever entered it."""
    desk = recipients.desk()
    write(
        Desk([user for user in desk.users if user != by], desk.relieved),
        StaffKind.ABSENCE,
        key=f"absence:{closure.pk}",
        timing=Timing(closure.location, now),
        closure=closure,
    )


def clash(visit: Appointment, *, now: datetime) -> None:
    """Tell the desk, and the practitioner, that their own calendar has something else at this time.

    Called once for each clash: `transitions.own_calendars` knows which are new.
    """
    late = is_late(visit, now=now)
    for group, relieved in _desk_and(visit.practitioner_id):
        write(
            Desk(group, relieved),
            StaffKind.OWN_CALENDAR,
            key=f"clash:{visit.pk}:{now.timestamp()}",
            timing=Timing(visit.location, now, visit if late else None),
            consultation=visit.request,
            visit=visit,
        )


def no_clash(visits: Iterable[int]) -> None:
    """These visits (ids) clash no longer: who has not been told by mail yet need not be told."""
    rows = StaffNotice.objects.filter(kind=StaffKind.OWN_CALENDAR, appointment__in=list(visits))
    rows.filter(told_at=None, seen_at=None).delete()


def calendar_lost(calendar: OwnCalendar, *, now: datetime) -> None:
    """Tell the desk and the practitioner that the busy times of a calendar count no longer."""
    for group, relieved in _desk_and(calendar.resource_id):
        write(
            Desk(group, relieved),
            StaffKind.OWN_CALENDAR,
            key=f"calendar:{calendar.pk}:{now.timestamp()}",
            timing=Timing(calendar.resource.location, now),
            calendar=calendar,
        )


def _desk_and(resource_id: int) -> Iterator[tuple[list[Any], set[int]]]:
    """The practitioner, whatever else they are, and everybody else of the desk."""
    users = get_user_model().objects.filter(practitioner__resource=resource_id, is_active=True)
    own, desk = list(users), recipients.desk()
    yield own, set()
    yield [user for user in desk.users if user not in own], desk.relieved


def write(
    desk: Desk,
    kind: StaffKind,
    *,
    key: str,
    timing: Timing,
    consultation: ConsultationRequest | None = None,
    visit: Appointment | None = None,
    closure: DateException | None = None,
    calendar: OwnCalendar | None = None,
    verb: str = "",
) -> None:
    """A row for each of them; a row that is there already is left alone."""
    if not desk.users:
        return
    wanted = recipients.choices(desk.users, kind, relieved=desk.relieved)
    due = {when: timing.due_at(when) for when in set(wanted.values())}
    urgent = timing.visit is not None
    spared = {pk for pk in desk.relieved if urgent and wanted.get(pk) == TellWhen.NEVER}
    StaffNotice.objects.bulk_create(
        [
            StaffNotice(
                user=user,
                kind=kind,
                verb=verb,
                request=consultation,
                appointment=visit,
                closure=closure,
                calendar=calendar,
                at=timing.now,
                urgent=urgent,
                due_at=_to_mail(user, None if user.pk in spared else due[wanted[user.pk]]),
                dedupe_key=f"{key}:{user.pk}",
            )
            for user in desk.users
        ],
        ignore_conflicts=True,
    )


def _to_mail(user: Any, due: datetime | None) -> datetime | None:
    return due if user.email else None
