"""The desk's place in the one admin: addresses, menu, dashboard."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path, reverse_lazy
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.snippets.models import register_snippet

from bookings import demonstration
from bookings.roles import ROLES
from bookings.staff import urls
from bookings.staff.messages.choices import StaffMailPanel
from bookings.staff.reports.audit import AuditMenuItem
from bookings.staff.reports.views import ReportsMenuItem
from bookings.staff.requests.waiting_list import WaitingMenuItem
from bookings.staff.setup import questions
from bookings.staff.setup.viewsets import ClinicGroup
from bookings.staff.setup.webhooks import WebhooksMenuItem
from bookings.staff.today.first_screen import panels_for
from bookings.staff.today.panels import (
    DemonstrationPanel,
    DiaryMenuItem,
    MessagesMenuItem,
    RequestsMenuItem,
)

register_snippet(questions.SafetyQuestionsViewSet)


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern | URLResolver]:
    return [path("", include(urls))]


@hooks.register("register_permissions")
def permissions() -> QuerySet[Permission]:
    """What the owner may give to a group, beside what Wagtail shows there already."""
    wanted = {name for role in ROLES.values() for name in role.get("bookings", [])}
    return Permission.objects.filter(content_type__app_label="bookings", codename__in=wanted)


@hooks.register("register_admin_menu_item")
def requests_menu_item() -> MenuItem:
    return RequestsMenuItem(
        _("Requests"), reverse_lazy("desk:requests"), name="requests", icon_name="mail", order=10
    )


@hooks.register("register_admin_menu_item")
def diary_menu_item() -> MenuItem:
    return DiaryMenuItem(
        _("Diary"), reverse_lazy("desk:diary"), name="diary", icon_name="calendar-alt", order=20
    )


@hooks.register("register_admin_menu_item")
def messages_menu_item() -> MenuItem:
    return MessagesMenuItem(
        _("Messages"), reverse_lazy("desk:messages"), name="messages", icon_name="comment", order=30
    )


@hooks.register("register_reports_menu_item")
def reports_menu_item() -> MenuItem:
    return ReportsMenuItem(
        _("Requests and visits"),
        reverse_lazy("desk:reports"),
        name="requests-and-visits",
        icon_name="table",
        order=10,
    )


@hooks.register("register_reports_menu_item")
def audit_menu_item() -> MenuItem:
    return AuditMenuItem(
        _("Access log"), reverse_lazy("desk:audit"), name="who-looked", icon_name="view", order=800
    )


@hooks.register("register_admin_menu_item")
def waiting_menu_item() -> MenuItem:
    return WaitingMenuItem(
        _("Waiting list"),
        reverse_lazy("desk:waiting_list"),
        name="waiting",
        icon_name="list-ul",
        order=25,
    )


@hooks.register("register_settings_menu_item")
def webhooks_menu_item() -> MenuItem:
    return WebhooksMenuItem(
        _("Webhooks"), reverse_lazy("desk:webhooks"), name="webhooks", icon_name="link", order=50
    )


@hooks.register("construct_homepage_panels")
def demonstration_panel(request: HttpRequest, panels: list[Any]) -> None:
    if demonstration.concerns_patients():
        panels.append(DemonstrationPanel())


@hooks.register("construct_homepage_panels")
def todays_panels(request: HttpRequest, panels: list[Any]) -> None:
    """The first screen is the day of whoever looks: see `bookings/staff/today/`."""
    panels.extend(panels_for(request.user))


hooks.register("register_account_settings_panel", StaffMailPanel)


@hooks.register("insert_global_admin_css")
def staff_css() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("clinic/staff.css"))


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    actions.register_action("bookings.merge", _("Merge records"), _("Two records merged"))


@hooks.register("register_admin_viewset")
def clinic_viewsets() -> ClinicGroup:
    return ClinicGroup()
