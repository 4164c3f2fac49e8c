"""The requests of the list as one XLSX file; each request's history records the export.

Never CSV: a spreadsheet runs formulas in it. In XLSX every cell that looks like one is text.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.mixins import SpreadsheetExportMixin

from bookings import transitions
from bookings.enums import AppointmentStatus
from bookings.models import Appointment
from bookings.permissions import can_export, can_read_requests
from bookings.staff.requests import queries
from bookings.staff.requests.list import RequestFilterSet

AT_MOST = 5000
VISITS = [
    *(AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED),
    *(AppointmentStatus.FULFILLED, AppointmentStatus.NOSHOW),
]


class ExportRequests(SpreadsheetExportMixin, View):
    """POST, since it is recorded; the filters and the queue stand in the address, as in the list."""

    http_method_names = ["post"]
    export_filename = "requests"
    list_export = [
        "reference",
        "get_status_display",
        "created_at",
        "respond_by",
        "answered_at",
        "service.name",
        "location.name",
        "visit_start",
        "visit_with",
        "name",
        "on_behalf_of",
        "email",
        "phone",
        "phone_extension",
        "reason_label",
        "goal_label",
        "get_side_display",
        "note",
        "source_path",
        "assigned_to",
    ]
    export_headings = {
        "get_status_display": gettext_lazy("Status"),
        "service.name": gettext_lazy("Service"),
        "location.name": gettext_lazy("Location"),
        "visit_start": gettext_lazy("Visit (local time)"),
        "visit_with": gettext_lazy("Practitioner"),
        "reason_label": gettext_lazy("What for"),
        "goal_label": gettext_lazy("Goal"),
        "get_side_display": gettext_lazy("Side"),
    }

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not (can_export(request.user) and can_read_requests(request.user)):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        rows = self.rows(request)
        if rows.order_by()[: AT_MOST + 1].count() > AT_MOST:
            text = _("More than %(count)s requests. Narrow the filters.") % {"count": AT_MOST}
            messages.error(request, text)
            return redirect("desk:requests")
        found = [_with_visit(row) for row in rows[:AT_MOST]]
        transitions.exported(found, actor=transitions.staff(request.user), now=timezone.now())
        response: HttpResponseBase = self.write_xlsx_response(_Rows(found))
        return response

    def rows(self, request: HttpRequest) -> Any:
        requests = queries.visible_to(request.user)
        queue = request.GET.get("queue", "all")
        if queue in queries.QUEUES:
            requests = requests.filter(queries.QUEUES[queue][1]())
        chosen = RequestFilterSet(request.GET, queryset=requests, request=request)
        rows = chosen.qs if chosen.is_valid() else requests.none()
        visits = Appointment.objects.filter(status__in=VISITS).select_related("practitioner")
        return (
            rows.select_related("service", "location", "assigned_to")
            .prefetch_related(Prefetch("appointments", visits.order_by("start"), to_attr="visits"))
            .order_by("created_at", "pk")
        )


def _with_visit(row: Any) -> Any:
    """The request with its last visit: on the wall clock of its place, without a zone, as XLSX wants it."""
    visit = row.visits[-1] if row.visits else None
    row.visit_start = visit.start.astimezone(visit.zone).replace(tzinfo=None) if visit else ""
    row.visit_with = visit.practitioner.name if visit else ""
    return row


class _Rows(list[Any]):
    """Rows read once, with the model that Wagtail takes the headings from."""

    @property
    def model(self) -> Any:
        return queries.ConsultationRequest
