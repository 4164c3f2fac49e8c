"""What can stand in a message: each placeholder's meaning, and its text for one request."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from bookings import clock
from bookings.enums import RequestStatus
from bookings.models import Appointment, ConsultationRequest, Resource, WaitingListEntry
from clinic.dates import unbroken
from clinic.models import ClinicSettings

NBSP = "\N{NO-BREAK SPACE}"
PLACEHOLDERS: dict[str, str | Promise] = {
    "clinic": gettext_lazy("the clinic's name"),
    "phone": gettext_lazy("the clinic's phone number"),
    "reference": gettext_lazy("the request's reference"),
    "name": gettext_lazy("the patient's name"),
    "service": gettext_lazy("what they asked for"),
    "answer_by": gettext_lazy("when you promised to answer"),
    "held": gettext_lazy("the time that is held for them"),
    "minutes": gettext_lazy("how many minutes it is held before they confirm"),
    "held_until": gettext_lazy("until when it is held before they confirm"),
    "visit": gettext_lazy("service, time, practitioner, place and reference, in a small table"),
    "when": gettext_lazy("day and time of the visit"),
    "who": gettext_lazy("the practitioner"),
    "where": gettext_lazy("the place and its address"),
    "preparation": gettext_lazy("how to prepare, from the service"),
    "notice": gettext_lazy("hours of notice to cancel, from the service"),
    "times": gettext_lazy("the offered times, in a list"),
    "until": gettext_lazy("until when the offered times are held"),
    "waits_until": gettext_lazy("the last day on which they want to wait"),
    "message": gettext_lazy("what you wrote to the patient"),
    "reason": gettext_lazy("why you declined"),
    "links": gettext_lazy("a link to each of their open requests, in a small table"),
}
BLOCKS = frozenset({"visit", "times", "links"})
"""These draw a table or a list, so they stand in a paragraph of their own."""
IN_SUBJECTS = frozenset({"clinic", "reference"})
"""A subject shows on a locked phone: nothing about health, nothing that anybody typed."""
UNPROVEN = frozenset({"clinic", "phone", "reference"})
"""Before an address is confirmed nothing that a visitor typed is sent to it: it may not be theirs."""
TO_CONFIRM = UNPROVEN | {"held", "held_until", "minutes"}
NOTHING_TYPED = TO_CONFIRM | {"links"}
"""A message that knows no more than these may go to an address that nobody confirmed."""
ALWAYS = UNPROVEN | {"name", "service"}
POSTCODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?) (\d[A-Z]{2})\b")
"""Of the United Kingdom: two halves with a space between them."""
SHORT_NAME = 25
VISIT = ALWAYS | {"visit", "when", "who", "where", "preparation", "notice"}


def values_of(
    consultation: ConsultationRequest,
    *,
    visit: Appointment | None = None,
    held: Appointment | None = None,
    offers: Sequence[Appointment] = (),
    message: str | None = None,
    links: Sequence[tuple[str, str]] = (),
    wanted: Container[str] = frozenset(PLACEHOLDERS),
) -> dict[str, Any]:
    """Each placeholder's text in the active language; empty where there is nothing to say.

    `message` stands for what staff wrote last about the request, `staff_message`, where it is another.
    What is not `wanted` may be empty all the same. Dates, names, postcodes and the phone number have
    no-break spaces, for HTML; `clinic.dates.plain` takes them out.
    """
    zone, clinic = consultation.location.zone, ClinicSettings.current()

    def moment(at: datetime | None) -> str:
        return unbroken(clock.moment_label(at, zone)) if at else ""

    place = POSTCODE.sub(f"\\1{NBSP}\\2", "\n".join(consultation.location.lines))
    lasts = held.hold_expires_at if held else None
    last = max((each.hold_expires_at for each in offers if each.hold_expires_at), default=None)
    waits_until = _waits_until(consultation) if "waits_until" in wanted else ""
    when, who = (moment(visit.start), _together(visit.practitioner)) if visit else ("", "")
    return {
        "clinic": clinic.name,
        "phone": clinic.phone.as_national.replace(" ", NBSP),
        "reference": consultation.reference,
        "name": consultation.name,
        "service": consultation.service.name,
        "answer_by": moment(consultation.respond_by),
        "held": moment(held.start) if held else "",
        "held_until": clock.time_label(lasts, zone) if lasts else "",
        "minutes": str(settings.BOOKINGS["HOLD_UNVERIFIED_MINUTES"]),
        "when": when,
        "who": who,
        "where": place.replace("\n", ", "),
        "visit": _visit(consultation, when, who, place) if visit else [],
        "preparation": consultation.service.preparation
        or gettext("Wear clothes that you can move in."),
        "notice": str(consultation.service.cancel_notice_hours),
        "times": [_offered(each, moment(each.start), last) for each in offers],
        "until": moment(last),
        "message": consultation.staff_message if message is None else message,
        "waits_until": waits_until,
        "reason": consultation.told_reason,
        "links": list(links),
    }


def _visit(
    consultation: ConsultationRequest, when: str, who: str, place: str
) -> list[tuple[str, str]]:
    """The rows of the table; a place has a line for each line of its address."""
    minutes = clock.minutes_label(consultation.service.duration_minutes)
    return [
        (gettext("Consultation"), f"{consultation.service.name}, {minutes}"),
        (gettext("When"), when),
        (gettext("With"), who),
        (gettext("Where"), place),
        (gettext("Reference"), consultation.reference),
    ]


def _together(person: Resource) -> str:
    """A name on one line, unless it is too long for a phone's."""
    return person.name.replace(" ", NBSP) if len(person.name) <= SHORT_NAME else person.name


def _offered(offer: Appointment, moment: str, last: datetime | None) -> str:
    """One of the offered times; one that is not held as long as the others says so."""
    text = f"{moment}, {_together(offer.practitioner)}"
    if offer.hold_expires_at == last:
        return text
    return gettext("%(time)s (please answer before it begins)") % {"time": text}


def _waits_until(consultation: ConsultationRequest) -> str:
    """Nothing for whoever is not on the list now, but may have been once."""
    if consultation.status != RequestStatus.WAITLISTED:
        return ""
    waiting = WaitingListEntry.objects.filter(request_id=consultation.pk).first()
    today = consultation.location.today(timezone.now())
    return unbroken(clock.date_label(waiting.until, today=today)) if waiting else ""
