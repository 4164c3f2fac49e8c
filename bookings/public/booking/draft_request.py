"""What an unfinished request says so far, and what can be asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bookings import clock, transitions
from bookings.enums import ContactBy, DayPart, KindOfVisit, ResourceKind, Side, Suspicion
from bookings.forms import safety
from bookings.forms.consent import CONSENT_TEXT, CONSENT_VERSION
from bookings.models import (
    ConsultationRequest,
    Draft,
    Location,
    Resource,
    Service,
    WeeklyHours,
)
from bookings.models.services import those_open
from bookings.public.booking.time_forms import DEFAULT_WEEKS, WAITING, WEEKS, parse_start, until
from clinic import phones
from clinic.content_version import cached_until_change
from clinic.dates import unbroken
from clinic.languages import written


@dataclass
class Offering:
    """What can be asked for: a service at a location where somebody offers it."""

    service: Service
    location: Location

    @property
    def key(self) -> str:
        return f"{self.service.pk}-{self.location.pk}"

    @property
    def label(self) -> str:
        return f"{self.service.said.name}, {self.location.name}"

    @property
    def choice(self) -> SafeString:
        """Its name and, on a line below, what one should know before choosing it."""
        marks = written(self.service, "name")
        name = self.service.said.name
        return format_html(
            '<span{}>{}</span><br><span class="small">{}</span>', marks, name, self.facts
        )

    @property
    def facts(self) -> str:
        """How long it takes, what it costs, and where it is."""
        service = self.service
        comes = service.kind_of_visit == KindOfVisit.CLINIC
        where = self.location.name if comes else service.get_kind_of_visit_display()
        found = [clock.minutes_label(service.duration_minutes), service.price, where]
        return ", ".join(str(fact) for fact in found if fact)


def offerings() -> list[Offering]:
    """Each service at each location where somebody offers it now."""
    return cached_until_change("offerings", _offerings)


def _offerings() -> list[Offering]:
    offered = Service.practitioners.through.objects
    rows = (
        offered.filter(
            resource__active=True,
            resource__kind=ResourceKind.PRACTITIONER,
            service__active=True,
            service__questions__live=True,
        )
        .select_related("service", "resource__location")
        .prefetch_related("service__locations", "resource__also_at")
    )
    found = {
        (row.service.name, place.name): Offering(row.service, place)
        for row in rows
        for place in row.resource.places
        if place.active and row.service.is_offered_at(place)
    }
    is_open = those_open(offering.service for offering in found.values())
    return [found[names] for names in sorted(found) if found[names].service.pk in is_open]


def offered_to(draft: Draft) -> list[Offering]:
    """What can be asked for, looked up once for each page."""
    if not hasattr(draft, "offered"):
        draft.offered = offerings()  # type: ignore[attr-defined]
    return list(draft.offered)  # type: ignore[attr-defined]


def chosen_offering(draft: Draft) -> Offering | None:
    """The one chosen, or the only one; None once it is no longer offered."""
    found = offered_to(draft)
    key = draft.answers.get("reason", {}).get("offering")
    if key:
        return next((o for o in found if o.key == key), None)
    return found[0] if len(found) == 1 else None


def wished_practitioner(draft: Draft) -> Resource | None:
    pk = draft.answers["time"].get("practitioner")
    row = Resource.objects.filter(pk=pk).select_related("merged_into").first() if pk else None
    found = row and (row.merged_into or row)
    return found if found and found.active else None


def days_open(offering: Offering, wished: Resource | None = None) -> list[int]:
    """The weekdays, from Monday, 0, on which somebody works; every day where nobody ever does."""
    hours = WeeklyHours.objects.filter(resource__services=offering.service).at(offering.location)
    if wished:
        hours = hours.filter(resource=wished)
    return sorted(set(hours.values_list("weekday", flat=True))) or list(range(7))


def waiting_wishes(
    answers: dict[str, Any], location: Location, now: datetime
) -> transitions.Waiting:
    """What the page for the waiting list was answered, as the transition takes it."""
    return transitions.Waiting(
        weekdays=[int(day) for day in answers.get("weekdays", [])],
        until=until(
            answers.get("weeks", DEFAULT_WEEKS),
            today=location.today(now),
        ),
    )


def submit(
    draft: Draft,
    offering: Offering,
    *,
    network: str,
    now: datetime,
    suspicion: Sequence[Suspicion] = (),
) -> ConsultationRequest:
    """Send what the draft says, once: its key makes a second time return the first."""
    answers = draft.answers
    given, other = answers["contact"], answers["other-times"]
    first = answers["time"]["first"]
    waits = first == WAITING
    starts = [] if waits else [first, other.get("second", ""), other.get("third", "")]
    ask = transitions.RequestData(
        service=offering.service,
        location=offering.location,
        reason=answers["reason"]["reason"],
        reason_text=answers["reason"]["reason_text"],
        goal=answers["reason"]["goal"],
        goal_text=answers["reason"]["goal_text"],
        side=answers["reason"]["side"],
        note=answers["reason"]["note"],
        consent_version=CONSENT_VERSION,
        consent_text=str(CONSENT_TEXT),
        practitioner=wished_practitioner(draft),
        starts=[start for start in map(parse_start, starts) if start],
        parts=[DayPart(part) for part in other["parts"]],
        waiting=waiting_wishes(other, offering.location, now) if waits else None,
        answers=safety.answers(answers["safety"]),
        network=network,
        suspicion="".join(suspicion),
        **answers["source"],
    )
    person = transitions.Contact(
        name=given["name"],
        contact_by=ContactBy(given["contact_by"]),
        email=given["email"],
        phone=given["phone"],
        on_behalf_of=given["on_behalf_of"],
        locale=get_language() or "en-gb",
        texts=given.get("texts", False),
    )
    return transitions.submit(ask, person, idempotency_key=draft.idempotency_key, now=now)


def phone_in_words(stored: str) -> str:
    """A kept number as people here write it."""
    return phones.label(phones.parse(stored)) if stored else ""


def summary(draft: Draft, offering: Offering) -> list[dict[str, str]]:
    """The rows of the check page: what was asked, the answer, and where to change it.

    A date has its year if it is not that in which the draft began: the page is sent with what it showed,
    and no answer changes by itself at midnight on New Year's Eve.
    """
    answers, zone = draft.answers, offering.location.zone
    why, other, who = answers["reason"], answers["other-times"], answers["contact"]
    wished = wished_practitioner(draft)
    waits = answers["time"]["first"] == WAITING
    days = ", ".join(str(WEEKDAYS[int(day)]) for day in other.get("weekdays", []))

    def moment(value: str) -> str:
        start = parse_start(value)
        if value == WAITING:
            return str(_("Waiting list"))
        if start is None:
            return str(_("Any time"))
        return unbroken(clock.moment_label(start, zone, now=draft.created_at))

    service, place = offering.service, offering.location
    way = place.getting_there(service.kind_of_visit)
    minutes = clock.minutes_label(service.duration_minutes)
    rows = [
        (_("First choice"), moment(answers["time"]["first"]), "book-time"),
        (_("Days"), waits and (days or _("Any day")), "book-waiting"),
        (_("How long"), waits and dict(WEEKS)[other.get("weeks", "4")], "book-waiting"),
        (_("With"), wished.name if wished else _("Anyone who is free"), "book-time"),
        (
            _("Second choice"),
            not waits and other.get("second") and moment(other["second"]),
            "book-time",
        ),
        (
            _("Third choice"),
            not waits and other.get("third") and moment(other["third"]),
            "book-time",
        ),
        (
            _("Parts of the day"),
            ", ".join(str(DayPart(part).label) for part in other["parts"]),
            "book-waiting" if waits else "book-time",
        ),
        (_("Where"), "\n".join(place.where(service.kind_of_visit)), "book"),
        (_("Consultation"), f"{service.said.name}, {minutes}", "book"),
        (_("Price"), service.price, ""),
        (_("What for"), why["reason_text"], "book"),
        (_("Side"), Side(why["side"]).label, "book"),
        (_("Goal"), why["goal_text"], "book"),
        *((question, answer, "book") for question, answer in answers["safety"]["more"]),
        (_("Your note"), why["note"], "book"),
        (_("Safety questions"), safety.in_words(answers["safety"]), "book"),
        (_("Name"), who["name"], "book-contact"),
        (_("For"), who["on_behalf_of"], "book-contact"),
        (_("We answer by"), ContactBy(who["contact_by"]).label, "book-contact"),
        (_("Email"), who["email"], "book-contact"),
        (_("Phone"), phone_in_words(who["phone"]), "book-contact"),
        (_("Text messages"), who.get("texts") and _("Yes, as well"), "book-contact"),
        (_("How to get there"), "\n".join(words for _label, words, _field in way), ""),
    ]
    names = {name for _key, value, name in rows if value and name}
    pages = {name: reverse(name, args=[draft.key]) for name in names}
    return [
        {
            "key": str(key),
            "value": str(value),
            "url": pages.get(name, ""),
        }
        for key, value, name in rows
        if value
    ]
