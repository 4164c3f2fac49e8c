"""Public holidays as suggested closures: each by its button, or all that are shown of a range of days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages

from bookings import transitions
from bookings.models import Appointment, DateException, Location
from bookings.permissions import can_triage
from bookings.schedule import public_holidays
from bookings.schedule.public_holidays import Suggestion


class HolidayForm(forms.Form):
    location = forms.ModelChoiceField(queryset=Location.objects.all())
    day = forms.DateField(input_formats=["%Y-%m-%d"])


class RangeForm(forms.Form):
    """Which days are shown, and closed together."""

    first = forms.DateField(
        label=_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    last = forms.DateField(
        label=_lazy("To"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


@require_safe
def public_holidays_list(request: HttpRequest) -> HttpResponse:
    """The coming holidays of every location, or those of a range, with the visits that stand on each."""
    if not can_triage(request.user):
        raise PermissionDenied
    now = timezone.now()
    places = Location.objects.filter(active=True)
    span = RangeForm(request.GET or None)
    wanted = span.cleaned_data if span.is_valid() else {}
    shown = [
        (place, [row for row in rows if _within(row[0].day, wanted)])
        for place, rows in public_holidays.with_visits(places, now=now)
    ]
    days = [one for _place, rows in shown for one, _visits in rows]
    context = {
        "places": shown,
        "range_form": span,
        "to_close": [f"{one.location.pk}:{one.day}" for one in days],
        "visits": sum(len(visits) for _place, rows in shown for _one, visits in rows),
        "header_title": _("Public holidays"),
        "header_icon": "date",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("closures:index"), "label": _("Closures")},
            {"url": "", "label": _("Public holidays")},
        ],
    }
    return render(request, "bookings/staff/public_holidays.html", context)


def _within(day: date, wanted: Mapping[str, date | None]) -> bool:
    first, last = wanted.get("first"), wanted.get("last")
    return (first is None or day >= first) and (last is None or day <= last)


@require_POST
def close_holidays(request: HttpRequest) -> HttpResponse:
    """Close all days that the page showed; a day that is closed by now, or no holiday, is left alone."""
    if not can_triage(request.user):
        raise PermissionDenied
    now, shown = timezone.now(), set(request.POST.getlist("holiday"))
    done, people = 0, 0
    for location in Location.objects.filter(active=True):
        for one in public_holidays.suggestions(location, now=now):
            if f"{location.pk}:{one.day}" in shown:
                done += 1
                people += len(_close(one, request, now)[1])
    if not done:
        messages.warning(request, _("None of these days is to be closed any more."))
        return redirect("desk:public_holidays")
    text = ngettext("%(count)s day is closed.", "%(count)s days are closed.", done)
    said = text % {"count": done}
    if not people:
        messages.success(request, said)
        return redirect("desk:public_holidays")
    more = ngettext(
        "%(count)s person needs a new time: open each closure under “People affected”.",
        "%(count)s people need a new time: open each closure under “People affected”.",
        people,
    )
    messages.warning(request, f"{said} {more % {'count': people}}")
    return redirect("closures:index")


def _close(
    one: Suggestion, request: HttpRequest, now: datetime
) -> tuple[DateException, list[Appointment]]:
    closure = one.closure()
    with transaction.atomic():
        closure.save()
        inside = transitions.apply_closure(closure, actor=transitions.staff(request.user), now=now)
    return closure, inside


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
    closure, inside = _close(suggested, request, now)
    messages.success(
        request,
        _("%(place)s is closed: %(reason)s.")
        % {"place": closure.location.name, "reason": closure.reason},
    )
    return redirect("desk:closure", closure.pk) if inside else redirect("desk:public_holidays")
