"""Against floods and robots: limits for each network, and two signs that no person filled in a form.

One sign is shown to staff, who decide. Both at once are a robot: it is told that all went well, and
nothing is written. A person who is over a limit reads so, with the clinic's phone number.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from bookings.enums import ContactBy, RequestStatus, Suspicion
from bookings.models import ConsultationRequest, Draft
from bookings.public.booking.draft_request import Offering
from bookings.schedule import answer_deadline
from bookings.transitions import new_reference
from clinic import phones, throttle
from clinic.network import client_network
from clinic.views import too_many

TRAP = "website"
"""A field that no person sees (templates/bookings/public/book_contact.html)."""
View = Callable[..., HttpResponse]


def limited(limit: str) -> Callable[[View], View]:
    """A POST costs one of the network's tries (`settings.LIMITS`)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST":
                network, now = client_network(request), timezone.now()
                if not throttle.spend(limit, network, now=now):
                    return too_many(request, limit)
            return view(request, *args, **kwargs)

        return wrapped

    return decorate


def honeypot_filled(request: HttpRequest) -> bool:
    """Whether the field that nobody sees was filled in."""
    return bool(request.POST.get(TRAP))


def signs_of_a_robot(draft: Draft, *, now: datetime) -> list[Suspicion]:
    signs = []
    if draft.answers["contact"].get(TRAP):
        signs.append(Suspicion.TRAP)
    if now - draft.created_at < timedelta(seconds=settings.FILL_SECONDS):
        signs.append(Suspicion.FAST)
    return signs


def is_robot(signs: list[Suspicion]) -> bool:
    return len(signs) == len(Suspicion)


def fake_success(draft: Draft, offering: Offering, *, now: datetime) -> ConsultationRequest:
    """A request that looks like one, for the page that says so. Not saved, and no mail is written."""
    given = draft.answers["contact"]
    by_mail = given["contact_by"] == ContactBy.EMAIL
    phone, extension = phones.split(given["phone"])
    return ConsultationRequest(
        reference=new_reference(),
        location=offering.location,
        service=offering.service,
        email=given["email"],
        phone=phone,
        phone_extension=extension,
        status=RequestStatus.UNVERIFIED if by_mail else RequestStatus.SUBMITTED,
        contact_by=given["contact_by"],
        needs_call=not by_mail,
        respond_by=None if by_mail else answer_deadline.answer_deadline(offering.location, now=now),
    )
