"""One function a message. Each writes a row of the outbox in the caller's transaction; none sends.

What they say stands in `wording`, or is staff's own; how they become rows, in `posting`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from post_office.models import STATUS, Email

from bookings.enums import RequestStatus
from bookings.messages import queue
from bookings.messages.secret_links import forget
from bookings.models import Appointment, ConsultationRequest, Message


def verify(consultation: ConsultationRequest, held: Appointment | None, *, now: datetime) -> None:
    """Please confirm your address: the time is held until then. The first message of all."""
    _write(consultation, "verify", now=now, supersedes=False, held=held)


def received(consultation: ConsultationRequest, held: Appointment | None, *, now: datetime) -> None:
    """We have it; here is what happens next and by when."""
    _write(consultation, "received", now=now, held=held)


def confirmed(
    consultation: ConsultationRequest, appointment: Appointment, *, now: datetime, moved: bool
) -> None:
    """Your visit is booked, with a calendar file; `moved` if it replaces another time."""
    kind = "moved" if moved else "confirmed"
    _write(consultation, kind, now=now, visit=appointment, method="REQUEST")


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
    """No time came free in the weeks that the patient wanted to wait."""
    _write(consultation, "waiting_over", now=now)


TAKEN_BACK = {RequestStatus.DECLINED: "declined", RequestStatus.OFFERED: "offered"}
"""Which message told of the answer that a request is reopened from."""


def reopened(consultation: ConsultationRequest, before: RequestStatus, *, now: datetime) -> None:
    """Our earlier answer, after which it stood at `before`, no longer counts; to whom that has reached."""
    drop_unsent(consultation)
    told = consultation.messages.filter(kind=TAKEN_BACK.get(before, ""), superseded=False)
    last = told.select_related("email").first()
    if last and last.email.status == STATUS.sent:
        _write(consultation, "reopened", now=now)


def lapsed(consultation: ConsultationRequest, *, now: datetime) -> None:
    """The offered times are no longer held; staff look again, or the patient goes on waiting."""
    _write(consultation, "lapsed", now=now)


def hold_lapsed(
    consultation: ConsultationRequest, appointment: Appointment, *, now: datetime
) -> None:
    """We did not answer in time, and no longer keep the first choice."""
    _write(consultation, "hold_lapsed", now=now, visit=appointment)


def unanswered(
    consultation: ConsultationRequest, appointment: Appointment, *, now: datetime
) -> None:
    """We asked something, and no longer keep the first choice. The question itself leaves all the same."""
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
    """You cancelled; the visit leaves the calendar."""
    _write(consultation, "withdrawn", now=now, visit=appointment, method="CANCEL")


WHATEVER_THE_VISIT = {"offered", "question", "cancelled", "link"}
"""What counts also once the visit is cancelled or missed: these tell of something else."""


def cancelled(
    consultation: ConsultationRequest, appointment: Appointment, *, message: str, now: datetime
) -> None:
    """The clinic cancelled; the visit leaves the calendar. Times that are offered stay offered."""
    _drop(consultation.messages.exclude(kind__in=WHATEVER_THE_VISIT))
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
    """We did not see you. Times that are offered stay offered."""
    _drop(consultation.messages.exclude(kind__in=WHATEVER_THE_VISIT))
    _write(
        consultation,
        "missed",
        now=now,
        visit=appointment,
        supersedes=False,
        # By the moment: what was taken back may be recorded once more.
        dedupe=f"{appointment.pk}:{now.timestamp()}",
    )


def not_missed(consultation: ConsultationRequest) -> None:
    """They came after all."""
    _drop(consultation.messages.filter(kind="missed"))


def reminder(
    consultation: ConsultationRequest, appointment: Appointment, *, hours: int, now: datetime
) -> bool:
    """Your visit is near; once for each visit and number of hours, and never after its start."""
    dedupe = f"{appointment.pk}:{hours}"
    key = f"{consultation.pk}:reminder:{dedupe}"
    _drop(consultation.messages.filter(kind="reminder").exclude(dedupe_key=key))
    return _write(
        consultation,
        "reminder",
        now=now,
        visit=appointment,
        dedupe=dedupe,
        supersedes=False,
        expires_at=appointment.start,
    )


def link(consultation: ConsultationRequest, *, now: datetime) -> bool:
    """A new link, for someone who lost theirs; at most one in ten minutes."""
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


def drop_unsent(consultation: ConsultationRequest) -> None:
    """Messages of an earlier state of the request that have not left yet never will.

    But for a cancellation: whatever is agreed later, that visit has to leave the patient's calendar.
    And for a link: it tells of no state.
    """
    _drop(consultation.messages.exclude(kind__in={"cancelled", "link", "links"}))


def _drop(messages: Any) -> None:
    waiting = messages.filter(email__status__in=[STATUS.queued, STATUS.requeued], superseded=False)
    found = dict(waiting.order_by().values_list("pk", "email_id"))
    if found:
        Message.objects.filter(pk__in=found).update(superseded=True)
        Email.objects.filter(pk__in=found.values()).update(status=None)
        forget(found.values())


def _write(
    consultation: ConsultationRequest,
    kind: str,
    *,
    now: datetime,
    supersedes: bool = True,
    **about: Any,
) -> bool:
    """Write it; what `supersedes` is said instead of messages that have not left yet."""
    if supersedes:
        drop_unsent(consultation)
    return queue.write(consultation, kind, now=now, **about)
