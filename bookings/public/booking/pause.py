"""A visitor who was away for more than an hour is told so.

Their answers are kept, and the time they chose is looked at again.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings.errors import TimeTaken
from bookings.models import Draft
from bookings.public.booking import drafts
from bookings.public.booking.draft_request import chosen_offering, wished_practitioner
from bookings.public.booking.time_forms import parse_start, too_soon
from bookings.schedule.availability import Search, find_slot

AFTER_TIMES = {"waiting", "contact"}
"""Steps whose POST leads on past the times."""


def told(
    request: HttpRequest, draft: Draft, step: str, view: Callable[[], HttpResponse]
) -> HttpResponse:
    """The page of this step, with a word about the pause; what a POST held is kept first."""
    if not drafts.was_paused(draft, now=timezone.now()):
        return view()
    messages.info(request, _("You were away for a while. We have kept your answers."))
    sends = step == "check" and request.method == "POST"  # looks at the time itself
    gone = "" if sends or step == "time" else _why_time_is_gone(draft)
    if not gone:
        return view()
    messages.warning(request, gone)
    first = draft.answers["time"]["first"]
    response = view() if request.method == "POST" else None
    if response is None and step not in {"about", "doctor"}:
        return redirect(f"{reverse('book-time', args=[draft.key])}?taken={first}")
    if response and response.status_code == 302 and step in AFTER_TIMES:
        response["Location"] = f"{reverse('book-time', args=[draft.key])}?taken={first}"
    return response or view()


def _why_time_is_gone(draft: Draft) -> str:
    """What to say where a time was chosen that cannot be booked now; empty for any other."""
    first, now = draft.answers.get("time", {}).get("first", ""), timezone.now()
    start, offering = parse_start(first), chosen_offering(draft)
    if start is None or offering is None:
        return ""
    search = Search(offering.service, offering.location, now, wished_practitioner(draft))
    if find_slot(search, start):
        return ""
    return too_soon(first, offering.service, now=now) or str(TimeTaken.message)
