"""After how many weeks the patients of each service are asked how well it goes. Off until chosen."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from bookings.models import Service
from plans.models import FollowUp
from plans.staff.forms import FollowUpForm


@require_http_methods(["GET", "HEAD", "POST"])
def follow_up(request: HttpRequest) -> HttpResponse:
    """One line a service; the weeks of all are saved together."""
    user = request.user
    if not (user.is_active and user.has_perm("bookings.change_service")):
        raise PermissionDenied
    rows = {row.service_id: row for row in FollowUp.objects.all()}
    data = request.POST if request.method == "POST" else None
    lines = []
    for service in Service.objects.all():
        row = rows.get(service.pk)
        names = ("first_weeks", "second_weeks")
        initial = {name: getattr(row, name) for name in names} if row else None
        lines.append((service, FollowUpForm(data, initial=initial, prefix=str(service.pk))))
    if data is not None and all(form.is_valid() for _service, form in lines):
        for service, form in lines:
            if form.is_off:
                FollowUp.objects.filter(service=service).delete()
            else:
                FollowUp.objects.update_or_create(service=service, defaults=form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("plans:follow_up")
    context = {
        "lines": lines,
        "header_title": _("Questions after a visit"),
        "header_icon": "help",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("plans:report"), "label": _("Did it help?")},
            {"url": "", "label": _("Questions after a visit")},
        ],
    }
    return render(
        request, "plans/staff/follow_up.html", context, status=200 if data is None else 409
    )
