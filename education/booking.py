"""The one file here that knows of bookings: links to ask for a consultation, and who works here."""

from typing import Any

from bookings import links


def book_url(*, guide: str = "", revision: int | None = None, exercise: str = "") -> str:
    """Where to ask for a consultation, carrying where the reader came from."""
    return links.book_url(guide=guide, revision=revision, exercise=exercise)


def practitioners() -> list[Any]:
    """Who sees patients here, for the home page."""
    return list(links.practitioners())


def requests_from(paths: list[str]) -> dict[str, int]:
    """How many requests came from the guides at these addresses."""
    return links.requests_from(paths)
