"""The patient shares their days, one by one or all that the browser kept, and takes it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from plans import transitions
from plans.models import Plan
from plans.public.forms import DayForm, days_of
from plans.public.own import consent_text, show
from plans.public.shown import attempt, has_changed, is_shown, with_plan


@require_POST
@with_plan
def share(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Agree, and share what the browser has kept so far."""
    days = days_of(request.POST.get("days", ""))
    return attempt(
        request,
        plan,
        lambda: transitions.share(plan, text=consent_text(plan), days=days, now=timezone.now()),
        _("Your days are shared from now on. You can stop that here at any time."),
    )


@require_POST
@with_plan
def share_day(request: HttpRequest, plan: Plan) -> HttpResponse:
    """One day, and with it those that the browser kept meanwhile."""
    now = timezone.now()
    if not is_shown(request, plan):
        messages.error(request, has_changed())
        return redirect("own-plan", plan.request.reference)
    form = DayForm(request.POST, plan=plan, today=plan.request.location.today(now))
    if not form.is_valid():
        return show(request, plan, form=form)
    days = days_of(request.POST.get("days", "")) | form.days
    return attempt(
        request,
        plan,
        lambda: transitions.share_days(plan, days=days, now=now),
        _("Thank you. This day is shared."),
    )


@require_POST
@with_plan
def take_back(request: HttpRequest, plan: Plan) -> HttpResponse:
    return attempt(
        request,
        plan,
        lambda: transitions.take_back(plan, now=timezone.now()),
        _("You no longer share your days. What you had shared is deleted."),
    )
