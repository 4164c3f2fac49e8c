"""Instants (UTC) in words, on a location's wall clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bookings.enums import DayPart
from clinic.dates import unbroken


def is_of_our_time(day: date) -> bool:
    """Whether a day is between 2000 and 2199: one that somebody can mean, far from the ends of `date`."""
    return 2000 <= day.year < 2200


def happens_twice(at: datetime, zone: ZoneInfo) -> bool:
    """Whether the wall clock shows this time twice, as in the night the clocks go back."""
    local = at.astimezone(zone)
    return (
        local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
        and local.replace(fold=0).astimezone(UTC).astimezone(zone) == local
    )


def time_label(at: datetime, zone: ZoneInfo) -> str:
    """The time of day, such as "2:30pm"; a time that occurs twice that night names its zone."""
    local = at.astimezone(zone)
    text = time_words(local.time())
    return f"{text} ({local.tzname()})" if happens_twice(at, zone) else text


def time_words(local: time) -> str:
    """A wall-clock time, such as "2:30pm" or "10am". "12pm" is ambiguous, so noon is "midday"."""
    return _time_words(local, get_language() or "")


@lru_cache(maxsize=2048)
def _time_words(local: time, language: str) -> str:
    if local == time(12):
        return _("midday")
    # Django writes "a.m."; the clinic writes "9:30am" and "10am", as its patients do.
    pattern = _("g:ia") if local.minute else _("ga")
    return formats.time_format(local, pattern).replace(".m.", "m")


def minutes_label(minutes: int) -> str:
    """How long something lasts, such as "45 minutes"."""
    return unbroken(_("%(minutes)s minutes") % {"minutes": minutes})


def day_label(at: datetime, zone: ZoneInfo, *, now: datetime) -> str:
    """The day, such as "Thursday 26 November"; see `date_label`."""
    return date_label(at.astimezone(zone).date(), today=now.astimezone(zone).date())


def near_day_label(at: datetime, zone: ZoneInfo) -> str:
    """A day in the next few weeks, without its year: "Thursday 26 November". For pages."""
    return unbroken(formats.date_format(at.astimezone(zone), _("l j F")))


def date_label(day: date, *, today: date) -> str:
    """A day as people say it: with the year only if it is not this year's."""
    return formats.date_format(day, _("l j F") if day.year == today.year else _("l j F Y"))


def moment_label(at: datetime, zone: ZoneInfo, *, now: datetime) -> str:
    """Day and time, such as "Thursday 26 November, 2:30pm"; with the year if it is not that of `now`.

    If the zone is not the clinic's own (`TIME_ZONE`), it is named: "2:30pm, Berlin time".
    """
    parts = {"day": day_label(at, zone, now=now), "time": time_label(at, zone)}
    label = _("%(day)s, %(time)s") % parts
    return label if zone.key == settings.TIME_ZONE else f"{label}, {zone_label(zone)}"


def zone_label(zone: ZoneInfo) -> str:
    """A zone as people say it, such as "Lord Howe time"."""
    city = zone.key.rpartition("/")[2].replace("_", " ")
    return _("%(city)s time") % {"city": _("London") if city == "London" else city}


def day_part(at: datetime, zone: ZoneInfo) -> DayPart:
    """Before noon, before five, or later."""
    hour = at.astimezone(zone).hour
    if hour < 12:
        return DayPart.MORNING
    return DayPart.AFTERNOON if hour < 17 else DayPart.EVENING


def instant_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant (UTC) of a naive wall-clock time. If it occurs twice that night, the first.

    Raises `ValidationError` for a time that the clocks skip.
    """
    try:
        at = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    except OverflowError as error:
        raise ValidationError(_("Enter a date and a time."), code="invalid") from error
    if at.astimezone(zone).replace(tzinfo=None) != wall:
        raise ValidationError(_("The clocks skip this time that night."), code="skipped")
    return at
