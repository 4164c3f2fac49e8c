"""What a patient's own page has about plans: the way to the plan, and to the question how well it goes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from bookings.models import ConsultationRequest


def own_page(
    request: HttpRequest, consultation: ConsultationRequest
) -> tuple[str, dict[str, Any]] | None:
    return None
