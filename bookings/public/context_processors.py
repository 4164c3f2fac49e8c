"""What every page's frame asks of booking."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from bookings.public.booking.draft_request import offerings


def booking(request: HttpRequest) -> dict[str, object]:
    """`takes_requests`: whether anybody can be asked for, so that no link leads to a closed door."""
    return {"takes_requests": SimpleLazyObject(lambda: bool(offerings()))}
