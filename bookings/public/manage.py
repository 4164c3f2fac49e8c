"""The patient sees and changes a request through the link from our mail. Every change is a POST.

Each acts on the request of its own page, and only while that still stands as the page showed it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings import transitions
from bookings.enums import AppointmentStatus, RequestStatus, Verb
from bookings.errors import BookingError, InvalidTransition, StaleVersion
from bookings.forms.typed import errors_of, typed
from bookings.models import Appointment, ConsultationRequest
from bookings.public import own_visits, series, shown
from bookings.public.access import posted, require_link
from bookings.public.manage_forms import AnswerForm, MoveForm
from bookings.schedule import ics

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@require_link
def manage(request: HttpRequest, consultation: ConsultationRequest) -> HttpResponse:
    """How the request stands and why, and what can be done about it."""
    return show(request, consultation)


def show(
    request: HttpRequest, consultation: ConsultationRequest, *, refused: Form | None = None
) -> HttpResponse:
    """The page of the request; with what was typed for nothing, where its form is gone."""
    now = timezone.now()
    rows = own_visits.of(consultation)
    live = [one for one in rows if one.hold_expires_at is None or one.hold_expires_at > now]
    visit, held = (
        next((one for one in live if one.status == status), None)
        for status in (AppointmentStatus.BOOKED, AppointmentStatus.PROPOSED)
    )
    been = next((one for one in reversed(live) if one.status in own_visits.THE_DAY_ITSELF), None)
    if visit and visit.end <= now:
        visit, been = None, visit
    agreed = consultation.status == RequestStatus.CONFIRMED
    asks = _asks_whether_coming(consultation, visit, now)
    context = {
        "consultation": consultation,
        "shown": shown.state(consultation, rows),
        "visit": visit,
        "asks_whether_coming": asks,
        "is_coming": asks
        and consultation.events.filter(verb=Verb.COME, appointment=visit).exists(),
        "been": been,
        "missed": agreed and been is not None and been.status == AppointmentStatus.NOSHOW,
        "came": agreed and been is not None and been.status in own_visits.CAME,
        "over": consultation.is_open
        and been is not None
        and been.status == AppointmentStatus.BOOKED,
        "held": held,
        "asked_where": consultation.location.where(consultation.service.kind_of_visit),
        "offers": [one for one in live if one.status == AppointmentStatus.PENDING],
        "cancelled": own_visits.cancelled(consultation),
        "tells_nothing": consultation.status in TELLS_NOTHING,
        "can_wish": consultation.status in transitions.CAN_WISH
        and (visit, been) == (None, None)
        and (consultation.verified_at or not consultation.email),
        "goes_on_waiting": consultation.status == RequestStatus.OFFERED
        and transitions.goes_on_waiting(consultation, now=now),
        "form": AnswerForm(),
        "refused": errors_of(refused) if refused else [],
        "typed": typed(refused) if refused else [],
        "now": now,
        "to_confirm": _is_to_confirm(consultation),
        "series": series.coming(consultation, now=now),
    }
    return render(request, "bookings/public/manage.html", context)


def _asks_whether_coming(
    consultation: ConsultationRequest, visit: Appointment | None, now: datetime
) -> bool:
    """In the week before the visit, when its reminders come."""
    settled = consultation.status == RequestStatus.CONFIRMED
    return bool(settled and visit and now < visit.start <= now + timedelta(days=7))


def _is_to_confirm(consultation: ConsultationRequest) -> bool:
    """Whether the page tells nothing yet but that the address has to be confirmed."""
    if consultation.status == RequestStatus.UNVERIFIED:
        return True
    return consultation.status not in TELLS_NOTHING and not consultation.is_proven


TELLS_NOTHING = {RequestStatus.WITHDRAWN, RequestStatus.EXPIRED, RequestStatus.SPAM}
"""What the page says then holds nothing about the request: it may be shown to an unproven address."""


def attempt(
    request: HttpRequest,
    consultation: ConsultationRequest,
    change: Callable[[], object],
    done: str,
    *,
    anyway: bool = False,
) -> HttpResponse:
    """Make the change and go back to the request's page, with what came of it.

    `anyway`: also where the request stands differently from what the page showed.
    """
    back = redirect("manage", consultation.reference)
    if not anyway and shown.of(request) != shown.state(consultation):
        messages.error(request, str(shown.HAS_CHANGED))
        return back
    try:
        change()
    except BookingError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, done)
    return back


@require_POST
@require_link
def verify(request: HttpRequest, consultation: ConsultationRequest) -> HttpResponse:
    return attempt(
        request,
        consultation,
        lambda: transitions.verify(consultation, now=timezone.now()),
        _("Thank you, your address is confirmed. We have your request."),
        anyway=True,  # a second time changes nothing
    )


@require_POST
@require_link
def accept(request: HttpRequest, consultation: ConsultationRequest, pk: int) -> HttpResponse:
    offered = get_object_or_404(Appointment, pk=pk, request=consultation)
    return attempt(
        request,
        consultation,
        lambda: transitions.accept(consultation, appointment=offered, now=timezone.now()),
        _("Thank you. We look forward to seeing you."),
        anyway=True,  # the address names the offered time
    )


@require_POST
@require_link
def refuse(request: HttpRequest, consultation: ConsultationRequest) -> HttpResponse:
    return attempt(
        request,
        consultation,
        lambda: transitions.refuse(consultation, now=timezone.now()),
        _("Thank you. We will look for another time."),
    )


@require_POST
@require_link
def keep_appointment(request: HttpRequest, consultation: ConsultationRequest) -> HttpResponse:
    now = timezone.now()
    ahead = consultation.appointments.filter(status=AppointmentStatus.BOOKED, end__gt=now).exists()
    stays, ends = _("Your appointment is unchanged."), _("Thank you. We will stop looking.")
    return attempt(
        request,
        consultation,
        lambda: transitions.keep_appointment(consultation, now=now),
        stays if ahead else ends,
    )


@require_POST
@require_link
def come(request: HttpRequest, consultation: ConsultationRequest) -> HttpResponse:
    return attempt(
        request,
        consultation,
        lambda: transitions.come(consultation, now=timezone.now()),
        _("Thank you. We look forward to seeing you."),
    )


@get_or_post
@require_link
def withdraw(request: HttpRequest, consultation: ConsultationRequest) -> HttpResponse:
    """Ask once more before cancelling."""
    if request.method != "POST":
        visit = own_visits.booked(consultation)
        notice = timedelta(hours=consultation.service.cancel_notice_hours)
        late = visit is not None and visit.start - timezone.now() < notice
        context = {
            "consultation": consultation,
            "shown": shown.state(consultation),
            "visit": visit,
            "late": late,
            "may_move": visit is not None and visit.start > timezone.now(),
        }
        return render(request, "bookings/public/withdraw_request.html", context)
    return attempt(
        request,
        consultation,
        lambda: transitions.withdraw(consultation, now=timezone.now()),
        _("It is cancelled. You do not need to do anything else."),
    )


@get_or_post
@require_link
def ask_to_move(request: HttpRequest, consultation: ConsultationRequest) -> HttpResponse:
    """What would suit better, in a sentence; the booked time stays until a new one is agreed."""
    return told(
        request,
        consultation,
        MoveForm(posted(request)),
        "move_request",
        lambda told: transitions.ask_to_move(
            consultation, now=timezone.now(), message=told["message"]
        ),
        _("We will look for another time. Until then your appointment stays as it is."),
    )


@get_or_post
@require_link
def answer(request: HttpRequest, consultation: ConsultationRequest) -> HttpResponse:
    """The patient answers the clinic's question."""
    return told(
        request,
        consultation,
        AnswerForm(posted(request)),
        "answer_request",
        lambda told: transitions.answer(consultation, now=timezone.now(), message=told["message"]),
        _("Thank you, we have your answer."),
    )


def told(
    request: HttpRequest,
    consultation: ConsultationRequest,
    form: Form,
    template: str,
    change: Callable[[dict[str, Any]], object],
    done: str,
) -> HttpResponse:
    """A page with one form. What was typed stays there, whatever the clinic did meanwhile.

    Where the form is no longer possible, the typed text is shown on the request's own page.
    """
    if request.method == "POST" and form.is_valid():
        try:
            if shown.of(request) != shown.state(consultation):
                raise StaleVersion(shown.HAS_CHANGED)
            change(form.cleaned_data)
        except BookingError as error:
            form.add_error(None, str(error.message))
            if isinstance(error, InvalidTransition):
                return show(request, consultation, refused=form)
        else:
            messages.success(request, done)
            return redirect("manage", consultation.reference)
    context = {
        "consultation": consultation,
        "shown": shown.state(consultation),
        "form": form,
        "visit": own_visits.booked(consultation),
    }
    return render(request, f"bookings/public/{template}.html", context)


@require_safe
@require_link
def calendar_file(request: HttpRequest, consultation: ConsultationRequest) -> HttpResponse:
    visit = get_object_or_404(
        Appointment.objects.select_related("location", "request"),
        request=consultation,
        status=AppointmentStatus.BOOKED,
    )
    file = ics.invitation(visit, method="PUBLISH", now=timezone.now())
    response = HttpResponse(file, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return response
