"""The last page of asking: everything once more, sent, and what happens next. Robots are shown the same."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from bookings.errors import BookingError, TimeTaken
from bookings.models import ConsultationRequest, Draft
from bookings.public import abuse
from bookings.public.access import personal
from bookings.public.booking import drafts
from bookings.public.booking.draft_request import chosen_offering, submit, summary
from bookings.public.booking.steps import page, step
from clinic.network import client_network

logger = logging.getLogger(__name__)


@abuse.limited("ask")
@step("check")
def check(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Everything once more; sending it takes the request."""
    offering = chosen_offering(draft)
    assert offering
    if request.method != "POST":
        return page(request, "check", rows=summary(draft, offering), offering=offering)
    now = timezone.now()
    signs = abuse.signs_of_a_robot(draft, now=now)
    if abuse.is_robot(signs):
        logger.info("decoy shown")
        return sent_page(request, abuse.fake_success(draft, offering, now=now), held=None)
    network = client_network(request)
    try:
        made = submit(draft, offering, network=network, suspicion=signs[:1], now=now)
    except TimeTaken as error:
        messages.error(request, str(error.message))
        first = draft.answers["time"]["first"]
        return redirect(f"{reverse('book-time')}?taken={first}")
    except BookingError as error:
        messages.error(request, str(error.message))
        return redirect("book-check")
    draft.request, draft.answers = made, {}
    return drafts.save(request, redirect("book-sent"), draft)


@personal
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """The reference, and what happens next and by when."""
    draft = drafts.load(request)
    if draft is None or draft.request_id is None:
        return redirect("book")
    rows = ConsultationRequest.objects.select_related("waiting", "service", "location")
    consultation = rows.get(pk=draft.request_id)
    return sent_page(request, consultation, held=consultation.appointments.active().one_at_most())


def sent_page(
    request: HttpRequest, consultation: ConsultationRequest, *, held: Any
) -> HttpResponse:
    context = {
        "consultation": consultation,
        "held": held,
        "mail_kept_here": not settings.MAIL_SERVER and not settings.PRODUCTION,
    }
    return render(request, "bookings/public/book_sent.html", context)
