"""Every mail with a sample request, for the wording pages and the styleguide."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from bookings import clock
from bookings.enums import DeclineReason, StaffKind, Verb
from bookings.messages import compose, daily_digest, queue, sms, staff_mail
from bookings.messages.defaults import KINDS
from bookings.messages.placeholders import Change, values_of
from bookings.models import (
    Appointment,
    ConsultationRequest,
    Location,
    Message,
    Resource,
    Service,
    StaffNotice,
)
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
        staff_message=_("Your own message to the patient goes here."),
    )


def sample(kind: str) -> dict[str, Any]:
    """The placeholders' values for a sample request. Writes nothing."""
    start, now = _a_week_on(), timezone.now()
    consultation = _asked()
    times = [
        Appointment(
            start=start + timedelta(days=day),
            end=start + timedelta(days=day, minutes=consultation.service.duration_minutes),
            location=consultation.location,
            hold_expires_at=start - timedelta(days=5),
            request=consultation,
            practitioner=Resource(name="Amara Osei"),
        )
        for day in range(2)
    ]
    held = _held(times[0]) if "held" in KINDS[kind].known else None
    change = Change(start=times[0].start, zone=consultation.location.zone, place=True)
    links = [(name, f"{settings.SITE_URL}/") for name in ("K7MB-4QX9", "T2RD-9FWG")]
    values = values_of(
        consultation,
        now=now,
        visit=times[0],
        visits=times,
        held=held,
        offers=times,
        change=change,
        links=links,
    )
    today = consultation.location.today(now)
    if "answer_by" in KINDS[kind].known:  # somebody on the waiting list is promised no answer time
        return values
    return values | {"waits_until": unbroken(clock.date_label(start.date(), today=today))}


def _held(visit: Appointment) -> Appointment:
    """The first choice as it is held before the address is confirmed: for 15 minutes, say."""
    minutes = settings.BOOKINGS["HOLD_UNVERIFIED_MINUTES"]
    until = timezone.now() + timedelta(minutes=minutes)
    return Appointment(
        start=visit.start,
        location=visit.location,
        practitioner=visit.practitioner,
        hold_expires_at=until,
    )


def preview(kind: str, language: str, words: dict[str, str] | None = None) -> dict[str, str]:
    """Subject, text and HTML of a message with a sample request, in a language."""
    with translation.override(language):
        address = settings.SITE_URL + reverse("open-request", args=["example"])
        clinic = _asked().location.clinic
        return queue.render(
            kind, sample(kind), language, button_url=address, clinic=clinic, words=words
        )


def sample_text(kind: str, *, beside_mail: bool = False) -> str:
    """The text message of this kind, in the active language, with a link as long as a real one."""
    link = settings.SITE_URL + reverse("open-short", args=["x" * 22])
    words = sms.words(kind, beside_mail=beside_mail).replace("{link}", link)
    return " ".join(compose.fill(words, sample(kind)).split())


def mails(kind: str = "") -> dict[str, dict[str, str]]:
    """Every kind of message in the clinic's words, and those to staff; or only `kind`."""
    others = {"digest": _morning, "staff": _to_staff}
    makers = {one: partial(_message, one) for one in KINDS} | others
    return {one: make() for one, make in makers.items() if kind in ("", one)}


def _message(kind: str) -> dict[str, str]:
    return {"label": str(KINDS[kind].label)} | preview(kind, settings.LANGUAGE_CODE)


def _morning() -> dict[str, str]:
    consultation, now = _asked(), timezone.now()
    consultation.respond_by = now
    return {"label": _("Waiting at the front desk")} | daily_digest.render(
        [consultation], [Message(request=consultation)], now=now
    )


def _to_staff() -> dict[str, str]:
    now = timezone.now()
    consultation = _asked()
    visit = Appointment(
        start=_a_week_on(), location=consultation.location, request=consultation, status="cancelled"
    )
    about = {"request": consultation, "at": now}
    notices = [
        StaffNotice(
            kind=StaffKind.CHANGE, verb=Verb.WITHDRAW, appointment=visit, urgent=True, **about
        ),
        StaffNotice(kind=StaffKind.NEW, verb=Verb.VERIFY, **about),
    ]
    return {"label": _("What has changed")} | staff_mail.render(notices, AnonymousUser(), now=now)
