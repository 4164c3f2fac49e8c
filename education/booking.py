"""Everything that education takes from bookings: booking links, practitioners, counts of requests."""

from datetime import date, time
from typing import Any

from bookings import links


def book_url(*, guide: str = "", revision: int | None = None, exercise: str = "") -> str:
    """The address of the booking form, with the guide and exercise that the reader came from."""
    return links.book_url(guide=guide, revision=revision, exercise=exercise)


def faces() -> list[Any]:
    """The two practitioners that stand beside a guide."""
    return links.faces(2)


def practitioners() -> list[Any]:
    """The practitioners shown to the public, for the home page."""
    return list(links.practitioners())


def services() -> list[Any]:
    """What patients can ask for, with length and price."""
    return list(links.services())


def locations() -> list[Any]:
    """Where visits take place."""
    return list(links.locations())


def way_to(location: Any) -> list[tuple[str, str, str]]:
    """How to get there: label, words, and the name of their field."""
    return links.way_to(location)


def opening_hours(location: Any, day: date) -> list[tuple[int, time, time]]:
    """Weekday, from and to at a location in the week of that day."""
    return links.opening_hours(location, day)


def requests_from(paths: list[str]) -> dict[str, int]:
    """How many requests came from each of these addresses."""
    return links.requests_from(paths)
