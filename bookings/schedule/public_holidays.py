"""Public holidays of a location's country and region, suggested as closures. Staff decide.

The `holidays` package computes them from each country's rules, without a network. It is loaded
when it is first asked: 6 MB in every process, for something that is looked at a few times a year.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bookings.enums import ExceptionKind
from bookings.models import Appointment, DateException, Location
from bookings.models.appointments import LONGEST
from bookings.schedule.local_time import DAY, instant

DAYS_AHEAD = 366


@dataclass(frozen=True)
class Suggestion:
    """A holiday on which the location is not closed yet: its local day as instants (UTC)."""

    location: Location
    day: date
    name: str
    start: datetime
    end: datetime

    def closure(self) -> DateException:
        """The closure that it would become; not saved."""
        return DateException(
            location=self.location,
            kind=ExceptionKind.CLOSED,
            start=self.start,
            end=self.end,
            reason=self.name[:120],
        )

    def touches(self, visit: Appointment) -> bool:
        return visit.busy_start < self.end and visit.busy_end > self.start


def countries() -> list[tuple[str, str]]:
    """Codes and names of the countries whose holidays are known, ordered by name."""
    from holidays.registry import COUNTRIES

    named = {
        codes[1]: module.replace("_", " ").title().replace(" And ", " and ")
        for module, codes in COUNTRIES.items()
    }
    return sorted(named.items(), key=lambda pair: pair[1])


def regions(country: str) -> Sequence[str]:
    """The codes of a country's regions that have their own holidays."""
    import holidays

    return list(holidays.list_supported_countries().get(country, []))


def check_region(country: str, region: str) -> None:
    """Raises `ValidationError` if the package does not know the region."""
    if region and region not in regions(country):
        known = ", ".join(regions(country)) or _("none")
        raise ValidationError(
            _("This country has these regions: %(known)s.") % {"known": known}, code="region"
        )


def suggestions(location: Location, *, now: datetime) -> list[Suggestion]:
    """The holidays of the next year, except those on which the whole location is closed already."""
    return _suggestions(location, list(_whole_closures(now).filter(location=location)), now)


def _whole_closures(now: datetime) -> QuerySet[DateException]:
    return DateException.objects.filter(resource=None, kind=ExceptionKind.CLOSED, end__gt=now)


def _suggestions(
    location: Location, closed: Sequence[DateException], now: datetime
) -> list[Suggestion]:
    import holidays

    if not location.country:
        return []
    today = location.today(now)
    last = today + timedelta(days=DAYS_AHEAD)
    try:
        found = holidays.country_holidays(
            location.country,
            subdiv=location.region or None,
            years=range(today.year, last.year + 1),
        )
    except NotImplementedError:
        return []  # a region that this version of the package no longer has
    made = [
        _suggestion(location, day, name)
        for day, name in sorted(found.items())
        if today <= day <= last
    ]
    return [
        one for one in made if not any(c.start <= one.start and one.end <= c.end for c in closed)
    ]


Day = tuple[Suggestion, list[Appointment]]


def with_visits(
    locations: Iterable[Location], *, now: datetime
) -> list[tuple[Location, list[Day]]]:
    """Each location's suggestions with the visits on that day, so that staff see them before they close it.

    Three queries, however many holidays there are.
    """
    places = list(locations)
    closed: dict[int, list[DateException]] = defaultdict(list)
    for row in _whole_closures(now).filter(location__in=places):
        closed[row.location_id].append(row)
    days = {place.pk: _suggestions(place, closed[place.pk], now) for place in places}
    visits = _standing_on([day for found in days.values() for day in found], now)
    return [
        (place, [(day, [v for v in visits[place.pk] if day.touches(v)]) for day in days[place.pk]])
        for place in places
    ]


def _standing_on(days: Iterable[Suggestion], now: datetime) -> dict[int, list[Appointment]]:
    """Who holds a time on one of the days, by the visit's location."""
    moments = Q(pk=None)
    for start, end in {(day.start, day.end) for day in days}:
        moments |= Q(busy_start__lt=end, busy_end__gt=start, busy_start__gt=start - LONGEST)
    rows = Appointment.objects.holding(now).filter(moments)
    found: dict[int, list[Appointment]] = defaultdict(list)
    shown = rows.select_related("request").only(
        "request__reference", "location", "start", "busy_start", "busy_end"
    )
    for visit in shown:
        found[visit.location_id].append(visit)
    return found


def _suggestion(location: Location, day: date, name: str) -> Suggestion:
    zone = location.zone
    start, end = instant(day, time.min, zone), instant(day + DAY, time.min, zone)
    return Suggestion(location, day, name, start, end)
