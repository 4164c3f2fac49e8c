"""One function for each message to patients. Each writes an outbox row in the caller's transaction.

The default words are in `defaults`; `queue` writes the rows and `send` sends them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from post_office.models import STATUS

from bookings.enums import REQUEST_NEEDS_ANSWER, AppointmentStatus, RequestStatus
from bookings.messages import queue, unsent
from bookings.messages.defaults import APART
from bookings.messages.placeholders import Change
from bookings.models import Appointment, ConsultationRequest


def verify(consultation: ConsultationRequest, held: Appointment | None, *, now: datetime) -> None:
    """The first message: please confirm your address. The chosen time is held until then."""
    _write(consultation, "verify", now=now, supersedes=False, held=held)


def received(consultation: ConsultationRequest, held: Appointment | None, *, now: datetime) -> None:
    """We have your request; what happens next, and by when."""
    _write(consultation, "received", now=now, held=held)


def confirmed(
    consultation: ConsultationRequest, appointment: Appointment, *, now: datetime, moved: bool
) -> None:
    """Your visit is booked, with a calendar file; `moved` if it replaces another time."""
    kind = "moved" if moved else "confirmed"
    _write(consultation, kind, now=now, visit=appointment, method="REQUEST")


def booked_several(visits: Sequence[Appointment], *, now: datetime) -> None:
    """Your visits are booked: one message for all, with one calendar file."""
    first = visits[0].request
    _write(first, "booked_several", now=now, visit=visits[0], visits=visits, method="PUBLISH")


def offered(
    consultation: ConsultationRequest, appointments: Sequence[Appointment], *, now: datetime
) -> None:
    """Here are other times, held for you until then."""
    _write(consultation, "offered", now=now, offers=appointments)


def declined(consultation: ConsultationRequest, *, now: datetime) -> None:
    _write(consultation, "declined", now=now)


def question(consultation: ConsultationRequest, *, now: datetime) -> None:
    _write(consultation, "question", now=now)


def waitlisted(consultation: ConsultationRequest, *, now: datetime) -> None:
    _write(consultation, "waitlisted", now=now)


def waiting_over(consultation: ConsultationRequest, *, now: datetime) -> None:
    """No time became available during the patient's wait."""
    _write(consultation, "waiting_over", now=now)


TAKEN_BACK = {RequestStatus.DECLINED: "declined", RequestStatus.OFFERED: "offered"}
"""The message that announced the answer from which a request is reopened."""


def reopened(consultation: ConsultationRequest, before: RequestStatus, *, now: datetime) -> None:
    """Please ignore our earlier answer, which led to `before`. Only if that answer was sent."""
    unsent.drop_earlier(consultation)
    told = consultation.messages.filter(kind=TAKEN_BACK.get(before), superseded=False)
    last = told.select_related("email").first()
    if last and last.email.status == STATUS.sent:
        _write(consultation, "reopened", now=now)


def lapsed(consultation: ConsultationRequest, *, now: datetime) -> None:
    """The offered times are no longer held; staff look again, or the patient keeps waiting."""
    _write(consultation, "lapsed", now=now)


def hold_lapsed(
    consultation: ConsultationRequest, appointment: Appointment, *, now: datetime
) -> None:
    """We did not answer in time, and no longer hold the first choice."""
    _write(consultation, "hold_lapsed", now=now, visit=appointment)


def unanswered(
    consultation: ConsultationRequest, appointment: Appointment, *, now: datetime
) -> None:
    """Our question is unanswered, and we no longer hold the first choice. The question is still sent."""
    _write(consultation, "unanswered", now=now, visit=appointment, supersedes=False)


def refused(consultation: ConsultationRequest, *, now: datetime) -> None:
    _write(consultation, "refused", now=now)


def answered(consultation: ConsultationRequest, *, now: datetime) -> None:
    _write(consultation, "answered", now=now)


def move_asked(
    consultation: ConsultationRequest, appointment: Appointment, *, now: datetime
) -> None:
    """The booked visit stays until another time is agreed."""
    _write(consultation, "move_asked", now=now, visit=appointment)


def kept(consultation: ConsultationRequest, appointment: Appointment, *, now: datetime) -> None:
    _write(consultation, "kept", now=now, visit=appointment)


def withdrawn(
    consultation: ConsultationRequest, appointment: Appointment | None, *, now: datetime
) -> None:
    """You have cancelled; the visit is removed from the calendar."""
    _write(consultation, "withdrawn", now=now, visit=appointment, method="CANCEL")


def cancelled_for(
    consultation: ConsultationRequest,
    appointment: Appointment | None,
    *,
    message: str,
    now: datetime,
) -> None:
    """As you asked us, we have cancelled; the visit is removed from the calendar."""
    _write(
        consultation, "cancelled_for", now=now, visit=appointment, method="CANCEL", message=message
    )


def not_cancelled(
    consultation: ConsultationRequest, appointment: Appointment, *, now: datetime
) -> None:
    """Nothing was cancelled after all: what told of the visit is sent, if it was waiting."""
    drop_unsent_cancellation(consultation)
    told = consultation.messages.filter(kind__in=unsent.TELLS_OF_A_VISIT).select_related("email")
    last = told.first()
    if last and last.superseded and last.email.status != STATUS.sent:
        confirmed(consultation, appointment, now=now, moved=last.kind == "moved")


def drop_unsent_cancellation(consultation: ConsultationRequest) -> None:
    unsent.drop(consultation.messages.filter(kind="cancelled_for"))


WHATEVER_THE_VISIT = {
    *("offered", "question", "cancelled", "booked_several", "link", "new_address"),
} | APART
"""Messages that still apply after the visit is cancelled or missed: they are about something else."""


def cancelled(
    consultation: ConsultationRequest, appointment: Appointment, *, message: str, now: datetime
) -> None:
    """The clinic cancelled; the visit is removed from the calendar. Offered times stay offered."""
    unsent.drop(consultation.messages.exclude(kind__in=WHATEVER_THE_VISIT))
    _write(
        consultation,
        "cancelled",
        now=now,
        visit=appointment,
        method="CANCEL",
        supersedes=False,
        message=message,
    )


def missed(consultation: ConsultationRequest, appointment: Appointment, *, now: datetime) -> None:
    """The patient did not come. Offered times stay offered."""
    unsent.drop(consultation.messages.exclude(kind__in=WHATEVER_THE_VISIT))
    _write(
        consultation,
        "missed",
        now=now,
        visit=appointment,
        supersedes=False,
        # Includes the moment, because a correction may be followed by a second no-show.
        dedupe=f"{appointment.pk}:{now.timestamp()}",
    )


def not_missed(consultation: ConsultationRequest) -> None:
    """They came after all."""
    unsent.drop(consultation.messages.filter(kind="missed"))


def reminder_key(appointment: Appointment, hours: int) -> str:
    """The dedupe key of a reminder."""
    return f"{appointment.request_id}:reminder:{appointment.pk}:{hours}"


def reminder(
    consultation: ConsultationRequest, appointment: Appointment, *, hours: int, now: datetime
) -> bool:
    """Your visit is soon; once for each visit and number of hours, and never after its start."""
    dedupe = f"{appointment.pk}:{hours}"
    key = reminder_key(appointment, hours)
    unsent.drop(consultation.messages.filter(kind="reminder").exclude(dedupe_key=key))
    return _write(
        consultation,
        "reminder",
        now=now,
        visit=appointment,
        dedupe=dedupe,
        supersedes=False,
        expires_at=appointment.start,
    )


def updated(
    consultation: ConsultationRequest, appointment: Appointment, change: Change, *, now: datetime
) -> bool:
    """The booked visit has another place or time zone; comes with an updated invitation."""
    return _write(
        consultation,
        "updated",
        now=now,
        visit=appointment,
        change=change,
        method="REQUEST",
        dedupe=f"{appointment.pk}:{appointment.ics_sequence}",
        supersedes=False,
    )


def link(consultation: ConsultationRequest, *, now: datetime) -> bool:
    """A new link for somebody who lost theirs; at most one in ten minutes."""
    dedupe = f"{now:%Y%m%d%H}{now.minute // 10}"
    return _write(consultation, "link", now=now, dedupe=dedupe, supersedes=False)


def links(consultations: Sequence[ConsultationRequest], *, now: datetime) -> bool:
    """A new link to each of these requests of one address, newest first; at most once in ten minutes."""
    newest = consultations[0]
    dedupe = f"{now:%Y%m%d%H}{now.minute // 10}"
    if newest.messages.filter(dedupe_key=f"{newest.pk}:links:{dedupe}").exists():
        return False
    rows = [(one.reference, queue.new_link(one, now=now)) for one in consultations]
    return _write(newest, "links", now=now, dedupe=dedupe, supersedes=False, links=rows)


def new_address(consultation: ConsultationRequest, email: str, *, now: datetime) -> bool:
    """Please confirm this new address, by the link; to that address, whatever the request's is now."""
    to = "" if email == consultation.email else email
    dedupe = str(now.timestamp())
    return _write(consultation, "new_address", now=now, dedupe=dedupe, supersedes=False, to=to)


def where_it_stands(consultation: ConsultationRequest, *, now: datetime) -> None:
    """Say again what was last said, to an address that has only now been proven."""
    status = RequestStatus(consultation.status)
    rows = consultation.appointments.holding(now).filter(end__gt=now)
    visit = rows.filter(status=AppointmentStatus.BOOKED).first()
    if status == RequestStatus.CONFIRMED and visit:
        confirmed(consultation, visit, now=now, moved=False)
    elif status == RequestStatus.OFFERED:
        offered(consultation, list(rows.pending()), now=now)
    elif status == RequestStatus.INFO_NEEDED:
        question(consultation, now=now)
    elif status == RequestStatus.WAITLISTED:
        waitlisted(consultation, now=now)
    elif status == RequestStatus.DECLINED:
        declined(consultation, now=now)
    elif status in REQUEST_NEEDS_ANSWER and visit:
        move_asked(consultation, visit, now=now)
    elif status in REQUEST_NEEDS_ANSWER:
        received(consultation, rows.active().first(), now=now)


def _write(
    consultation: ConsultationRequest,
    kind: str,
    *,
    now: datetime,
    supersedes: bool = True,
    **about: Any,
) -> bool:
    """Write the message; with `supersedes` it replaces messages that have not been sent yet."""
    if supersedes:
        unsent.drop_earlier(consultation, of_the_visit=kind in {"confirmed", "moved"})
    return queue.write(consultation, kind, now=now, **about)
