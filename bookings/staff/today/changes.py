"""What has just changed: each person's notices, newest first, until they have looked at them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST
from wagtail.admin.ui.components import Component

from bookings.enums import AppointmentStatus, StaffKind
from bookings.messages import staff_mail
from bookings.models import StaffNotice
from bookings.permissions import can_read_requests, can_triage

SHOWN, COUNTED = 10, 99
IN_ANOTHER_LIST = (
    *(StaffKind.NEW, StaffKind.PROMISE, StaffKind.COMING),
    *(StaffKind.UNDELIVERED, StaffKind.ATTACK),
)
"""The inbox, the visits, the patients to phone and the warning above them show these."""


class ChangesPanel(Component):
    name = "changes"
    template_name = "bookings/staff/_changes_panel.html"
    order = 5

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        request = parent_context["request"]
        now = timezone.now()
        over = Q(kind=StaffKind.OWN_VISIT, appointment__end__lte=now)
        unseen = StaffNotice.objects.unseen_by(request.user).exclude(over)
        unseen = unseen.exclude(kind__in=IN_ANOTHER_LIST)
        notices = list(unseen.with_details()[:SHOWN])
        count = unseen.order_by()[: SHOWN + COUNTED + 1].count()
        return {
            "lines": [_line(notice, request.user, now) for notice in notices],
            "more": count - len(notices),
            "counted": COUNTED,
            "until": max((notice.pk for notice in notices), default=0),
            "request": request,
            "csrf_token": parent_context.get("csrf_token"),
        }


def _line(notice: StaffNotice, user: Any, now: Any) -> dict[str, Any]:
    visit = notice.appointment
    free = visit and visit.status == AppointmentStatus.CANCELLED and visit.start > now
    return {
        "notice": notice,
        "says": staff_mail.says(notice, now=now),
        "may_offer": bool(free and can_triage(user)),
    }


@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """The person has looked at everything up to the newest notice that their page showed."""
    user: Any = request.user
    if not can_read_requests(user):
        raise PermissionDenied
    until = request.POST.get("until", "")
    if until.isascii() and until.isdigit() and len(until) < 19:
        rows = StaffNotice.objects.filter(user=user, pk__lte=int(until), seen_at=None)
        rows.exclude(kind__in=IN_ANOTHER_LIST).update(seen_at=timezone.now())
    return redirect(f"{reverse('wagtailadmin_home')}#main")
