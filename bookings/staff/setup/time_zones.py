"""Time zones to choose from: cities, by continent, with the IANA name behind each."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

from django.utils.translation import gettext_lazy as _

Group = tuple[str, list[tuple[str, str]]]
CONTINENTS = {
    "Europe": _("Europe"),
    "Africa": _("Africa"),
    "America": _("America"),
    "Asia": _("Asia"),
    "Australia": _("Australia"),
    "Pacific": _("Pacific"),
    "Atlantic": _("Atlantic"),
    "Indian": _("Indian Ocean"),
    "Arctic": _("Arctic"),
    "Antarctica": _("Antarctica"),
}


def choices(current: str = "") -> list[Group]:
    """The cities of each continent in their order; a zone that is none of them, if it is in use."""
    found = list(_by_continent())
    if current and not any(current == name for _group, rows in found for name, _city in rows):
        found.append((str(_("Others")), [(current, current)]))
    return found


@lru_cache(maxsize=1)
def _names() -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {name: [] for name in CONTINENTS}
    for name in available_timezones():
        continent, _slash, place = name.partition("/")
        if place and continent in found:
            found[continent].append((name, city(place)))
    return {name: sorted(rows, key=lambda row: row[1]) for name, rows in found.items()}


def _by_continent() -> list[Group]:
    return [(str(CONTINENTS[name]), list(rows)) for name, rows in _names().items()]


def city(place: str) -> str:
    """Such as "Buenos Aires (Argentina)" for "Argentina/Buenos_Aires"."""
    *region, name = place.replace("_", " ").split("/")
    return f"{name} ({region[0]})" if region else name
