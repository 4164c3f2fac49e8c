"""Reports: how the clinic keeps its promises, as tables with a chart beside each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from wagtail.admin.menu import MenuItem

from bookings import clock
from bookings.models import Location
from bookings.permissions import can_read_reports
from bookings.staff.reports.figures import Figures

SHOWN = timedelta(weeks=12)
LONGEST = timedelta(days=731)


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PeriodForm(forms.Form):
    """Which days, both included, and where. Sent as GET: it holds nothing of a patient."""

    first = forms.DateField(label=gettext_lazy("From"), widget=_day())
    last = forms.DateField(label=gettext_lazy("To"), widget=_day())
    location = forms.ModelChoiceField(
        label=gettext_lazy("Location"),
        queryset=Location.objects.all(),
        required=False,
        empty_label=gettext_lazy("All"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and not clock.is_of_our_time(first):
            self.add_error("first", _("Enter a day of this century."))
        elif first and last and last < first:
            self.add_error("last", _("The last day must not be before the first."))
        elif first and last and last - first > LONGEST:
            self.add_error("last", _("At most two years at once."))
        return cleaned


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    if not can_read_reports(request.user):
        raise PermissionDenied
    today = timezone.localdate()
    usual = {"first": today - SHOWN, "last": today}
    form = PeriodForm(request.GET if "first" in request.GET else usual)
    tables = []
    if form.is_valid():
        data = form.cleaned_data
        tables = Figures(data["location"], data["first"], data["last"]).tables()
    context = {
        "form": form,
        "tables": tables,
        "header_title": _("Reports"),
        "header_icon": "table",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": "", "label": _("Reports")},
        ],
    }
    return render(request, "bookings/staff/reports.html", context)


class ReportsMenuItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return can_read_reports(request.user)
