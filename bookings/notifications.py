"""One function a message. Each writes a row of the outbox in the caller's transaction; none sends.

What they say stands in `wording`, or is staff's own. Subjects hold no health detail and no text that
a user typed. Every mail carries a link of its own, because links are stored hashed and cannot be
read back.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from post_office.models import PRIORITY, STATUS, Attachment, Email

from bookings import calendars, composing, placeholders, sms
from bookings.enums import RequestStatus
from bookings.models import (
    AccessLink,
    Appointment,
    ConsultationRequest,
    Message,
)
from bookings.models.access import digest
from bookings.wording import KINDS
from clinic.models import ClinicSettings


def verify(request: ConsultationRequest, held: Appointment | None, *, now: datetime) -> None:
    """Please confirm your address: the time is held for 15 minutes."""
    _write(request, "verify", now=now, held=held)


def received(request: ConsultationRequest, *, now: datetime, held: bool) -> None:
    """We have it; here is what happens next and by when."""
    active = request.appointments.active().first() if held else None
    _write(request, "received", now=now, held=active)


def confirmed(
    request: ConsultationRequest, appointment: Appointment, *, now: datetime, moved: bool
) -> None:
    """Your visit is booked, with a calendar file; `moved` if it replaces another time."""
    kind = "moved" if moved else "confirmed"
    _write(request, kind, now=now, visit=appointment, method="REQUEST")


def offered(
    request: ConsultationRequest, appointments: Sequence[Appointment], *, now: datetime
) -> None:
    """Here are other times, held for you until then."""
    _write(request, "offered", now=now, offers=appointments)


def declined(request: ConsultationRequest, *, now: datetime) -> None:
    _write(request, "declined", now=now)


def question(request: ConsultationRequest, *, now: datetime) -> None:
    _write(request, "question", now=now)


def waitlisted(request: ConsultationRequest, *, now: datetime) -> None:
    _write(request, "waitlisted", now=now)


def waiting_over(request: ConsultationRequest, *, now: datetime) -> None:
    """No time came free in the weeks that the patient wanted to wait."""
    _write(request, "waiting_over", now=now)


TAKEN_BACK = {RequestStatus.DECLINED: "declined", RequestStatus.OFFERED: "offered"}
"""Which message told of the answer that a request is reopened from."""


def reopened(request: ConsultationRequest, before: RequestStatus, *, now: datetime) -> None:
    """Our earlier answer, after which it stood at `before`, no longer counts; to whom that has reached."""
    drop_unsent(request)
    told = request.messages.filter(kind=TAKEN_BACK.get(before, ""), superseded=False)
    last = told.select_related("email").first()
    if last and last.email.status == STATUS.sent:
        _write(request, "reopened", now=now)


def lapsed(request: ConsultationRequest, *, now: datetime) -> None:
    """The offered times are no longer held; staff look again."""
    _write(request, "lapsed", now=now)


def hold_lapsed(request: ConsultationRequest, appointment: Appointment, *, now: datetime) -> None:
    """We did not answer in time, and no longer keep the first choice."""
    _write(request, "hold_lapsed", now=now, visit=appointment)


def refused(request: ConsultationRequest, *, now: datetime) -> None:
    _write(request, "refused", now=now)


def answered(request: ConsultationRequest, *, now: datetime) -> None:
    _write(request, "answered", now=now)


def move_asked(request: ConsultationRequest, appointment: Appointment, *, now: datetime) -> None:
    """The booked visit stays until another time is agreed."""
    _write(request, "move_asked", now=now, visit=appointment)


def kept(request: ConsultationRequest, appointment: Appointment, *, now: datetime) -> None:
    _write(request, "kept", now=now, visit=appointment)


def withdrawn(
    request: ConsultationRequest, appointment: Appointment | None, *, now: datetime
) -> None:
    """You cancelled; the visit leaves the calendar."""
    _write(request, "withdrawn", now=now, visit=appointment, method="CANCEL")


def cancelled(
    request: ConsultationRequest, appointment: Appointment, *, message: str, now: datetime
) -> None:
    """The clinic cancelled; the visit leaves the calendar. Times that are offered stay offered."""
    _drop(request.messages.exclude(kind__in={"offered", "question", "cancelled"}))
    _write(
        request,
        "cancelled",
        now=now,
        visit=appointment,
        method="CANCEL",
        supersedes=False,
        message=message,
    )


def missed(request: ConsultationRequest, appointment: Appointment, *, now: datetime) -> None:
    # By the moment: what was taken back may be recorded once more.
    _write(
        request, "missed", now=now, visit=appointment, dedupe=f"{appointment.pk}:{now.timestamp()}"
    )


def reminder(
    request: ConsultationRequest, appointment: Appointment, *, hours: int, now: datetime
) -> bool:
    """Your visit is near; once for each visit and number of hours, and never after its start."""
    dedupe = f"{appointment.pk}:{hours}"
    key = f"{request.pk}:reminder:{dedupe}"
    _drop(request.messages.filter(kind="reminder").exclude(dedupe_key=key))
    return _write(
        request,
        "reminder",
        now=now,
        visit=appointment,
        dedupe=dedupe,
        supersedes=False,
        expires_at=appointment.start,
    )


def link(request: ConsultationRequest, *, now: datetime) -> None:
    """A new link, for someone who lost theirs; at most one in ten minutes."""
    _write(request, "link", now=now, dedupe=f"{now:%Y%m%d%H}{now.minute // 10}", supersedes=False)


def drop_unsent(request: ConsultationRequest) -> None:
    """Messages of an earlier state of the request that have not left yet never will.

    But for a cancellation: whatever is agreed later, that visit has to leave the patient's calendar.
    """
    _drop(request.messages.exclude(kind="cancelled"))


def _drop(messages: Any) -> None:
    waiting = messages.filter(email__status__in=[STATUS.queued, STATUS.requeued], superseded=False)
    ids = list(waiting.values_list("email_id", flat=True))
    if ids:
        waiting.update(superseded=True)
        Email.objects.filter(pk__in=ids).update(status=None)


def _write(
    request: ConsultationRequest,
    kind: str,
    *,
    now: datetime,
    dedupe: str = "",
    supersedes: bool = True,
    visit: Appointment | None = None,
    method: calendars.Method | None = None,
    expires_at: datetime | None = None,
    **about: Any,
) -> bool:
    """Write the message in the patient's language and queue it; whether there was one to write.

    Staff's decisions leave some time to take them back (`Kind.undo`). Whoever has no e-mail gets a
    short text instead, where there is one and that channel is on. An address that nobody confirmed
    gets only what asks to confirm it, or opens the page: a request can be reopened without that.
    """
    if supersedes:
        drop_unsent(request)
    if request.email and not (KINDS[kind].known <= placeholders.TO_CONFIRM or request.is_proven):
        return False
    key = f"{request.pk}:{kind}:{dedupe or request.version}"
    by_text = not request.email and kind in sms.TEXTS and sms.can_reach(request.phone)
    if not (request.email or by_text) or Message.objects.filter(dedupe_key=key).exists():
        return False
    delay = timedelta(seconds=settings.BOOKINGS["UNDO_SECONDS"] if KINDS[kind].undo else 0)
    with translation.override(request.locale):
        values = placeholders.values_of(request, visit=visit, **about)
        if by_text:
            texts, file = short(kind, values, request), b""
        else:
            texts = render(kind, values, request.locale, button_url=new_link(request, now=now))
            texts["to"] = request.email
            file = calendars.invitation(visit, method=method, now=now) if visit and method else b""
    try:
        with transaction.atomic():
            email = Email.objects.create(
                scheduled_time=now + delay,
                expires_at=expires_at,
                **common(),
                **texts,
            )
            if file:
                _attach(email, file, method)
            Message.objects.create(
                request=request, kind=kind, dedupe_key=key, email=email, created_at=now
            )
    except IntegrityError:
        return False  # another worker wrote the same message at this very moment
    return True


def common() -> dict[str, Any]:
    """What every mail of the clinic has: sender, place in the queue, a Message-ID of its own."""
    return {
        "from_email": settings.DEFAULT_FROM_EMAIL,
        "status": STATUS.queued,
        "priority": PRIORITY.medium,
        "message_id": f"<{secrets.token_hex(16)}@{settings.POST_OFFICE['MESSAGE_ID_FQDN']}>",
        # RFC 3834: keeps auto-replies away.
        "headers": {"Auto-Submitted": "auto-generated"},
    }


def render(
    kind: str,
    values: composing.Values,
    language: str,
    *,
    button_url: str,
    words: dict[str, str] | None = None,
) -> dict[str, str]:
    """Subject, text and HTML as an outbox row has them; with other `words`, those of a preview."""
    context = composing.compose(words or composing.words(kind, language), values) | {
        "clinic": ClinicSettings.current(),
        "button_url": button_url,
        "button_text": KINDS[kind].button,
    }
    return {
        "subject": context["subject"],
        "message": render_to_string("emails/message.txt", context),
        "html_message": render_to_string("emails/message.html", context),
    }


def short(kind: str, values: composing.Values, request: ConsultationRequest) -> dict[str, str]:
    """A text message as an outbox row has it. The subject is for staff: it is not sent."""
    text = composing.fill(str(sms.TEXTS[kind]), values)
    return {
        "subject": _("Text message about %(reference)s") % {"reference": request.reference},
        # Anything but plain spaces makes a text of 160 characters one of 70.
        "message": " ".join(text.split()),
        "to": sms.address(request.phone),
        "backend_alias": sms.ALIAS,
    }


def _attach(email: Email, file: bytes, method: str | None) -> None:
    attachment = Attachment(name="appointment.ics", mimetype=f"text/calendar; method={method}")
    attachment.file.save("appointment.ics", ContentFile(file), save=False)
    attachment.save()
    attachment.emails.add(email)


def new_link(request: ConsultationRequest, *, now: datetime) -> str:
    """A secret address (256 bits) at which the patient manages the request; stored as its hash."""
    token = secrets.token_urlsafe(32)
    AccessLink.objects.create(
        request=request,
        digest=digest(token),
        created_at=now,
        expires_at=now + timedelta(days=settings.BOOKINGS["LINK_DAYS"]),
    )
    return settings.SITE_URL + reverse("open-request", args=[token])
