"""The seam: all that education may know of bookings."""

from urllib.parse import urlencode

from django.urls import reverse


def book_url(*, guide: str = "", revision: int | None = None, exercise: str = "") -> str:
    """Where to ask for a consultation, carrying which guide and exercise the reader came from.

    `guide` is the guide's path (`/guides/iliopsoas/`), `exercise` its key (`seated-knee-lift`).
    """
    source = {"guide": guide, "revision": revision, "exercise": exercise}
    query = urlencode({name: value for name, value in source.items() if value})
    return reverse("book") + (f"?{query}" if query else "")
