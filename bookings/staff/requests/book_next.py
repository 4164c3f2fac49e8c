"""The next visit of a patient, or several at once: check every date, then book all of them or none."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from bookings import transitions
from bookings.errors import BookingError
from bookings.models import Appointment, ConsultationRequest
from bookings.permissions import can_triage
from bookings.staff.requests.answers import refusal, when_and_who
from bookings.staff.requests.book_next_form import NextForm
from bookings.staff.requests.detail import load
from bookings.staff.requests.list import as_left
from bookings.staff.requests.next_dates import Line, lines_of_picks, lines_of_plan


@require_http_methods(["GET", "HEAD", "POST"])
def book_next(request: HttpRequest, reference: str) -> HttpResponse:
    """Choose dates; where all are free they are booked, else the page says which are not, and why."""
    consultation = load(request, reference)
    if not can_triage(request.user):
        raise PermissionDenied
    before = transitions.visit_before(consultation)
    if before is None:
        raise Http404
    now = timezone.now()
    form = NextForm(request.POST or None, consultation=consultation, before=before, now=now)
    lines: list[Line] = []
    status = 200
    if request.method == "POST":
        if not form.is_valid():
            return _page(request, consultation, before, form, lines, status=422)
        lines = _lines(form, consultation, now)
        if lines and all(line.is_free for line in lines):
            try:
                return _book(request, consultation, form, lines, now)
            except BookingError as error:
                form.add_error(None, refusal(error))
                consultation.refresh_from_db()
                lines = _lines(form, consultation, now)
        status = 409
    return _page(request, consultation, before, form, lines, status=status)


def _lines(form: NextForm, consultation: ConsultationRequest, now: datetime) -> list[Line]:
    """The dates that were picked on the page, or else those of the plan."""
    picked = form.picked
    if picked is not None:
        return lines_of_picks(consultation, picked, now=now)
    data = form.cleaned_data
    return lines_of_plan(
        consultation,
        form.starts(),
        practitioner=data["practitioner"],
        now=now,
    )


def _book(
    request: HttpRequest,
    consultation: ConsultationRequest,
    form: NextForm,
    lines: list[Line],
    now: datetime,
) -> HttpResponse:
    data = form.cleaned_data
    visits = transitions.book_next(
        consultation,
        actor=transitions.staff(request.user),
        version=data["version"],
        now=now,
        times=[(line.start, line.practitioner) for line in lines if line.start],
        key=f"next-{request.user.pk}-{data['key']}",
    )
    one = _("The next visit is booked: %(times)s.")
    many = _("%(count)s visits are booked: %(times)s.")
    text = one if len(visits) == 1 else many
    buttons = [
        messages.button(
            reverse("desk:request", args=[visit.request.reference]), visit.request.reference
        )
        for visit in visits[:3]
    ]
    times = "; ".join(when_and_who(visit, now=now) for visit in visits)
    messages.success(request, text % {"count": len(visits), "times": times}, buttons=buttons)
    return redirect("desk:request", consultation.reference)


def _page(
    request: HttpRequest,
    consultation: ConsultationRequest,
    before: Appointment,
    form: NextForm,
    lines: list[Line],
    *,
    status: int,
) -> HttpResponse:
    card = reverse("desk:request", args=[consultation.reference])
    context: dict[str, Any] = {
        "consultation": consultation,
        "before": before,
        "form": form,
        "lines": lines,
        "key": form["key"].value() or secrets.token_hex(16),
        "header_title": _("Book the next visit"),
        "header_icon": "calendar-check",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": as_left(request), "label": _("Requests")},
            {"url": card, "label": consultation.reference},
            {"url": "", "label": _("Book the next visit")},
        ],
    }
    return render(request, "bookings/staff/book_next.html", context, status=status)
