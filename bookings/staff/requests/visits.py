"""The visit: arrived, done, did not come, cancelled by the clinic. One POST a verb."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django import forms as django_forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from bookings import transitions
from bookings.errors import BookingError, StaleVersion
from bookings.models import Appointment, ConsultationRequest, Message
from bookings.permissions import can_record_visit, can_triage
from bookings.staff.requests.answers import answer_at_once, attempt
from bookings.staff.requests.detail import load
from bookings.staff.requests.forms import CancelForm, ReasonedForm, StaffForm


def _visit(consultation: ConsultationRequest, pk: str) -> Appointment:
    visit = consultation.appointments.filter(
        pk=pk if pk.isdecimal() and len(pk) < 19 else 0
    ).first()
    if visit is None:
        raise Http404
    return visit


def _step(
    request: HttpRequest,
    reference: str,
    verb: str,
    change: Callable[[Appointment, django_forms.Form, datetime], object],
    done: str,
    *,
    form: django_forms.Form | None = None,
    desk_only: bool = False,
) -> HttpResponse:
    consultation = load(request, reference)
    visit = _visit(consultation, request.POST.get("visit", ""))
    if not (can_triage(request.user) if desk_only else can_record_visit(request.user, visit)):
        raise PermissionDenied
    checked = form or StaffForm(request.POST)

    def guarded(now: datetime) -> None:
        if checked.cleaned_data["version"] != consultation.version:
            raise StaleVersion
        change(visit, checked, now)

    return attempt(
        request,
        consultation,
        verb,
        checked,
        guarded,
        lambda: done % {"reference": consultation.reference},
        onward=False,
    )


@require_POST
def arrive(request: HttpRequest, reference: str) -> HttpResponse:
    actor = transitions.staff(request.user)
    return _step(
        request,
        reference,
        "arrive",
        lambda visit, form, now: transitions.arrive(visit, actor=actor, now=now),
        _("%(reference)s has arrived."),
    )


@require_POST
def fulfil(request: HttpRequest, reference: str) -> HttpResponse:
    actor = transitions.staff(request.user)
    return _step(
        request,
        reference,
        "fulfil",
        lambda visit, form, now: transitions.fulfil(visit, actor=actor, now=now),
        _("%(reference)s: the visit is done."),
    )


@require_POST
def noshow(request: HttpRequest, reference: str) -> HttpResponse:
    actor = transitions.staff(request.user)
    return _step(
        request,
        reference,
        "noshow",
        lambda visit, form, now: transitions.noshow(visit, actor=actor, now=now),
        _("%(reference)s did not come."),
    )


@require_POST
def cancel(request: HttpRequest, reference: str) -> HttpResponse:
    """The clinic cancels; the request is then in review again, because another time is owed."""
    actor = transitions.staff(request.user)
    return _step(
        request,
        reference,
        "cancel",
        lambda visit, form, now: transitions.cancel(
            visit, actor=actor, now=now, message=form.cleaned_data["message"]
        ),
        _("%(reference)s: the visit is cancelled. Please offer another time."),
        form=CancelForm(request.POST, auto_id="cancel-%s"),
        desk_only=True,
    )


@require_POST
def correct(request: HttpRequest, reference: str) -> HttpResponse:
    """Arrived, done or "did not come" was a mistake: one step back, with a reason."""
    actor = transitions.staff(request.user)
    return _step(
        request,
        reference,
        "correct",
        lambda visit, form, now: transitions.correct(
            visit,
            actor=actor,
            version=form.cleaned_data["version"],
            now=now,
            why=form.cleaned_data["why"],
        ),
        _("%(reference)s: corrected."),
        form=ReasonedForm(request.POST, auto_id="correct-%s"),
        desk_only=True,
    )


@require_POST
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    if not can_triage(request.user):
        raise PermissionDenied
    message = get_object_or_404(Message.objects.select_related("request"), pk=pk)
    try:
        transitions.send_again(message, actor=transitions.staff(request.user), now=timezone.now())
    except BookingError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("The message is on its way again."))
    return redirect("desk:request", message.request.reference)


@require_POST
def send_link(request: HttpRequest, reference: str) -> HttpResponse:
    done = _("A link to their page is on its way to the patient.")
    return answer_at_once(
        request, reference, "send_link", transitions.send_link, done, onward=False
    )


@require_POST
def phone(request: HttpRequest, reference: str) -> HttpResponse:
    done = _("%(reference)s was phoned.")
    return answer_at_once(request, reference, "phone", transitions.phone, done, onward=False)
