"""How a message becomes a row of the outbox: to whom, in whose words, in which language. Sends nothing.

Subjects hold no health detail and no text that a user typed. Every mail carries a link of its own,
because links are stored hashed and cannot be read back.

Rows are made here and never by `post_office`'s `send()`, which reads subject and body as templates: what
a patient typed would be evaluated.
"""

from __future__ import annotations

import secrets
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

from bookings.messages import compose, placeholders, sms
from bookings.messages.defaults import KINDS
from bookings.models import AccessLink, Appointment, ConsultationRequest, Message
from bookings.models.access import digest
from bookings.schedule import ics
from clinic.dates import plain
from clinic.models import ClinicSettings


def write(
    consultation: ConsultationRequest,
    kind: str,
    *,
    now: datetime,
    dedupe: str = "",
    visit: Appointment | None = None,
    method: ics.Method | None = None,
    expires_at: datetime | None = None,
    **about: Any,
) -> bool:
    """Write the message in the patient's language and queue it; whether there was one to write.

    Staff's decisions leave some time to take them back (`Kind.undo`). An address that nobody confirmed
    gets only what asks to confirm it, or opens the page: a request can be reopened without that.
    Whom no mail may reach gets a short text instead, where there is one and that channel is on.
    """
    may_know = KINDS[kind].known <= placeholders.NOTHING_TYPED or consultation.is_proven
    by_mail = bool(consultation.email) and may_know
    by_text = not by_mail and kind in sms.TEXTS and sms.can_reach(consultation.phone)
    key = f"{consultation.pk}:{kind}:{dedupe or consultation.version}"
    # A version is written about once, by whoever brought it about; what comes round may be there.
    there = bool(dedupe) and Message.objects.filter(dedupe_key=key).exists()
    if there or not (by_mail or by_text):
        return False
    delay = timedelta(seconds=settings.BOOKINGS["UNDO_SECONDS"] if KINDS[kind].undo else 0)
    with translation.override(consultation.locale):
        values = placeholders.values_of(
            consultation, visit=visit, wanted=KINDS[kind].known, **about
        )
        if by_text:
            texts, file = short(kind, values, consultation), b""
        else:
            texts = render(
                kind, values, consultation.locale, button_url=new_link(consultation, now=now)
            )
            texts["to"] = consultation.email
            file = ics.invitation(visit, method=method, now=now) if visit and method else b""
    texts |= {"scheduled_time": now + delay, "expires_at": expires_at}
    message = Message(request=consultation, kind=kind, dedupe_key=key, created_at=now)
    return _queue(message, texts, file, method)


def _queue(message: Message, texts: dict[str, Any], file: bytes, method: str | None) -> bool:
    try:
        with transaction.atomic():
            message.email = Email.objects.create(**common(), **texts)
            if file:
                _attach(message.email, file, method)
            message.save()
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
    values: compose.Values,
    language: str,
    *,
    button_url: str,
    words: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Subject, text and HTML as an outbox row has them; with other `words`, those of a preview."""
    context = compose.compose(words or compose.words(kind, language), values) | {
        "clinic": ClinicSettings.current(),
        "button_url": button_url,
        "button_text": KINDS[kind].button,
        "again_text": KINDS[kind].again,
        "again_url": settings.SITE_URL + reverse("book") if KINDS[kind].again else "",
    }
    return {
        "subject": context["subject"],
        "message": plain(render_to_string("emails/message.txt", context)),
        "html_message": render_to_string("emails/message.html", context),
    }


def short(kind: str, values: compose.Values, consultation: ConsultationRequest) -> dict[str, Any]:
    """A text message as an outbox row has it. The subject is for staff: it is not sent."""
    text = compose.fill(str(sms.TEXTS[kind]), values)
    return {
        "subject": _("Text message about %(reference)s") % {"reference": consultation.reference},
        # Anything but plain spaces makes a text of 160 characters one of 70.
        "message": " ".join(text.split()),
        "to": sms.address(consultation.phone),
        "backend_alias": sms.ALIAS,
    }


def _attach(email: Email, file: bytes, method: str | None) -> None:
    attachment = Attachment(name="appointment.ics", mimetype=f"text/calendar; method={method}")
    attachment.file.save("appointment.ics", ContentFile(file), save=False)
    attachment.save()
    attachment.emails.add(email)


def new_link(consultation: ConsultationRequest, *, now: datetime) -> str:
    """A secret address (256 bits) at which the patient manages the request; stored as its hash."""
    token = secrets.token_urlsafe(32)
    AccessLink.objects.create(
        request=consultation,
        digest=digest(token),
        created_at=now,
        expires_at=now + timedelta(days=settings.BOOKINGS["LINK_DAYS"]),
    )
    return settings.SITE_URL + reverse("open-request", args=[token])
