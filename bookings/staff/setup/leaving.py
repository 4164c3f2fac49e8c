"""Somebody leaves: their visits to come, and one step into the closure wizard over the whole time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from bookings import transitions
from bookings.enums import ResourceKind
from bookings.models import Resource
from bookings.permissions import can_end_hours
from bookings.staff.setup import affected_visits

LONGEST = timedelta(days=400)


class LeavingForm(forms.Form):
    """The last day on which they work, on their location's calendar."""

    last_day = forms.DateField(
        label=gettext_lazy("Last working day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy(
            "Visits until then stay. No new time is offered after it; times that are only held or "
            "offered lapse. Yesterday closes today as well."
        ),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_last_day(self) -> date:
        day: date = self.cleaned_data["last_day"]
        if not self.today - timedelta(days=1) <= day <= self.today + LONGEST:
            raise forms.ValidationError(_("Choose a day from yesterday to a year from now."))
        return day


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    if not can_end_hours(request.user):
        raise PermissionDenied
    people = Resource.objects.filter(kind=ResourceKind.PRACTITIONER, merged_into=None)
    person = get_object_or_404(people.select_related("location"), pk=pk)
    now = timezone.now()
    today = person.location.today(now)
    form = LeavingForm(request.POST or None, initial={"last_day": today}, today=today)
    if request.method == "POST" and form.is_valid():
        actor = transitions.staff(request.user)
        closure = transitions.leave(
            person, last_day=form.cleaned_data["last_day"], actor=actor, now=now
        )
        if closure:
            text = _("%(name)s: no new visits. Find these people another time, then switch it off.")
            messages.success(request, text % {"name": person.name})
            return redirect("desk:closure", closure.pk)
        text = _("%(name)s: no new visits, and none is left after that day.")
        messages.success(request, text % {"name": person.name})
        return redirect("people:edit", person.pk)
    title = _("%(name)s leaves") % {"name": person.name}
    context = {
        "person": person,
        "visits": affected_visits.booked(person, now),
        "form": form,
        "header_title": title,
        "header_icon": "user",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("people:index"), "label": _("Practitioners")},
            {"url": reverse("people:edit", args=[person.pk]), "label": person.name},
            {"url": "", "label": title},
        ],
    }
    return render(request, "bookings/staff/leave.html", context)
