"""Who may do what, as predicates over a user."""

from __future__ import annotations

from typing import Any

from bookings.models import ConsultationRequest


def can_triage(user: Any) -> bool:
    """May answer requests: the front desk and the owner."""
    return bool(user.is_active and user.has_perm("bookings.triage_request"))


def can_export(user: Any) -> bool:
    return bool(user.is_active and user.has_perm("bookings.export_request"))


def can_view(user: Any, request: ConsultationRequest) -> bool:
    """The desk sees every request; a practitioner their own appointments and what is assigned."""
    if can_triage(user):
        return True
    if not (user.is_active and user.has_perm("bookings.view_consultationrequest")):
        return False
    if request.assigned_to_id == user.pk:
        return True
    return request.appointments.filter(practitioner__practitioner__user=user).exists()
