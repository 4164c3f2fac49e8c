"""The one file here that knows of bookings: links to ask for a consultation, and who works here."""

from typing import Any

from bookings import links


def book_url(*, guide: str = "", revision: int | None = None, exercise: str = "") -> str:
    """Where to ask for a consultation, carrying where the reader came from."""
    return links.book_url(guide=guide, revision=revision, exercise=exercise)


def practitioners() -> list[Any]:
    """Who sees patients here, for the home page; empty where bookings does not say."""
    offered = getattr(links, "practitioners", None)
    return list(offered()) if offered else []


def consultation_summary() -> Any:
    """Length and promise of a consultation, in bookings' own words; None where it does not say."""
    offered = getattr(links, "consultation_summary", None)
    return offered() if offered else None


def requests_from(paths: list[str]) -> dict[str, int]:
    """How many requests came from the guides at these addresses; empty where bookings does not say."""
    offered = getattr(links, "requests_from", None)
    return offered(paths) if offered else {}
