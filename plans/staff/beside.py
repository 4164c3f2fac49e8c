"""What stands about plans on a request's card and beside a visit."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from bookings.models import Appointment, ConsultationRequest
from bookings.staff.requests import queries
from plans import library
from plans.enums import PlanStatus
from plans.models import Plan
from plans.permissions import is_own, may_plan
from plans.staff.shared import Shared

Part = tuple[str, dict[str, Any]]


def card(request: HttpRequest, consultation: ConsultationRequest) -> Part | None:
    """For the desk: that there is a plan. For the practitioner: what was shared, and the way to it."""
    plans = list(consultation.plans.prefetch_related("exercises"))
    may = may_plan(request.user, consultation)
    if not plans and not may:
        return None
    running = next((plan for plan in plans if plan.status == PlanStatus.SENT), None)
    context: dict[str, Any] = {
        "consultation": consultation,
        "plans": [plan for plan in plans if may or not plan.is_draft],
        "may_plan": may,
        "running": running,
        "now": timezone.now(),
    }
    if may:
        context |= {
            "shared": Shared(running, today=consultation.location.today(timezone.now()))
            if running
            else None,
            "flagged": flagged([running]) if running else [],
            "outcomes": consultation.outcomes.exclude(answered_at=None),
            "earlier": earlier(request.user, consultation),
        }
    return "plans/staff/_card.html", context


def visit(request: HttpRequest, visit: Appointment) -> Part | None:
    """Beside one's own visit: the way to its plan."""
    if visit.request.erased_at or not is_own(request.user, visit):
        return None
    return "plans/staff/_visit.html", {"reference": visit.request.reference}


def earlier(user: Any, consultation: ConsultationRequest) -> list[Plan]:
    """Plans of other requests under the same address that this user may see, newest first.

    Families share addresses: each is named with its patient and nothing is merged.
    """
    others = queries.visible_to(user).filter(
        pk__in=ConsultationRequest.objects.of_same_person(consultation).values("pk")
    )
    found = Plan.objects.filter(request__in=others).exclude(status=PlanStatus.DRAFT)
    rows = found.select_related("request__location")[:5]
    return [plan for plan in rows if may_plan(user, plan.request)]


def flagged(plans: list[Plan]) -> list[tuple[Plan, str, str]]:
    """The plan, the exercise's name, and whether it was changed or withdrawn since it was agreed."""
    known = library.today() if plans else {}
    return [
        (plan, row.words["name"], state)
        for plan in plans
        for row in plan.exercises.all()
        if (state := library.state(row, known))
    ]
