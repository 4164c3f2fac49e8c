"""A practitioner enters an absence of their own. The desk is told, and moves the visits inside."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from bookings import transitions
from bookings.enums import ExceptionKind
from bookings.models import DateException, Location
from bookings.staff.diary.feed import own_diary
from bookings.staff.requests.fields import ClinicTimeField
from bookings.staff.setup.hours_forms import LONGEST_CLOSURE
from bookings.templatetags.desk import closed_span
from bookings.validators import validate_one_line


class AbsenceForm(forms.Form):
    """From when to when, on the wall clock of the practitioner's location."""

    start = ClinicTimeField(label=gettext_lazy("From"))
    end = ClinicTimeField(label=gettext_lazy("To"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Optional. Your colleagues read it; patients do not."),
        max_length=120,
        required=False,
        validators=[validate_one_line],
    )

    def __init__(self, *args: Any, location: Location, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("start", "end"):
            self.fields[name].location = location  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        start, end = cleaned.get("start"), cleaned.get("end")
        if not (start and end):
            return cleaned
        if end <= max(start, timezone.now()):
            self.add_error("end", _("The end must be after the start, and still to come."))
        elif end - start > LONGEST_CLOSURE:
            text = _("At most %(days)s days. For longer, ask the desk.")
            self.add_error("end", text % {"days": LONGEST_CLOSURE.days})
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
def absence(request: HttpRequest) -> HttpResponse:
    person = own_diary(request)
    now = timezone.now()
    form = AbsenceForm(request.POST or None, location=person.location)
    if request.method == "POST" and form.is_valid():
        closure, inside = transitions.enter_absence(
            DateException(
                location=person.location,
                resource=person,
                kind=ExceptionKind.CLOSED,
                **form.cleaned_data,
            ),
            actor=transitions.staff(request.user),
            now=now,
        )
        messages.success(request, said(closure, len(inside)))
        return redirect("desk:absence")
    ahead = person.exceptions.filter(kind=ExceptionKind.CLOSED, source=None, end__gt=now)
    context = {
        "form": form,
        "ahead": ahead.select_related("location").order_by("start"),
        "header_title": _("My absences"),
        "header_icon": "date",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("desk:diary"), "label": _("Diary")},
            {"url": "", "label": _("My absences")},
        ],
    }
    return render(request, "bookings/staff/absence.html", context)


def said(closure: DateException, visits: int) -> str:
    text = _("You are away: %(when)s.") % {"when": closed_span(closure)}
    if not visits:
        return text
    more = ngettext(
        "The desk finds another time for %(count)s visit inside; until then it stays booked.",
        "The desk finds another time for %(count)s visits inside; until then they stay booked.",
        visits,
    )
    return f"{text} {more % {'count': visits}}"
