"""The seam: all that education may know of bookings."""

from urllib.parse import urlencode

from django.urls import reverse

from bookings.models import Practitioner


def book_url(*, guide: str = "", revision: int | None = None, exercise: str = "") -> str:
    """Where to ask for a consultation, carrying which guide and exercise the reader came from.

    `guide` is the guide's path (`/guides/iliopsoas/`), `exercise` its key (`seated-knee-lift`).
    """
    source = {"guide": guide, "revision": revision, "exercise": exercise}
    query = urlencode({name: value for name, value in source.items() if value})
    return reverse("book") + (f"?{query}" if query else "")


def practitioners() -> list[dict[str, str]]:
    """Who sees patients, as the site's card of a person wants it: name, initials, role and bio."""
    people = Practitioner.objects.filter(
        resource__active=True, resource__location__active=True
    ).select_related("resource")
    return [
        {
            "name": person.resource.name,
            "initials": "".join(word[0] for word in person.resource.name.split()[:2]).upper(),
            "role": person.title,
            "bio": person.bio,
        }
        for person in people.order_by("resource__name")
    ]
