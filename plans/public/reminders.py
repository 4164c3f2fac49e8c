"""Reminders by mail: only for whoever asks for them, at the hour that they choose."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bookings.public.access import posted
from plans import transitions
from plans.models import Plan
from plans.public.forms import HourForm
from plans.public.shown import attempt, has_changed, is_shown, with_plan


@require_http_methods(["GET", "HEAD", "POST"])
@with_plan
def reminders(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Choose an hour, or end the reminders with one button."""
    form = HourForm(posted(request), initial={"hour": plan.remind_hour})
    if request.method == "POST" and not is_shown(request, plan):
        messages.error(request, has_changed())
        return redirect("plan-reminders", plan.request.reference)
    if request.method == "POST" and form.is_valid():
        hour = form.cleaned_data["hour"]
        return attempt(
            request,
            plan,
            lambda: transitions.remind(plan, hour=hour, now=timezone.now()),
            _("We will remind you on the days of your plan, at %(hour)s:00.") % {"hour": hour},
        )
    context = {"plan": plan, "consultation": plan.request, "form": form}
    return render(request, "plans/public/plan_reminders.html", context)


@require_POST
@with_plan
def stop_reminders(request: HttpRequest, plan: Plan) -> HttpResponse:
    return attempt(
        request,
        plan,
        lambda: transitions.stop_reminding(plan, now=timezone.now()),
        _("There are no more reminders."),
    )
