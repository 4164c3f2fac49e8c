"""The last page of asking: everything once more, sent, and what happens next. Robots are shown the same."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bookings import clock
from bookings.enums import ContactBy, RequestStatus, Verb
from bookings.errors import BookingError, TimeTaken
from bookings.models import Appointment, ConsultationRequest, Draft, PreferredTime
from bookings.public import abuse, shown
from bookings.public.access import personal
from bookings.public.booking import drafts
from bookings.public.booking.draft_request import (
    Offering,
    chosen_offering,
    phone_in_words,
    submit,
    summary,
)
from bookings.public.booking.steps import page, step
from bookings.public.booking.time_forms import WAITING, parse_start, too_soon
from bookings.schedule import answer_deadline
from clinic.dates import unbroken
from clinic.network import client_network
from clinic.prepared import prepared

logger = logging.getLogger(__name__)


@abuse.limited("ask")
@step("check")
def check(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Everything once more; sending it takes the request, as long as the page showed what will be sent."""
    offering = chosen_offering(draft)
    assert offering
    rows = summary(draft, offering)
    if request.method != "POST":
        return _ask_once_more(request, draft, offering, rows)
    if shown.of(request).split() != shown.rows(rows):
        messages.error(
            request,
            _("Your answers have changed since this page was shown. Please check them, then send."),
        )
        return _ask_once_more(request, draft, offering, rows, before=shown.of(request).split())
    return _send(request, draft, offering)


def _ask_once_more(
    request: HttpRequest,
    draft: Draft,
    offering: Offering,
    rows: list[dict[str, str]],
    before: list[str] | None = None,
) -> HttpResponse:
    """The page with all answers; those that were not on it `before` are marked."""
    codes = shown.rows(rows)
    if before is not None:
        for row, code in zip(rows, codes, strict=True):
            row["changed"] = "" if code in before else str(_("Changed"))
    return page(
        request,
        "check",
        draft,
        rows=rows,
        shown=" ".join(codes),
        offering=offering,
        next_steps=_next_steps(draft, offering),
    )


def _next_steps(draft: Draft, offering: Offering) -> list[str]:
    """What happens after sending, and by when, a sentence each."""
    who, first = draft.answers["contact"], draft.answers["time"]["first"]
    now = timezone.now()
    by = answer_deadline.answer_deadline(offering.location, now=now)
    when = unbroken(clock.moment_label(by, offering.location.zone, now=now))
    if who["contact_by"] == ContactBy.PHONE:
        called = _("We will call you on %(phone)s by %(when)s.")
        steps = [
            called % {"phone": phone_in_words(who["phone"]), "when": when},
            _("No time is held until we have agreed on one with you."),
        ]
        linked = _("We send a link to %(email)s. Confirm your address there to use it.")
        return [*steps, linked % who] if who["email"] else steps
    steps = [_("We send a message to %(email)s. Confirm your address there.") % who]
    if parse_start(first):
        minutes = settings.BOOKINGS["HOLD_UNVERIFIED_MINUTES"]
        held = _("We hold your first choice for %(minutes)s minutes, for you to do that.")
        steps.append(held % {"minutes": minutes})
    if first == WAITING:
        return [*steps, _("Then we write to you when a time comes free that suits you.")]
    return [*steps, _("Then we answer you. If you confirm at once: by %(when)s.") % {"when": when}]


def _send(request: HttpRequest, draft: Draft, offering: Offering) -> HttpResponse:
    now = timezone.now()
    signs = abuse.signs_of_a_robot(draft, now=now)
    if abuse.is_robot(signs):
        logger.info("fake success shown")
        return sent_page(
            request, abuse.fake_success(draft, offering, now=now), held=None, draft=draft.key
        )
    network = client_network(request)
    try:
        made = submit(draft, offering, network=network, suspicion=signs[:1], now=now)
    except TimeTaken as error:
        first = draft.answers["time"]["first"]
        messages.error(request, too_soon(first, offering.service, now=now) or str(error.message))
        return redirect(f"{reverse('book-time', args=[draft.key])}?taken={first}")
    except BookingError as error:
        messages.error(request, str(error.message))
        return redirect("book-check", draft.key)
    draft.request, draft.answers = made, {}
    return drafts.save(request, redirect("book-sent", draft.key), draft)


@personal
@require_safe
def sent(request: HttpRequest, draft: str) -> HttpResponse:
    """The reference, and what happens next and by when."""
    found = drafts.load(request, draft)
    if found is None or found.request_id is None:
        return redirect("book")
    (consultation,) = _sent(found.request_id)
    held = next(iter(_held(consultation, timezone.now())), None)
    return sent_page(request, consultation, held=held, draft=draft)


@prepared
def _sent(pk: int) -> QuerySet[ConsultationRequest]:
    rows = ConsultationRequest.objects.select_related("waiting", "service", "location")
    return rows.filter(pk=pk)


@prepared
def _held(consultation: ConsultationRequest, now: datetime) -> QuerySet[Appointment]:
    return Appointment.objects.holding(now).filter(request=consultation).order_by()


@prepared
def _wished(consultation: ConsultationRequest) -> QuerySet[PreferredTime, int]:
    rows = PreferredTime.objects.filter(request=consultation).exclude(start=None).order_by()
    return rows.values_list("pk", flat=True)[:1]


def awaits_confirmation(consultation: ConsultationRequest) -> bool:
    """Whether it has an address that nobody has confirmed, and staff have not answered yet."""
    waits = {RequestStatus.UNVERIFIED, RequestStatus.SUBMITTED, RequestStatus.WAITLISTED}
    unconfirmed = bool(consultation.email) and consultation.verified_at is None
    return unconfirmed and consultation.status in waits


def sent_page(
    request: HttpRequest,
    consultation: ConsultationRequest,
    *,
    held: Any,
    draft: str,
    form: Any = None,
) -> HttpResponse:
    """`form`: to change a mistyped address, where somebody wants that."""
    request.number_to_call = consultation.location.number_to_call  # type: ignore[attr-defined]
    waits = consultation.status == RequestStatus.UNVERIFIED
    wished = bool(consultation.pk and waits and _wished(consultation))
    again = wished and not held and not consultation.events.filter(verb=Verb.HOLD_AGAIN).exists()
    context = {
        "consultation": consultation,
        "held": held,
        "draft": draft,
        "form": form,
        "first_choice": wished,
        "can_hold_again": again,
        "to_confirm": awaits_confirmation(consultation),
        "mail_kept_here": not settings.MAIL_SERVER and not settings.PRODUCTION,
    }
    return render(request, "bookings/public/book_sent.html", context)
