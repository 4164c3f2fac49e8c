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
    """One practitioner's week at one location; saving may give it to others there as well.

    `?person=12-3` is person 12 at location 3, `?person=12` where they usually work.
    """
    if not can_set_hours(request.user):
        raise PermissionDenied
    now, everybody = timezone.now(), list(people())
    named = request.POST.get("person") or request.GET.get("person")
    first = everybody[0] if everybody else None
    choices = [(p, place) for p in everybody for place in p.places]
    known = {f"{p.pk}": (p, p.location) for p in everybody}
    known |= {f"{p.pk}-{place.pk}": (p, place) for p, place in choices}
    found = known.get(named or "")
    if found is None and first and not request.POST:
        found = (first, first.location)
    if found is None:
        messages.warning(request, _("Add a practitioner first."))
        return redirect("people:index")
    person, place = found
    form = WeekForm(request.POST or None, person=person, place=place, now=now)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        for one in saved:
            log(instance=one, action="wagtail.edit")
        names = ", ".join(one.name for one in saved)
        messages.success(request, _("Weekly hours saved: %(names)s.") % {"names": names})
        return redirect(f"{reverse('desk:week')}?person={named}")
    shown = {row.pk for row in regular(person, place, form.today)}
    others = WeeklyHours.objects.filter(resource=person).at(place).exclude(pk__in=shown)
    context = {
        "form": form,
        "person": person,
        "place": place,
        "choices": choices,
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
