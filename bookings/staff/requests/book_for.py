"""Book for someone who phones."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from bookings import phones, transitions
from bookings.enums import ContactBy
from bookings.errors import BookingError
from bookings.forms.consent import CONSENT_TEXT, CONSENT_VERSION
from bookings.models import Appointment, Location, Service
from bookings.models.questions import AsShown
from bookings.permissions import can_triage
from bookings.schedule.availability import Search, Slot, free_slots
from bookings.staff.requests.answers import outcome, refusal
from bookings.staff.requests.book_for_form import PhoneForm, reasons

NEXT_FREE = 9


@require_http_methods(["GET", "HEAD", "POST"])
def book_for(request: HttpRequest) -> HttpResponse:
    """Someone phones: who, what for, when. Booked at once."""
    if not can_triage(request.user):
        raise PermissionDenied
    start = {"key": secrets.token_hex(16), "start": request.GET.get("start", "")[:16]}
    form = PhoneForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            visit = _book(request, form)
        except BookingError as error:
            form.add_error("start", refusal(error))
        else:
            text = _("%(reference)s is booked: %(visit)s.")
            messages.success(request, text % outcome(visit.request, visit))
            return redirect("desk:request", visit.request.reference)
    context = {
        "form": form,
        "free": next_free(timezone.now()),
        "ask_first": ask_first(),
        "header_title": _("Book for someone"),
        "header_icon": "calendar-check",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("desk:diary"), "label": _("Diary")},
            {"url": "", "label": _("Book for someone")},
        ],
    }
    return render(request, "bookings/staff/book_for.html", context)


def ask_first() -> list[tuple[str, AsShown]]:
    """The safety questions to read out, and the services that ask them."""
    found: dict[int | None, tuple[list[str], AsShown]] = {}
    for service in Service.objects.filter(active=True):
        if asks := service.asks:
            found.setdefault(service.questions_id, ([], asks))[0].append(service.name)
    return [(", ".join(names), asks) for names, asks in found.values()]


def next_free(now: datetime) -> tuple[Location | None, list[Slot]]:
    """The next free times of the first service at the first location, to read out on the phone."""
    service = Service.objects.filter(active=True).first()
    location = Location.objects.filter(active=True).first()
    if not service or not location:
        return None, []
    search = Search(service, location, now, notice=False)
    return location, free_slots(search, first_day=search.today, days=10)[:NEXT_FREE]


def _book(request: HttpRequest, form: PhoneForm) -> Appointment:
    data = form.cleaned_data
    ask = transitions.RequestData(
        service=data["service"],
        location=data["location"],
        reason=data["reason"],
        reason_text=reasons(data["service"])[data["reason"]],
        side=data["side"],
        note=data["note"],
        consent_version=f"{CONSENT_VERSION}-phone",
        consent_text=str(CONSENT_TEXT),
    )
    person = transitions.Contact(
        name=data["name"],
        contact_by=ContactBy.PHONE,
        email=data["email"],
        phone=phones.stored(data["phone"]),
    )
    return transitions.book_for(
        ask,
        person,
        actor=transitions.staff(request.user),
        now=timezone.now(),
        start=data["start"],
        idempotency_key=f"desk-{request.user.pk}-{data['key']}",
        practitioner=data["practitioner"],
    )
