"""Public holidays as suggested closures: one button each, with the visits of that day above it."""

from __future__ import annotations

from datetime import date

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages

from bookings import transitions
from bookings.models import Location
from bookings.permissions import can_triage
from bookings.schedule import public_holidays


class HolidayForm(forms.Form):
    location = forms.ModelChoiceField(queryset=Location.objects.all())
    day = forms.DateField(input_formats=["%Y-%m-%d"])


@require_safe
def public_holidays_list(request: HttpRequest) -> HttpResponse:
    """The coming holidays of every location, with the visits that stand on each."""
    if not can_triage(request.user):
        raise PermissionDenied
    now = timezone.now()
    places = Location.objects.filter(active=True)
    context = {
        "places": public_holidays.with_visits(places, now=now),
        "header_title": _("Public holidays"),
        "header_icon": "date",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("closures:index"), "label": _("Closures")},
            {"url": "", "label": _("Public holidays")},
        ],
    }
    return render(request, "bookings/staff/public_holidays.html", context)


@require_POST
def close_holiday(request: HttpRequest) -> HttpResponse:
    """Close a location on one of its suggested days; go to the visits of that day, if any."""
    if not can_triage(request.user):
        raise PermissionDenied
    form = HolidayForm(request.POST)
    if not form.is_valid():
        raise Http404
    day: date = form.cleaned_data["day"]
    now = timezone.now()
    found = public_holidays.suggestions(form.cleaned_data["location"], now=now)
    suggested = next((one for one in found if one.day == day), None)
    if suggested is None:
        messages.warning(request, _("That day is closed already, or no holiday."))
        return redirect("desk:public_holidays")
    closure = suggested.closure()
    with transaction.atomic():
        closure.save()
        inside = transitions.apply_closure(closure, actor=transitions.staff(request.user), now=now)
    messages.success(
        request,
        _("%(place)s is closed: %(reason)s.")
        % {"place": closure.location.name, "reason": closure.reason},
    )
    return redirect("desk:closure", closure.pk) if inside else redirect("desk:public_holidays")
