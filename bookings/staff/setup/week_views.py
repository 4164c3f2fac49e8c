"""The page of a whole week of hours."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.log_actions import log

from bookings.models import WeeklyHours
from bookings.permissions import can_set_hours
from bookings.staff.setup.week_forms import WeekForm, people, regular


@require_http_methods(["GET", "HEAD", "POST"])
def week(request: HttpRequest) -> HttpResponse:
    """One practitioner's week, as `?person=` says; saving may give it to others as well."""
    if not can_set_hours(request.user):
        raise PermissionDenied
    now, everybody = timezone.now(), list(people())
    named = request.POST.get("person") or request.GET.get("person")
    first = everybody[0] if everybody else None
    person = next((p for p in everybody if str(p.pk) == named), None if request.POST else first)
    if person is None:
        messages.warning(request, _("Add a practitioner first."))
        return redirect("people:index")
    form = WeekForm(request.POST or None, person=person, now=now)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        for one in saved:
            log(instance=one, action="wagtail.edit")
        names = ", ".join(one.name for one in saved)
        messages.success(request, _("Weekly hours saved: %(names)s.") % {"names": names})
        return redirect(f"{reverse('desk:week')}?person={person.pk}")
    shown = {row.pk for row in regular(person, form.today)}
    others = WeeklyHours.objects.filter(resource=person).exclude(pk__in=shown)
    context = {
        "form": form,
        "person": person,
        "people": everybody,
        "others": others.exclude(valid_to__lt=form.today),
        "header_title": _("A week of hours"),
        "header_icon": "time",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("hours:index"), "label": _("Weekly hours")},
            {"url": "", "label": _("A week of hours")},
        ],
    }
    return render(request, "bookings/staff/week.html", context)
