"""Whose reading is counted."""

from django.conf import settings
from django.http import HttpRequest


def is_a_reader(request: HttpRequest) -> bool:
    """No preview, nobody of the staff (only they have a session), and not the page's thanks."""
    return not (
        getattr(request, "is_preview", False)
        or settings.SESSION_COOKIE_NAME in request.COOKIES
        or "thanks" in request.GET
    )
