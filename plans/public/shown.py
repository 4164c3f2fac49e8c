"""The plan that a patient's page shows, and whether a form was made for just that plan."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from bookings.errors import BookingError
from bookings.models import ConsultationRequest
from bookings.public.access import require_link
from clinic.prepared import prepared
from plans.enums import PlanStatus
from plans.models import Plan

View = Callable[..., HttpResponse]


def plan_of(consultation: ConsultationRequest) -> Plan | None:
    """The plan that the patient has, or the last one that they had."""
    found = sorted(_sent(consultation), key=lambda plan: (plan.sent_at, plan.pk), reverse=True)
    running = next((plan for plan in found if plan.is_running), None)
    plan = running or next(iter(found), None)
    if plan:
        plan.request = consultation
    return plan


@prepared
def _sent(consultation: ConsultationRequest) -> QuerySet[Plan]:
    rows = Plan.objects.filter(request=consultation).exclude(status=PlanStatus.DRAFT)
    return rows.select_related("practitioner").order_by()


def with_plan(view: View) -> View:
    """Call the view with the plan of the request whose link was opened in this browser."""

    @require_link
    @wraps(view)
    def wrapped(
        request: HttpRequest, consultation: ConsultationRequest, **kwargs: Any
    ) -> HttpResponse:
        plan = plan_of(consultation)
        if plan is None:
            raise Http404
        return view(request, plan, **kwargs)

    return wrapped


def is_shown(request: HttpRequest, plan: Plan) -> bool:
    """Whether the form that was sent stood beside this plan, and not one that it has replaced."""
    return request.POST.get("plan") == str(plan.pk)


def attempt(
    request: HttpRequest,
    plan: Plan,
    change: Callable[[], object],
    done: str,
    *,
    to: str = "own-plan",
) -> HttpResponse:
    """Make the change and go back, with what came of it."""
    back = redirect(to, plan.request.reference)
    if not is_shown(request, plan):
        messages.error(request, has_changed())
        return back
    try:
        change()
    except BookingError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, done)
    return back


def has_changed() -> str:
    return _(
        "You have another plan since this page was shown. Nothing was done: please look again."
    )
