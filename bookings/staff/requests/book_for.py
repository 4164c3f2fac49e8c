"""Book for someone who phones."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from bookings import transitions
from bookings.enums import ContactBy
from bookings.errors import BookingError
from bookings.forms import safety
from bookings.forms.consent import CONSENT_TEXT, CONSENT_VERSION
from bookings.models import Appointment, Location, Service
from bookings.models.questions import questions_of
from bookings.permissions import can_triage
from bookings.schedule.availability import Search, Slot, free_slots
from bookings.staff.requests.answers import outcome, refusal
from bookings.staff.requests.anyway_fields import check_anyway, offer_anyway
from bookings.staff.requests.book_for_form import AskForm, PhoneForm
from clinic import phones

NEXT_FREE = 9


@require_http_methods(["GET", "HEAD", "POST"])
def book_for(request: HttpRequest) -> HttpResponse:
    """Someone phones: what for, whether it is safe, who, when. Booked at once."""
    if not can_triage(request.user):
        raise PermissionDenied
    found = services()
    service = _chosen(request, found)
    code = _language(request)
    asks = questions_of(service.questions_id, code) if service else None
    if service is None or asks is None:
        return render(request, "bookings/staff/book_for.html", _page())
    given = {"service": service.pk, "language": code, **as_pressed(request.GET)}
    form = PhoneForm(
        request.POST or None, asks=asks, initial=given | {"key": secrets.token_hex(16)}
    )
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            visit = _book(request, form, now)
        except BookingError as error:
            offer_anyway(form, error, request.user, now=now)
            form.add_error("start", refusal(error))
        else:
            text = _("%(reference)s is booked: %(visit)s.")
            messages.success(request, text % outcome(visit.request, visit, now=now))
            return redirect("desk:request", visit.request.reference)
    several = len(found) > 1 or len(settings.LANGUAGES) > 1
    context = {
        "form": form,
        "service": service,
        "ask_form": AskForm(initial=given, auto_id="ask-%s") if several else None,
        "levels": [(group.level.label, group.words) for group in asks.groups],
        "free": next_free(service, timezone.now()),
    }
    return render(request, "bookings/staff/book_for.html", _page() | context)


def _page() -> dict[str, Any]:
    return {
        "header_title": _("Book for someone"),
        "header_icon": "calendar-check",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("desk:diary"), "label": _("Diary")},
            {"url": "", "label": _("Book for someone")},
        ],
    }


def as_pressed(query: QueryDict) -> dict[str, str]:
    """What the gap that was pressed in the calendar says: time, location, person or room."""
    said = {name: query.get(name, "")[:18] for name in ("location", "practitioner", "room")}
    known = {name: text for name, text in said.items() if text.isdecimal()}
    return known | {"start": query.get("start", "")[:16]}


def services() -> list[Service]:
    """What can be booked: nothing without questions to read out."""
    return [service for service in Service.objects.filter(active=True) if service.asks]


def _chosen(request: HttpRequest, found: list[Service]) -> Service | None:
    """The one that the page names; else the first that the person of the pressed gap offers."""
    named = request.POST.get("service") or request.GET.get("service")
    who = as_pressed(request.GET).get("practitioner")
    theirs = found
    if who and not named:
        offered = set(Service.objects.filter(practitioners=int(who)).values_list("pk", flat=True))
        theirs = [one for one in found if one.pk in offered] or found
    return next((one for one in found if str(one.pk) == named), theirs[0] if theirs else None)


def _language(request: HttpRequest) -> str:
    named = request.POST.get("language") or request.GET.get("language")
    return named if named in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def next_free(service: Service, now: datetime) -> tuple[Location | None, list[Slot]]:
    """The next free times of the service at the first location, to read out on the phone."""
    location = Location.objects.filter(active=True).first()
    if not location:
        return None, []
    search = Search(service, location, now, notice=False)
    return location, free_slots(search, first_day=search.today, days=10)[:NEXT_FREE]


def _book(request: HttpRequest, form: PhoneForm, now: datetime) -> Appointment:
    data = form.cleaned_data
    decision = form.with_anyway({"because": data["because"], "seen": data["seen"]})
    check_anyway(decision, request.user)
    with override(data["language"]):
        consent = str(CONSENT_TEXT)
    ask = transitions.RequestData(
        service=data["service"],
        location=data["location"],
        reason=data["reason"],
        reason_text=dict(form.asks.reasons)[data["reason"]],
        side=data["side"],
        note=data["note"],
        answers=safety.answers(form.safety_answers()),
        consent_version=f"{CONSENT_VERSION}-phone",
        consent_text=consent,
    )
    person = transitions.Contact(
        name=data["name"],
        contact_by=ContactBy.PHONE,
        email=data["email"],
        phone=phones.stored(data["phone"]),
        locale=data["language"],
        texts=data.get("texts", False),
    )
    return transitions.book_for(
        ask,
        person,
        actor=transitions.staff(request.user),
        now=now,
        start=data["start"],
        idempotency_key=f"desk-{request.user.pk}-{data['key']}",
        practitioner=data["practitioner"],
        room=data.get("room"),
        **decision,
    )
