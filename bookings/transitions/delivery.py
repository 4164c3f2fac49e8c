"""What staff do when a mail did not arrive: send it again, send a link, or phone."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from post_office.models import STATUS, Email

from bookings.enums import Verb
from bookings.errors import InvalidTransition
from bookings.messages import sms, to_patients
from bookings.messages.queue import new_link
from bookings.messages.secret_links import GONE, texts_with_link
from bookings.models import ConsultationRequest, Event, Message
from bookings.transitions.core import Actor, all_or_nothing, record, stale
from clinic import throttle
from clinic.addresses import mailbox


@all_or_nothing
def send_again(message: Message, *, actor: Actor, now: datetime) -> Event:
    """Queue a failed message again, under its Message-ID, to the address that the request has now.

    Its link is a new one: the secret of the first was forgotten when it was given up.

    Raises `InvalidTransition` for one that was not given up, that a later message has overtaken, whose
    text is no longer kept, or that was a text to a phone.
    """
    consultation = message.request
    newest = (
        consultation.messages.filter(superseded=False)
        .exclude(kind__in={"link", "links", "new_address"})
        .first()
    )
    again = Message.objects.given_up().filter(pk=message.pk)
    if message.email.backend_alias == sms.ALIAS:
        raise InvalidTransition(_("A text message cannot be sent again. Please phone."))
    if newest != message or not consultation.email or not again.exists():
        raise InvalidTransition(_("Only the newest message can be sent again."))
    if not message.email.message:
        raise InvalidTransition(_("What this message said is no longer kept. Please phone."))
    texts = {}
    if GONE in message.email.message:
        texts = texts_with_link(message.email, new_link(consultation, now=now))
    Email.objects.filter(pk=message.email_id).update(
        to=consultation.email,
        **texts,
        status=STATUS.queued,
        recipient_delivery_status=None,
        scheduled_time=now,
        number_of_retries=0,
    )
    Message.objects.filter(pk=message.pk).update(handled_at=None)
    return record(consultation, Verb.SEND_AGAIN, actor=actor, now=now)


@all_or_nothing
def send_link(
    consultation: ConsultationRequest, *, actor: Actor, version: int, now: datetime
) -> None:
    """Mail a link to the patient's page, to one who lost it or never confirmed the address.

    Anything they do on that page confirms it. Raises `StaleVersion`, and `InvalidTransition` where there is
    no address, a link left in the last ten minutes, or the address got its mails of this hour.
    """
    if version != consultation.version:
        raise stale(consultation, actor)
    if not consultation.email:
        raise InvalidTransition(_("They have no email address. Please phone."))
    if not throttle.spend("mail", mailbox(consultation.email), now=now):
        raise InvalidTransition(
            _("We have written to this address too often for now. Try again in an hour.")
        )
    if not to_patients.link(consultation, now=now):
        raise InvalidTransition(_("A link has just been sent to them."))
    record(consultation, Verb.SEND_LINK, actor=actor, now=now)


@all_or_nothing
def phone(consultation: ConsultationRequest, *, actor: Actor, version: int, now: datetime) -> None:
    """Staff have phoned the patient: no call is due any more."""
    rows = ConsultationRequest.objects.filter(pk=consultation.pk, version=version)
    if version != consultation.version or not rows.update(needs_call=False, version=version + 1):
        raise stale(consultation, actor)
    consultation.needs_call, consultation.version = False, version + 1
    Message.objects.undelivered().filter(request=consultation).update(handled_at=now)
    record(consultation, Verb.PHONE, actor=actor, now=now)
