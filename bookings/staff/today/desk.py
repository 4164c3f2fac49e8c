"""The desk's other lists on the first screen: whom to phone, and who waits for what came free."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from wagtail.admin.ui.components import Component

from bookings.enums import AppointmentStatus
from bookings.models import Appointment, Message
from bookings.schedule.waiting_list import Freed, WaitingList, waiting_locations
from bookings.staff.requests import queries

SHOWN, MATCHES = 5, 3
SOON, AT_MOST = timedelta(days=7), 20


class PhonePanel(Component):
    """Patients without email, and those whom the last message did not reach."""

    name = "to-phone"
    template_name = "bookings/staff/_phone_panel.html"
    order = 14

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        user = parent_context["request"].user
        waiting = queries.visible_to(user).filter(queries.to_phone()).order_by("-created_at", "-pk")
        people = list(waiting.select_related("location")[: SHOWN + 1])
        lost = Message.objects.requests_undelivered(person.pk for person in people)
        return {
            "people": [(person, person.pk in lost) for person in people[:SHOWN]],
            "more": len(people) > SHOWN,
        }


class FreedPanel(Component):
    """Times of the next week that came free and suit somebody on the waiting list."""

    name = "freed"
    template_name = "bookings/staff/_freed_panel.html"
    order = 16

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {
            "freed": _freed(),
            "shown": MATCHES,
            "here": reverse("wagtailadmin_home"),
            "request": parent_context["request"],
            "csrf_token": parent_context.get("csrf_token"),
        }


def _freed() -> list[Freed]:
    """Nothing is searched where nobody waits, or nothing came free."""
    now = timezone.now()
    rows = list(
        Appointment.objects.filter(
            location__in=waiting_locations(),
            status=AppointmentStatus.CANCELLED,
            start__gt=now,
            start__lt=now + SOON,
        )
        .select_related("location", "practitioner", "service", "request")
        .order_by("start", "practitioner", "-pk")[:AT_MOST]
    )
    once = {(row.practitioner_id, row.start): row for row in reversed(rows)}
    return WaitingList(now=now, days=SOON.days + 1).wanted(reversed(once.values()), SHOWN)
