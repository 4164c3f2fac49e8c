"""What a patient's own page has about plans: the way to the plan, and to the question how well it goes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from bookings.models import ConsultationRequest
from plans.public.progress import moment_of
from plans.public.shown import plan_of


def own_page(
    request: HttpRequest, consultation: ConsultationRequest
) -> tuple[str, dict[str, Any]] | None:
    plan, moment = plan_of(consultation), moment_of(consultation)
    if plan is None and moment is None:
        return None
    answered = consultation.outcomes.filter(moment=moment).exclude(answered_at=None).exists()
    context = {"consultation": consultation, "plan": plan, "moment": moment, "answered": answered}
    return "plans/public/_own_page.html", context
