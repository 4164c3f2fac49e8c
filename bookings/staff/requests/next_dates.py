"""Each date of a plan: whether it is free, why not, and what is nearest instead. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from bookings import clock
from bookings.models import ConsultationRequest, Resource
from bookings.schedule import availability, why_not_free
from bookings.schedule.availability import Search
from bookings.schedule.local_time import instant
from bookings.templatetags.desk import short_at

NEAREST = 4
WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Line:
    """A wanted date: its start (UTC), or what is offered instead. `options` are values and their words."""

    label: str
    start: datetime | None = None
    practitioner: Resource | None = None
    reasons: list[str] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_free(self) -> bool:
        return not self.reasons and self.start is not None

    @property
    def value(self) -> str:
        """What its field carries."""
        return carried(self.start, self.practitioner) if self.start else ""


def carried(start: datetime, practitioner: Resource | None) -> str:
    """A time as a field carries it, such as "2026-11-26T14:30Z 7"."""
    return f"{start:%Y-%m-%dT%H:%MZ} {practitioner.pk if practitioner else ''}".strip()


def weekly(first: datetime, zone: ZoneInfo, *, every: int, count: int) -> list[datetime]:
    """Naive wall-clock times: the same time of day, that many weeks apart, also across clock changes."""
    wall = first.astimezone(zone).replace(tzinfo=None)
    return [wall + WEEK * every * n for n in range(count)]


def following(before: datetime, zone: ZoneInfo, weeks: int, *, now: datetime) -> datetime | None:
    """The start (UTC) that many weeks after a visit; after now, where the visit is longer ago.

    None where the clocks skip the time that night.
    """
    wall = before.astimezone(zone).replace(tzinfo=None)
    today = now.astimezone(zone).replace(tzinfo=None)
    while wall + WEEK <= today:
        wall += WEEK
    try:
        return clock.instant_of(wall + WEEK * weeks, zone)
    except ValidationError:
        return None


def lines_of_plan(
    consultation: ConsultationRequest,
    walls: Sequence[datetime],
    *,
    practitioner: Resource | None,
    now: datetime,
) -> list[Line]:
    """A line for each wall-clock time of the location."""
    zone = consultation.location.zone
    found = []
    for wall in walls:
        try:
            start = clock.instant_of(wall, zone)
        except ValidationError as error:
            near = instant(wall.date(), wall.time(), zone)
            search = _search(consultation, practitioner, now)
            options = _options(search, near, consultation)
            label = f"{short_at(near, consultation.location)}"
            found.append(Line(label, reasons=[error.messages[0]], options=options))
        else:
            found.append(_line(consultation, start, practitioner, now))
    return found


def lines_of_picks(
    consultation: ConsultationRequest,
    picked: Sequence[tuple[datetime, Resource | None]],
    *,
    now: datetime,
) -> list[Line]:
    return [_line(consultation, start, who, now) for start, who in picked]


def _search(
    consultation: ConsultationRequest, practitioner: Resource | None, now: datetime
) -> Search:
    return Search(consultation.service, consultation.location, now, practitioner, notice=False)


def _line(
    consultation: ConsultationRequest,
    start: datetime,
    practitioner: Resource | None,
    now: datetime,
) -> Line:
    label = str(short_at(start, consultation.location))
    search = _search(consultation, practitioner, now)
    if availability.find_slot(search, start):
        return Line(label, start, practitioner)
    # The reasons end with the nearest free time where there is no other; it stands among the options.
    reasons = why_not_free.explain(search, start)
    return Line(label, start, practitioner, reasons, _options(search, start, consultation))


def _options(
    search: Search, start: datetime, consultation: ConsultationRequest
) -> list[tuple[str, str]]:
    """The nearest free times, the same one with somebody else first; then to leave the date out."""
    slots = availability.closest(search, max(start, search.now), count=NEAREST)
    people: dict[int, Any] = {
        person.pk: person for person in consultation.service.practitioners.all()
    }
    found = []
    for slot in slots:
        who = people[slot.practitioner_ids[0]]
        text = _("%(moment)s, with %(name)s") % {
            "moment": short_at(slot.start, consultation.location),
            "name": who.name,
        }
        found.append((carried(slot.start, who), text))
    return [*found, ("", _("Leave this one out"))]
