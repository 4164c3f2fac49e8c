"""The patient joins the waiting list, changes when they can come, or leaves it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings import transitions
from bookings.enums import DayPart
from bookings.models import ConsultationRequest, WaitingListEntry
from bookings.public import shown
from bookings.public.access import posted, require_link
from bookings.public.booking.draft_request import Offering, days_open, waiting_wishes
from bookings.public.booking.time_forms import DEFAULT_WEEKS, WaitingForm
from bookings.public.manage import attempt, get_or_post, told


@get_or_post
@require_link
def join_waiting_list(request: HttpRequest, consultation: ConsultationRequest) -> HttpResponse:
    """Wait for a time to become free; a patient who waits already changes when they can come."""
    now = timezone.now()
    place = Offering(consultation.service, consultation.location)
    form = WaitingForm(
        posted(request),
        initial=_kept_wishes(consultation),
        weekdays=days_open(place, consultation.practitioner),
    )
    return told(
        request,
        consultation,
        form,
        "join_waiting_list",
        lambda told: transitions.join_waiting_list(
            consultation,
            waiting_wishes(told, consultation.location, now),
            parts=[DayPart(part) for part in told["parts"]],
            now=now,
        ),
        _("You are on our waiting list."),
    )


def _kept_wishes(consultation: ConsultationRequest) -> dict[str, Any]:
    entry = WaitingListEntry.objects.filter(request=consultation).first()
    parts = consultation.preferences.exclude(part="").values_list("part", flat=True)
    return {
        "weekdays": [str(day) for day in entry.weekdays] if entry else [],
        "parts": list(parts),
        "weeks": DEFAULT_WEEKS,
    }


@get_or_post
@require_link
def leave_waiting_list(request: HttpRequest, consultation: ConsultationRequest) -> HttpResponse:
    """Ask once more before leaving."""
    if request.method != "POST":
        context = {"consultation": consultation, "shown": shown.state(consultation)}
        return render(request, "bookings/public/leave_waiting_list.html", context)
    return attempt(
        request,
        consultation,
        lambda: transitions.leave_waiting_list(consultation, now=timezone.now()),
        _("You are no longer on the waiting list."),
    )
