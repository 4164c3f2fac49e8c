"""Who may read and write a plan, and whose page still has one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from bookings.enums import AppointmentStatus
from bookings.models import Appointment, ConsultationRequest
from bookings.permissions import can_disclose, can_read_requests
from plans.enums import PlanStatus
from plans.models import Plan

A_VISIT = (AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED, AppointmentStatus.FULFILLED)


def may_plan(user: Any, consultation: ConsultationRequest) -> bool:
    """The practitioner whose visit it is, and whoever may hand out all that is kept: the owner.

    The desk sees that there is a plan, and not what is in it.
    """
    if consultation.erased_at or not can_read_requests(user):
        return False
    return can_disclose(user) or own_visits(user, consultation).exists()


def own_visits(user: Any, consultation: ConsultationRequest) -> Any:
    rows = Appointment.objects.filter(request=consultation, status__in=A_VISIT)
    return rows.filter(practitioner__practitioner__user=user)


def is_own(user: Any, visit: Appointment) -> bool:
    """Whether it is the user's own visit. Asks nothing beyond what the user is known by already."""
    own = getattr(user, "practitioner", None)
    return bool(own and own.resource_id == visit.practitioner_id and visit.status in A_VISIT)


def running(now: datetime) -> Q:
    """Requests with a plan that the patient has; a lost link to them is sent again."""
    return Q(pk__in=Plan.objects.filter(status=PlanStatus.SENT).order_by().values("request"))
