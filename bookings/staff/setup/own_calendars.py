"""A person's own calendars: their addresses, and how reading them goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from bookings import transitions
from bookings.enums import ResourceKind
from bookings.errors import BookingError
from bookings.models import OwnCalendar, Resource
from bookings.permissions import can_set_calendars
from bookings.schedule.own_calendars import address
from bookings.staff.diary.feed import own_diary
from bookings.validators import validate_one_line
from clinic.safe_http import RefusedAddress

MOST = 5
"""Calendars of one person."""
READ_AGAIN = timedelta(minutes=1)
"""Between two readings that somebody asks for."""


class AddressForm(forms.Form):
    """A secret: the page never shows it again, and what is typed is not kept when the login ends."""

    secret_address = forms.CharField(
        label=gettext_lazy("Secret address"),
        max_length=2000,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url"}),
        help_text=gettext_lazy(
            "It begins with https:// or webcal://, and often ends in .ics. Whoever has it can read "
            "your calendar, so it is kept encrypted and never shown again."
        ),
    )

    def clean_secret_address(self) -> str:
        try:
            return address.https(self.cleaned_data["secret_address"])
        except RefusedAddress as error:
            raise forms.ValidationError(str(error.message)) from None


class NewForm(AddressForm):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("Optional: what you call it, such as Family."),
        max_length=60,
        required=False,
        validators=[validate_one_line],
    )


@dataclass
class Line:
    """One calendar with its form for another address."""

    calendar: OwnCalendar
    form: AddressForm

    @property
    def too_old_at(self) -> Any:
        """When its busy times no longer count, unless it is read before."""
        read = self.calendar.read_at
        return read and read + timedelta(hours=settings.OWN_CALENDARS["TOO_OLD_HOURS"])


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    return _page(request, own_diary(request), reverse("desk:own_calendars"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def of_person(request: HttpRequest, pk: int) -> HttpResponse:
    if not can_set_calendars(request.user):
        raise PermissionDenied
    people = Resource.objects.filter(kind=ResourceKind.PRACTITIONER, merged_into=None)
    person = get_object_or_404(people, pk=pk)
    return _page(request, person, reverse("desk:calendars_of", args=[pk]))


def _page(request: HttpRequest, person: Resource, url: str) -> HttpResponse:
    action = request.POST.get("action", "") if request.method == "POST" else ""
    form, changed = NewForm(), {}
    if request.method == "POST" and "calendar" not in request.POST:
        form = NewForm(request.POST)
        if form.is_valid() and _added(request, person, form):
            return redirect(url)
    elif action:
        calendar = _named(request, person)
        if calendar is None:
            text = _("Somebody has just changed this calendar. Please look again.")
            if typed := _typed(request, person, text):
                return _show(request, person, url, form, typed)
            messages.error(request, text)
            return redirect(url)
        changed = {calendar.pk: AddressForm(request.POST, prefix=str(calendar.pk))}
        if ACTIONS.get(action, _nothing)(request, calendar, changed[calendar.pk]):
            return redirect(url)
    return _show(request, person, url, form, changed if action == "replace" else {})


def _named(request: HttpRequest, person: Resource) -> OwnCalendar | None:
    """The calendar that the form names, unless it has another address since the page was shown."""
    pk, _dot, version = request.POST.get("calendar", "").partition(".")
    if not (pk.isdecimal() and version.isdecimal() and len(pk + version) < 20):
        return None
    return person.own_calendars.filter(pk=int(pk), version=int(version)).first()


def _typed(request: HttpRequest, person: Resource, refusal: str) -> dict[int, AddressForm]:
    """The forms in which an address was typed, to be shown again with the refusal beside it."""
    found = {}
    for pk in person.own_calendars.values_list("pk", flat=True):
        form = AddressForm(request.POST, prefix=str(pk))
        if form["secret_address"].value():
            form.full_clean()
            form.add_error("secret_address", refusal)
            found[pk] = form
    return found


def _added(request: HttpRequest, person: Resource, form: NewForm) -> bool:
    typed, now = form.cleaned_data["secret_address"], timezone.now()
    if person.own_calendars.count() >= MOST:
        form.add_error(None, _("That is the limit: remove a calendar first."))
        return False
    calendar = OwnCalendar(
        resource=person, name=form.cleaned_data["name"], created_at=now, due_at=now
    )
    calendar.set_address(typed, host=address.host_of(typed))
    try:
        with transaction.atomic():
            calendar.save()
    except IntegrityError:
        form.add_error("secret_address", _("This calendar is in the list already."))
        return False
    text = _("%(name)s is added. It is read within a few minutes; then this page says so.")
    messages.success(request, text % {"name": calendar.label})
    return True


def _replace(request: HttpRequest, calendar: OwnCalendar, form: AddressForm) -> bool:
    if not form.is_valid():
        return False
    typed = form.cleaned_data["secret_address"]
    try:
        transitions.replace_address(
            calendar, typed, host=address.host_of(typed), now=timezone.now()
        )
    except IntegrityError:
        form.add_error("secret_address", _("This calendar is in the list already."))
        return False
    except BookingError as error:
        form.add_error("secret_address", str(error.message))
        return False
    messages.success(request, _("The new address is read within a few minutes."))
    return True


def _remove(request: HttpRequest, calendar: OwnCalendar, form: AddressForm) -> bool:
    label = calendar.label
    try:
        transitions.remove_calendar(calendar, now=timezone.now())
    except BookingError as error:
        messages.error(request, str(error.message))
        return True
    text = _("%(name)s is removed, and so are its busy times.")
    messages.success(request, text % {"name": label})
    return True


def _read(request: HttpRequest, calendar: OwnCalendar, form: AddressForm) -> bool:
    """Not here but in the worker, which asks addresses; and not faster than their servers like."""
    now = timezone.now()
    last = calendar.read_at
    if last is None or now - last >= READ_AGAIN:
        OwnCalendar.objects.filter(pk=calendar.pk, due_at__gt=now).update(due_at=now)
    messages.success(request, _("It is read within a few minutes."))
    return True


def _nothing(request: HttpRequest, calendar: OwnCalendar, form: AddressForm) -> bool:
    return True


ACTIONS: dict[str, Callable[[HttpRequest, OwnCalendar, AddressForm], bool]] = {
    "replace": _replace,
    "remove": _remove,
    "read": _read,
}


def _show(
    request: HttpRequest,
    person: Resource,
    url: str,
    form: NewForm,
    changed: dict[int, AddressForm],
) -> HttpResponse:
    now = timezone.now()
    ahead = Count("busy", filter=Q(busy__end__gt=now))
    calendars = person.own_calendars.annotate(times=ahead).order_by("pk")
    own = url == reverse("desk:own_calendars")
    title = _("My own calendars") if own else _("Own calendars of %(name)s") % {"name": person.name}
    way = [
        {"url": reverse("desk:diary"), "label": _("Diary")}
        if own
        else {"url": reverse("people:edit", args=[person.pk]), "label": person.name}
    ]
    context = {
        "person": person,
        "own": own,
        "here": url,
        "lines": [
            Line(one, changed.get(one.pk) or AddressForm(prefix=str(one.pk))) for one in calendars
        ],
        "form": form,
        "days": settings.OWN_CALENDARS["DAYS_AHEAD"],
        "minutes": settings.OWN_CALENDARS["EVERY_MINUTES"],
        "now": now,
        "header_title": title,
        "header_icon": "calendar-alt",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            *way,
            {"url": "", "label": title},
        ],
    }
    status = 422 if form.errors or any(one.errors for one in changed.values()) else 200
    return render(request, "bookings/staff/own_calendars.html", context, status=status)
