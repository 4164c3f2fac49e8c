"""Writes messages to the outbox: recipient, words, language, calendar file. `send` sends them.

Subjects contain no health detail and no text that a user typed. Every mail gets a new link, because
links are stored hashed and cannot be read back.

Rows are made here and never by `post_office`'s `send()`, which treats subject and body as templates, so
it would evaluate what a patient typed.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.headerregistry import Address
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import punycode
from django.utils.translation import gettext as _
from post_office.models import PRIORITY, STATUS, Attachment, Email

from bookings.messages import compose, placeholders, sms
from bookings.messages.defaults import KINDS
from bookings.models import AccessLink, Appointment, ConsultationRequest, Message
from bookings.models.access import digest
from bookings.models.events import BESIDE
from bookings.schedule import ics
from clinic.dates import plain
from clinic.models import ClinicSettings
from clinic.prepared import insert, insert_unless_there


def write(
    consultation: ConsultationRequest,
    kind: str,
    *,
    now: datetime,
    dedupe: str = "",
    visit: Appointment | None = None,
    visits: Sequence[Appointment] = (),
    method: ics.Method | None = None,
    expires_at: datetime | None = None,
    to: str = "",
    **about: Any,
) -> bool:
    """Write the message in the patient's language and queue it; whether one was written.

    Staff's decisions wait a little, so that they can be undone (`Kind.undo`). An unconfirmed address gets
    only messages limited to `TO_CONFIRM`. A patient whom no mail may reach gets a text message, if this
    kind has one and the channel is on; one who asked for texts gets it beside the mail. `to`: another
    address than the request's, which its link is to prove.
    """
    may_know = KINDS[kind].known.issubset(placeholders.NOTHING_TYPED) or consultation.is_proven
    by_mail = bool(consultation.email) and may_know
    by_text = kind in sms.TEXTS and sms.can_reach(consultation.phone)
    beside = by_mail and by_text and consultation.wants_texts
    key = f"{consultation.pk}:{kind}:{dedupe or consultation.version}"
    # A version has one message, from whoever changed it; a periodic job may have written its own already.
    there = bool(dedupe) and Message.objects.filter(dedupe_key=key).exists()
    if there or not (by_mail or by_text):
        return False
    together = visits or ([visit] if visit else [])
    if method and by_mail:
        for each in together:
            _remember_invited(each, consultation, method)
    delay = timedelta(seconds=settings.BOOKINGS["UNDO_SECONDS"] if KINDS[kind].undo else 0)
    when = {"scheduled_time": now + delay, "expires_at": expires_at}
    message = Message(request=consultation, kind=kind, dedupe_key=key, created_at=now)
    with translation.override(consultation.locale):
        values = placeholders.values_of(
            consultation, visit=visit, visits=visits, wanted=KINDS[kind].known, now=now, **about
        )
        if not by_mail:
            return _queue(message, short(kind, values, consultation, now=now) | when)
        if beside:  # first, so that the mail is the newest message
            text = Message(request=consultation, kind=kind, created_at=now)
            text.dedupe_key = key + BESIDE
            _queue(text, short(kind, values, consultation, beside_mail=True, now=now) | when)
        texts = render(
            kind,
            values,
            consultation.locale,
            button_url=new_link(consultation, now=now, proves=to),
            clinic=consultation.location.clinic,
        )
        texts["to"] = to or consultation.email
        file = ics.invitation(*together, method=method, now=now) if method and visit else b""
    return _queue(message, texts | when, file, method)


def _remember_invited(
    visit: Appointment, consultation: ConsultationRequest, method: ics.Method
) -> None:
    """Keep the first invitation's organizer for all later ones, and the address last invited."""
    clinic = ClinicSettings.current()
    if not visit.organizer:
        visit.organizer = to_ascii(clinic.email) or ics.sender_address()
        visit.organizer_name = clinic.name
    if method == "REQUEST" or not visit.attendee:
        visit.attendee = to_ascii(consultation.email)
    visit.save(update_fields=["organizer", "organizer_name", "attendee"])


def to_ascii(address: str) -> str:
    """The address as it stands in the mail's header: an international domain in Punycode."""
    local, _at, domain = address.rpartition("@")
    return f"{local}@{punycode(domain)}" if local else address


def _queue(
    message: Message, texts: dict[str, Any], file: bytes = b"", method: str | None = None
) -> bool:
    with transaction.atomic(savepoint=False):
        message.email = Email.objects.create(**common() | texts)
        if not insert_unless_there(message):  # another worker wrote it at the same moment
            Email.objects.filter(pk=message.email_id).delete()
            return False
        if file:
            _attach(message.email, file, method)
    return True


def common() -> dict[str, Any]:
    """What every row of the outbox has: sender, priority, its own Message-ID. See `sender`, too."""
    return {
        "from_email": settings.DEFAULT_FROM_EMAIL,
        "status": STATUS.queued,
        "priority": PRIORITY.medium,
        "message_id": f"<{secrets.token_hex(16)}@{settings.POST_OFFICE['MESSAGE_ID_FQDN']}>",
        # RFC 3834: asks other programs not to send automatic replies.
        "headers": dict(AUTOMATIC),
    }


AUTOMATIC = {"Auto-Submitted": "auto-generated"}


def sender(clinic: ClinicSettings) -> dict[str, Any]:
    """Who a mail is from and who gets the reply: the clinic's name and its own address.

    The address that may send for this site stays that of `DEFAULT_FROM_EMAIL`.
    """
    found = _address(" ".join(clinic.name.split()), ics.sender_address())
    reply = {"Reply-To": clinic.email} if clinic.email else {}
    return {"from_email": found, "headers": AUTOMATIC | reply}


@lru_cache
def _address(name: str, address: str) -> str:
    return str(Address(display_name=name, addr_spec=address))


def render(
    kind: str,
    values: compose.Values,
    language: str,
    *,
    button_url: str,
    clinic: ClinicSettings | None = None,
    words: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Subject, text and HTML for an outbox row; `words` replaces the stored words, for a preview.

    `clinic` is as the location's patients know it, with the number to call there.
    """
    chosen, clinic = words or compose.words(kind, language), clinic or ClinicSettings.current()
    context = compose.compose(chosen, values) | {
        "clinic": clinic,
        "preheader": compose.preheader(kind, values),
        "greeting": compose.greeting(kind, chosen, values),
        "button_url": button_url + KINDS[kind].page,
        "button_text": KINDS[kind].button,
        "again_text": KINDS[kind].again,
        "again_url": _again_url(kind, clinic, button_url),
        "calls": KINDS[kind].calls,
        # To name on the phone; of several requests it would be only one.
        "reference": "" if "links" in KINDS[kind].known else values["reference"],
    }
    return sender(clinic) | {
        "subject": context["subject"],
        "message": plain(render_to_string("emails/message.txt", context)),
        "html_message": render_to_string("emails/message.html", context),
    }


def _again_url(kind: str, clinic: ClinicSettings, link: str) -> str:
    """Where the first of two buttons leads; empty if there is only one."""
    if not KINDS[kind].again:
        return ""
    if KINDS[kind].again_page:
        return link + KINDS[kind].again_page
    return (
        f"tel:{clinic.phone.as_e164}" if KINDS[kind].calls else settings.SITE_URL + reverse("book")
    )


def short(
    kind: str,
    values: compose.Values,
    consultation: ConsultationRequest,
    *,
    beside_mail: bool = False,
    now: datetime,
) -> dict[str, Any]:
    """A text message for an outbox row. The subject is for staff and is not sent.

    It has a link, unless there is an email address that nobody has confirmed: what a patient does behind a
    link confirms that address, and the link came to a phone.
    """
    words = sms.words(kind, beside_mail=beside_mail)
    if "{link}" in words:
        by_link = beside_mail or not consultation.email
        link = new_link(consultation, now=now, short=True) if by_link else str(sms.CALL)
        words = words.replace("{link}", link)
    text = compose.fill(words, values)
    return {
        "subject": _("Text message about %(reference)s") % {"reference": consultation.reference},
        # Non-GSM characters, such as a no-break space, cut a segment from 160 characters to 70.
        "message": " ".join(text.split()),
        "to": sms.address(consultation.phone),
        "backend_alias": sms.ALIAS,
    }


def _attach(email: Email, file: bytes, method: str | None) -> None:
    attachment = Attachment(name="appointment.ics", mimetype=f"text/calendar; method={method}")
    attachment.file.save("appointment.ics", ContentFile(file))
    attachment.emails.add(email)


def new_link(
    consultation: ConsultationRequest, *, now: datetime, proves: str = "", short: bool = False
) -> str:
    """A secret address where the patient manages the request; only its hash is stored.

    Of 256 bits; a `short` one, for a text message, of 128.
    """
    token = secrets.token_urlsafe(16 if short else 32)
    until = now + timedelta(days=settings.BOOKINGS["LINK_DAYS"])
    link = AccessLink(request=consultation, digest=digest(token), created_at=now, expires_at=until)
    link.email = proves
    insert([link])
    return settings.SITE_URL + reverse("open-short" if short else "open-request", args=[token])
