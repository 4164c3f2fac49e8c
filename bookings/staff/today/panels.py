"""The first screen after login: the desk's queue and the site's health; the menu beside it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component

from bookings import demonstration
from bookings.permissions import can_read_messages, can_read_requests, can_triage
from bookings.staff.requests import queries
from bookings.staff.requests.forms import SearchForm
from bookings.transitions.limits import is_hoarding
from bookings.worker import health
from clinic import __version__

SHOWN = 10


class InboxPanel(Component):
    """The most urgent requests, for whoever may answer them."""

    name = "requests"
    template_name = "bookings/staff/_inbox_panel.html"
    order = 10

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        user = parent_context["request"].user
        waiting = queries.visible_to(user).needing_answer()
        return {
            "requests": queries.in_order(waiting[:SHOWN]),
            "count": queries.up_to(queries.COUNTED, waiting),
            "now": timezone.now(),
            "words_form": SearchForm(auto_id="find-%s"),
            "hoarding": is_hoarding(now=timezone.now()),
        }


class DemonstrationPanel(Component):
    """That patients can book with people who do not exist."""

    name = "demonstration"
    template_name = "bookings/staff/_demonstration_panel.html"
    order = 5

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"invented": demonstration.invented()}


class HealthPanel(Component):
    """Worker, mail, disk and backup, and the version that runs, for the owner."""

    name = "health"
    template_name = "bookings/staff/_health_panel.html"
    order = 20

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"findings": health.findings(now=timezone.now()), "version": __version__}


class RequestsMenuItem(MenuItem):
    """The menu item with how many requests wait for an answer, such as: Requests (3).

    It opens the queue that is counted. Whoever cannot answer sees no count.
    """

    def is_shown(self, request: Any) -> bool:
        return can_read_requests(request.user)

    def render_component(self, request: Any) -> Any:
        component = super().render_component(request)
        if not can_triage(request.user):
            return component
        waiting = queries.visible_to(request.user).needing_answer()
        count = queries.up_to(queries.COUNTED, waiting)
        if count:
            component.label = f"{self.label} ({count})"
        return component


class MessagesMenuItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return can_read_messages(request.user)


class DiaryMenuItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return can_read_requests(request.user)
