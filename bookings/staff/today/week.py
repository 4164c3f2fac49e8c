"""The owner's first screen: what came in this week, and how the clinic kept its promises."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component

from bookings.enums import BY_THE_PATIENT, AppointmentStatus, CancelledBecause
from bookings.models import Appointment, ConsultationRequest

WEEK = timedelta(days=7)


class WeekPanel(Component):
    """Figures of the last seven days, in two queries."""

    name = "week"
    template_name = "bookings/staff/_week_panel.html"
    order = 30

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        now = timezone.now()
        since = now - WEEK
        late = Q(answered_at__gt=F("promised_at")) | Q(answered_at=None, respond_by__lt=now)
        requests = ConsultationRequest.objects.filter(created_at__gte=since).aggregate(
            received=Count("pk", filter=Q(verified_at__isnull=False) | Q(needs_call=True)),
            answered=Count("pk", filter=Q(answered_at__isnull=False)),
            late=Count("pk", filter=late),
        )
        visits = Appointment.objects.filter(start__gte=since, start__lt=now).aggregate(
            came=Count(
                "pk", filter=Q(status__in=[AppointmentStatus.ARRIVED, AppointmentStatus.FULFILLED])
            ),
            missed=Count("pk", filter=Q(status=AppointmentStatus.NOSHOW)),
            cancelled=Count(
                "pk",
                filter=Q(
                    status=AppointmentStatus.CANCELLED,
                    cancelled_because__in=[*BY_THE_PATIENT, CancelledBecause.CLINIC],
                ),
            ),
        )
        return {
            "figures": [
                (_("requests received"), requests["received"]),
                (_("of them answered"), requests["answered"]),
                (_("answered late, or overdue"), requests["late"]),
                (_("visits that took place"), visits["came"]),
                (_("visits that patients missed"), visits["missed"]),
                (_("visits cancelled"), visits["cancelled"]),
            ]
        }
