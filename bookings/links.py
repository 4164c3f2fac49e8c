"""The seam: all that education may know of bookings."""

from datetime import date, time
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse

from bookings.enums import KindOfVisit, ResourceKind
from bookings.models import ConsultationRequest, Location, Practitioner, Service, WeeklyHours


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


def faces(most: int) -> list[Practitioner]:
    """The first of them by name, for a picture with name and role: nothing else of them is read."""
    people = Practitioner.objects.public().select_related(None).prefetch_related(None)
    return list(people.select_related("resource", "photo")[:most])


def services() -> list[Service]:
    """What patients can ask for; `said` has name and summary in the active language."""
    return list(Service.objects.filter(active=True).order_by("name"))


def locations() -> list[Location]:
    """Where visits take place."""
    return list(Location.objects.filter(active=True))


def way_to(location: Location) -> list[tuple[str, str, str]]:
    """How to get to a visit there: label, words, and the name of their field."""
    return location.getting_there(KindOfVisit.CLINIC)


def opening_hours(location: Location, day: date) -> list[tuple[int, time, time]]:
    """Weekday (0 is Monday), from and to, on the location's clock, in the week of that day.

    The hours of everybody who sees patients there, joined. One that passes midnight ends at it.
    """
    rows = WeeklyHours.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=day),
        Q(valid_to=None) | Q(valid_to__gte=day),
        resource__active=True,
        resource__kind=ResourceKind.PRACTITIONER,
    ).at(location)
    joined: list[tuple[int, time, time]] = []
    for row in rows.order_by("weekday", "start"):
        end = row.end if row.start < row.end else time.max
        if joined and joined[-1][0] == row.weekday and row.start <= joined[-1][2]:
            joined[-1] = (row.weekday, joined[-1][1], max(joined[-1][2], end))
        else:
            joined.append((row.weekday, row.start, end))
    return joined


def requests_from(paths: list[str]) -> dict[str, int]:
    """How many requests came from the guides at these addresses: figures, and nobody's name."""
    rows = ConsultationRequest.objects.filter(source_path__in=paths).order_by()
    return dict(rows.values_list("source_path").annotate(Count("pk")))
