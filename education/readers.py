"""Which visits count as reading."""

from django.conf import settings
from django.http import HttpRequest


def is_a_reader(request: HttpRequest) -> bool:
    """Not a preview, not staff (only staff have a session), and not the page that says thanks."""
    return not (
        getattr(request, "is_preview", False)
        or settings.SESSION_COOKIE_NAME in request.COOKIES
        or "thanks" in request.GET
    )
