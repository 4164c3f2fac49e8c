"""The placeholders for messages: what each means, and its text for one request."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from bookings import clock
from bookings.enums import RequestStatus
from bookings.models import (
    Appointment,
    ConsultationRequest,
    Location,
    Resource,
    WaitingListEntry,
)
from clinic import phones
from clinic.dates import unbroken

NBSP = "\N{NO-BREAK SPACE}"
PLACEHOLDERS: dict[str, str | Promise] = {
    "clinic": gettext_lazy("the clinic's name"),
    "phone": gettext_lazy("the clinic's phone number"),
    "reference": gettext_lazy("the request's reference"),
    "name": gettext_lazy("the patient's name"),
    "service": gettext_lazy("the service they asked for"),
    "answer_by": gettext_lazy("when you promised to answer"),
    "held": gettext_lazy("the time that is held for them"),
    "minutes": gettext_lazy("how many minutes it is held before they confirm"),
    "held_until": gettext_lazy("until when it is held before they confirm"),
    "visit": gettext_lazy("service, time, practitioner, place and reference, in a small table"),
    "visits": gettext_lazy("the visits, each with its time, practitioner and reference"),
    "when": gettext_lazy("day and time of the visit"),
    "change": gettext_lazy("what is new about the place or its time zone"),
    "who": gettext_lazy("the practitioner"),
    "instead": gettext_lazy("who they see now instead of whom, where the practitioner has changed"),
    "where": gettext_lazy("the place and its address"),
    "preparation": gettext_lazy("how to prepare, from the service"),
    "directions": gettext_lazy("how to get there, from the location"),
    "notice": gettext_lazy("hours of notice to cancel, from the service"),
    "times": gettext_lazy("the offered times, in a list"),
    "until": gettext_lazy("until when the offered times are held"),
    "waits_until": gettext_lazy("the last day on which they want to wait"),
    "message": gettext_lazy("what you wrote to the patient"),
    "reason": gettext_lazy("why you declined"),
    "links": gettext_lazy("a link to each of their open requests, in a small table"),
}
BLOCKS = frozenset({"visit", "visits", "times", "links"})
"""These become a table or a list, so each needs a paragraph of its own."""
IN_SUBJECTS = frozenset({"clinic", "reference"})
"""A subject shows on a locked phone, so nothing about health and nothing that a user typed."""
UNPROVEN = frozenset({"clinic", "phone", "reference"})
"""An unconfirmed address may belong to somebody else, so nothing that a visitor typed goes there."""
TO_CONFIRM = UNPROVEN | {"held", "held_until", "minutes"}
NOTHING_TYPED = TO_CONFIRM | {"links"}
"""A message limited to these may go to an unconfirmed address."""
ALWAYS = UNPROVEN | {"name", "service"}
POSTCODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?) (\d[A-Z]{2})\b")
"""A UK postcode: two halves with a space between them."""
SHORT_NAME = 25
VISIT = ALWAYS | {"visit", "when", "who", "where", "preparation", "directions", "notice"}


@dataclass(frozen=True)
class Change:
    """What is new about the place of a visit: its address, its time zone, or both.

    `start` and `zone` are what the patient was told before (UTC, and the zone of its label).
    """

    start: datetime
    zone: ZoneInfo
    place: bool
    wall_clock_stays: bool = True


def values_of(
    consultation: ConsultationRequest,
    *,
    now: datetime,
    visit: Appointment | None = None,
    visits: Sequence[Appointment] = (),
    held: Appointment | None = None,
    offers: Sequence[Appointment] = (),
    message: str | None = None,
    links: Sequence[tuple[str, str]] = (),
    change: Change | None = None,
    wanted: Container[str] = frozenset(PLACEHOLDERS),
) -> dict[str, Any]:
    """Each placeholder's text in the active language; empty if there is nothing to say.

    A date has its year if it is not that of `now`, when the message is written.
    `message` replaces the request's `staff_message`. Placeholders that are not `wanted` may be empty.
    Dates, names, postcodes and the phone number have no-break spaces, for HTML; `clinic.dates.plain`
    removes them.
    """
    place, service = consultation.location, consultation.service
    zone, clinic = place.zone, place.clinic
    lines = visit.place_lines if visit else place.where(service.kind_of_visit)
    where = POSTCODE.sub(f"\\1{NBSP}\\2", "\n".join(lines))
    lasts = held.hold_expires_at if held else None
    last = max((each.hold_expires_at for each in offers if each.hold_expires_at), default=None)
    waits_until = _waits_until(consultation, now) if "waits_until" in wanted else ""
    when = _moment(visit.start, visit.zone, now) if visit else ""
    who = _together(visit.practitioner) if visit else ""
    return {
        "clinic": clinic.name,
        "phone": phones.national(clinic.phone).replace(" ", NBSP),
        "reference": consultation.reference,
        "name": consultation.name,
        "service": service.said.name,
        "answer_by": _moment(consultation.respond_by, zone, now),
        "held": _moment(held.start, held.zone, now) if held else "",
        "held_until": clock.time_label(lasts, zone) if lasts else "",
        "minutes": str(settings.BOOKINGS["HOLD_UNVERIFIED_MINUTES"]),
        "when": when,
        "who": who,
        "where": where.replace("\n", ", "),
        "visits": [_one_of_several(each, now) for each in visits],
        "visit": _visit(consultation, visit, when, where) if visit else [],
        "instead": _instead(visit) if visit and "instead" in wanted else "",
        "change": _changed(change, when, now) if change else "",
        "preparation": service.said.preparation or gettext("Wear clothes that you can move in."),
        "directions": _directions(place, visit.kind_of_visit if visit else service.kind_of_visit),
        "notice": str(service.cancel_notice_hours),
        "times": [_offered(each, _moment(each.start, each.zone, now), last) for each in offers],
        "until": _moment(last, zone, now),
        "message": consultation.staff_message if message is None else message,
        "waits_until": waits_until,
        "reason": consultation.told_reason,
        "links": list(links),
    }


def _moment(at: datetime | None, zone: ZoneInfo, now: datetime) -> str:
    return unbroken(clock.moment_label(at, zone, now=now)) if at else ""


def _visit(
    consultation: ConsultationRequest, visit: Appointment, when: str, place: str
) -> list[tuple[str, str]]:
    """The rows of the table; the place keeps the lines of its address."""
    minutes = clock.minutes_label(visit.minutes)
    rows = [
        (gettext("Consultation"), f"{consultation.service.said.name}, {minutes}"),
        (gettext("When"), f"{when}\n{_zone_beside(visit.zone)}".strip()),
        (gettext("With"), _together(visit.practitioner)),
        (gettext("Where"), place),
        (gettext("Video call"), visit.video_link),
        (gettext("Price"), visit.price),
        (gettext("Reference"), consultation.reference),
    ]
    return [row for row in rows if row[1]]


def _zone_beside(zone: ZoneInfo) -> str:
    """The zone, for who books from abroad. One that is not the clinic's own stands in the time itself."""
    return clock.zone_label(zone) if zone.key == settings.TIME_ZONE else ""


def _directions(place: Location, kind: str) -> str:
    return "\n".join(f"{label}: {words}" for label, words, _field in place.getting_there(kind))


def _one_of_several(visit: Appointment, now: datetime) -> tuple[str, str]:
    """A row of the table: when it is, and with whom; its reference is what to name on the phone."""
    who = _together(visit.practitioner)
    return _moment(visit.start, visit.zone, now), f"{who}\n{visit.request.reference}"


def _instead(visit: Appointment) -> str:
    names = {"name": visit.practitioner.name, "before": visit.instead_of}
    return (
        gettext("You will see %(name)s instead of %(before)s.") % names if visit.instead_of else ""
    )


def _changed(change: Change, when: str, now: datetime) -> str:
    """What is new, in a sentence or two."""
    said = []
    if change.place:
        said.append(gettext("The address is new: please come to the place below."))
    before = _moment(change.start, change.zone, now)
    if before != when and not change.wall_clock_stays:
        said.append(
            gettext(
                "It is at the same moment as before. We told you %(before)s; it is now %(now)s."
            )
            % {"before": before, "now": when}
        )
    elif not change.place or before != when:
        said.append(
            gettext(
                "The time on the clock there is the same, but your calendar may show another one."
            )
        )
    return " ".join(said)


def _together(person: Resource) -> str:
    """The name with no-break spaces, unless it is too long for one line on a phone."""
    return person.name.replace(" ", NBSP) if len(person.name) <= SHORT_NAME else person.name


def _offered(offer: Appointment, moment: str, last: datetime | None) -> str:
    """One of the offered times; if its hold ends before the others', it says so."""
    text = f"{moment}, {_together(offer.practitioner)}"
    if offer.hold_expires_at == last:
        return text
    return gettext("%(time)s (please answer before it begins)") % {"time": text}


def _waits_until(consultation: ConsultationRequest, now: datetime) -> str:
    """The last day of the wait; empty if they are not on the waiting list now."""
    if consultation.status != RequestStatus.WAITLISTED:
        return ""
    waiting = WaitingListEntry.objects.filter(request_id=consultation.pk).first()
    today = consultation.location.today(now)
    return unbroken(clock.date_label(waiting.until, today=today)) if waiting else ""
