"""Keeps search engines away from a clinic that does not exist."""

from collections.abc import Callable
from contextlib import suppress

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from bookings import demonstration


class NoIndex:
    """`X-Robots-Tag: noindex` on every page while the demonstration clinic is there (production only)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        page = response.get("Content-Type", "").startswith("text/html")
        if page and response.status_code < 400:
            # What needs no database, such as the offline page, must not begin to.
            with suppress(DatabaseError):
                if demonstration.concerns_patients():
                    response["X-Robots-Tag"] = "noindex"
        return response
