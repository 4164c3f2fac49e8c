"""What a patient's own page has about plans: the way to the plan, and to the question how well it goes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from bookings.enums import RequestStatus
from bookings.models import ConsultationRequest
from plans.public.progress import moment_of
from plans.public.shown import plan_of

ASKS_THE_PATIENT = {RequestStatus.OFFERED, RequestStatus.INFO_NEEDED}
"""The page has one thing to do then, which a second question would hide."""
Part = tuple[str, dict[str, Any]]


def own_page(request: HttpRequest, consultation: ConsultationRequest) -> Part | None:
    if plan_of(consultation) is None:
        return None
    return "plans/public/_own_page.html", {"consultation": consultation}


def own_page_last(request: HttpRequest, consultation: ConsultationRequest) -> Part | None:
    """The question, unless the patient waits for us, or we for them."""
    if consultation.status in ASKS_THE_PATIENT or _is_late(consultation):
        return None
    moment = moment_of(consultation)
    if moment is None:
        return None
    answered = consultation.outcomes.filter(moment=moment).exclude(answered_at=None).exists()
    context = {"consultation": consultation, "moment": moment, "answered": answered}
    return "plans/public/_own_page_last.html", context


def _is_late(consultation: ConsultationRequest) -> bool:
    by = consultation.respond_by
    waits = {RequestStatus.SUBMITTED, RequestStatus.IN_REVIEW}
    return consultation.status in waits and by is not None and by <= timezone.now()
