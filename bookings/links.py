"""The seam: all that education may know of bookings."""

from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse

from bookings.models import ConsultationRequest, Location, Practitioner, Service


def book_url(*, guide: str = "", revision: int | None = None, exercise: str = "") -> str:
    """Where to ask for a consultation, carrying which guide and exercise the reader came from.

    `guide` is the guide's path (`/guides/iliopsoas/`), `exercise` its key (`seated-knee-lift`).
    """
    source = {"guide": guide, "revision": revision, "exercise": exercise}
    query = urlencode({name: value for name, value in source.items() if value})
    return reverse("book") + (f"?{query}" if query else "")


def practitioners() -> list[Practitioner]:
    """Who sees patients; the site's card of a person shows name, initials, role, bio and photo."""
    return list(Practitioner.objects.public())


def services() -> list[Service]:
    """What patients can ask for; `said` has name and summary in the active language."""
    return list(Service.objects.filter(active=True).order_by("name"))


def locations() -> list[Location]:
    """Where visits take place, with how to get there."""
    return list(Location.objects.filter(active=True))


def requests_from(paths: list[str]) -> dict[str, int]:
    """How many requests came from the guides at these addresses: figures, and nobody's name."""
    rows = ConsultationRequest.objects.filter(source_path__in=paths).order_by()
    return dict(rows.values_list("source_path").annotate(Count("pk")))
