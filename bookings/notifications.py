"""One function a message. Each writes a row of the outbox in the caller's transaction; none sends.

Subjects hold no health detail and no text that a user typed. Every mail carries a link of its own,
because links are stored hashed and cannot be read back.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from post_office.models import PRIORITY, STATUS, Attachment, Email

from bookings import calendars
from bookings.models import AccessLink, Appointment, ConsultationRequest, Message
from bookings.models.access import digest
from clinic.models import ClinicSettings

BUTTONS = {
    "verify": _("Confirm my address"),
    "confirmed": _("See, move or cancel"),
    "offered": _("Choose a time"),
    "question": _("Answer"),
}


def verify(request: ConsultationRequest, *, now: datetime) -> None:
    """Please confirm your address: the time is held for 15 minutes."""
    _write(request, "verify", now=now, held=request.appointments.active().first())


def received(request: ConsultationRequest, *, now: datetime, held: bool) -> None:
    """We have it; here is what happens next and by when."""
    _write(
        request, "received", now=now, held=request.appointments.active().first() if held else None
    )


def confirmed(
    request: ConsultationRequest, appointment: Appointment, *, now: datetime, moved: bool
) -> None:
    """Your visit is booked, with a calendar file; `moved` if it replaces another time."""
    _write(
        request,
        "confirmed",
        now=now,
        appointment=appointment,
        method="REQUEST",
        moved=moved,
        undo=True,
    )


def offered(
    request: ConsultationRequest, appointments: Sequence[Appointment], *, now: datetime
) -> None:
    """Here are other times, held for you until then."""
    _write(request, "offered", now=now, offers=appointments, undo=True)


def declined(request: ConsultationRequest, *, now: datetime) -> None:
    _write(request, "declined", now=now, undo=True)


def question(request: ConsultationRequest, *, now: datetime) -> None:
    _write(request, "question", now=now, undo=True)


def waitlisted(request: ConsultationRequest, *, now: datetime) -> None:
    _write(request, "waitlisted", now=now, undo=True)


def lapsed(request: ConsultationRequest, *, now: datetime) -> None:
    """The offered times are no longer held; staff look again."""
    _write(request, "lapsed", now=now)


def withdrawn(
    request: ConsultationRequest, appointment: Appointment | None, *, now: datetime
) -> None:
    """You cancelled; the visit leaves the calendar."""
    method: calendars.Method | None = "CANCEL" if appointment else None
    _write(request, "withdrawn", now=now, appointment=appointment, method=method)


def cancelled(request: ConsultationRequest, appointment: Appointment, *, now: datetime) -> None:
    """The clinic cancelled; the visit leaves the calendar."""
    _write(request, "cancelled", now=now, appointment=appointment, method="CANCEL", undo=True)


def link(request: ConsultationRequest, *, now: datetime) -> None:
    """A new link, for someone who lost theirs; at most one in ten minutes."""
    _write(request, "link", now=now, dedupe=f"{now:%Y%m%d%H}{now.minute // 10}", supersedes=False)


def drop_unsent(request: ConsultationRequest) -> None:
    """Messages of an earlier state of the request that have not left yet never will."""
    waiting = Message.objects.filter(
        request=request, email__status__in=[STATUS.queued, STATUS.requeued], superseded=False
    )
    ids = list(waiting.values_list("email_id", flat=True))
    waiting.update(superseded=True)
    Email.objects.filter(pk__in=ids).update(status=None)


def _write(
    request: ConsultationRequest,
    kind: str,
    *,
    now: datetime,
    dedupe: str = "",
    undo: bool = False,
    supersedes: bool = True,
    appointment: Appointment | None = None,
    method: calendars.Method | None = None,
    **context: Any,
) -> None:
    """Render the message in the patient's language and queue it; `undo` leaves time to take it back."""
    if supersedes:
        drop_unsent(request)
    if not request.email:
        return
    key = f"{request.pk}:{kind}:{dedupe or request.version}"
    if Message.objects.filter(dedupe_key=key).exists():
        return
    delay = timedelta(seconds=settings.BOOKINGS["UNDO_SECONDS"] if undo else 0)
    with translation.override(request.locale):
        texts = _render(request, kind, now=now, appointment=appointment, **context)
        file = (
            calendars.invitation(appointment, method=method, now=now)
            if appointment and method
            else b""
        )
    email = Email.objects.create(
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[request.email],
        status=STATUS.queued,
        priority=PRIORITY.medium,
        scheduled_time=now + delay,
        message_id=f"<{secrets.token_hex(16)}@{settings.POST_OFFICE['MESSAGE_ID_FQDN']}>",
        # RFC 3834: keeps auto-replies away.
        headers={"Auto-Submitted": "auto-generated"},
        **texts,
    )
    if file:
        _attach(email, file, method)
    Message.objects.create(request=request, kind=kind, dedupe_key=key, email=email, created_at=now)


def _render(
    request: ConsultationRequest, kind: str, *, now: datetime, **context: Any
) -> dict[str, str]:
    context |= {
        "request": request,
        "location": request.location,
        "clinic": ClinicSettings.current(),
        "button_url": new_link(request, now=now),
        "button_text": BUTTONS.get(kind, _("See my request")),
        "site": settings.SITE_URL,
        "hold_minutes": settings.BOOKINGS["HOLD_UNVERIFIED_MINUTES"],
    }
    path = f"emails/{kind}"
    return {
        "subject": " ".join(render_to_string(f"{path}.subject.txt", context).split()),
        "message": render_to_string(f"{path}.txt", context),
        "html_message": render_to_string(f"{path}.html", context),
    }


def _attach(email: Email, file: bytes, method: str | None) -> None:
    attachment = Attachment(
        name="appointment.ics", mimetype=f"text/calendar; method={method}; charset=utf-8"
    )
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
