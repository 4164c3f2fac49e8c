"""Every mail as it looks, about a request that does not exist: for the wording and the styleguide."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from bookings import clock
from bookings.enums import DeclineReason
from bookings.messages import daily_digest, queue
from bookings.messages.defaults import KINDS
from bookings.messages.placeholders import values_of
from bookings.models import Appointment, ConsultationRequest, Location, Message, Resource, Service
from clinic.dates import unbroken


def _a_week_on() -> datetime:
    return timezone.now().replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=7)


def _asked() -> ConsultationRequest:
    location = Location.objects.first() or Location(
        name=_("Main clinic"), address="12 Harbour Street", time_zone=settings.TIME_ZONE
    )
    return ConsultationRequest(
        reference="K7MB-4QX9",
        name="Maria Example",
        location=location,
        service=Service.objects.first() or Service(name=_("Consultation")),
        respond_by=_a_week_on() - timedelta(days=6),
        decline_reason=DeclineReason.NO_TIME,
        staff_message=_("This is where your own message to the patient stands."),
    )


def sample(kind: str) -> dict[str, Any]:
    """The placeholders' values for a request that does not exist; reads, writes nothing."""
    start = _a_week_on()
    consultation = _asked()
    times = [
        Appointment(
            start=start + timedelta(days=day),
            hold_expires_at=start - timedelta(days=5),
            practitioner=Resource(name="Amara Osei"),
        )
        for day in range(2)
    ]
    held = times[0] if "held" in KINDS[kind].known else None
    links = [(name, f"{settings.SITE_URL}/") for name in ("K7MB-4QX9", "T2RD-9FWG")]
    values = values_of(consultation, visit=times[0], held=held, offers=times, links=links)
    today = consultation.location.today(timezone.now())
    if "answer_by" in KINDS[kind].known:  # nobody is promised an answer while they wait
        return values
    return values | {"waits_until": unbroken(clock.date_label(start.date(), today=today))}


def preview(kind: str, language: str, words: dict[str, str] | None = None) -> dict[str, str]:
    """Subject, text and HTML of a message with a sample request, in a language."""
    with translation.override(language):
        address = settings.SITE_URL + reverse("open-request", args=["example"])
        return queue.render(kind, sample(kind), language, button_url=address, words=words)


def mails(kind: str = "") -> dict[str, dict[str, str]]:
    """Each kind of message with the clinic's words, and the desk's own morning mail; or one of them."""
    makers = {one: partial(_message, one) for one in KINDS} | {"digest": _morning}
    return {one: make() for one, make in makers.items() if kind in ("", one)}


def _message(kind: str) -> dict[str, str]:
    return {"label": str(KINDS[kind].label)} | preview(kind, settings.LANGUAGE_CODE)


def _morning() -> dict[str, str]:
    consultation = _asked()
    consultation.respond_by = timezone.now()
    return {"label": _("Waiting at the front desk")} | daily_digest.render(
        [consultation], [Message(request=consultation)]
    )
