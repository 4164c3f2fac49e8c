"""Plans in the one admin: addresses, the report, and what to look at on the first screen."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from plans.staff import urls
from plans.staff.panels import FlaggedPanel
from plans.staff.report import ReportMenuItem


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern | URLResolver]:
    return [path("", include(urls))]


@hooks.register("register_reports_menu_item")
def report_menu_item() -> MenuItem:
    return ReportMenuItem(
        _("Did it help?"),
        reverse_lazy("plans:report"),
        name="did-it-help",
        icon_name="table",
        order=20,
    )


@hooks.register("construct_homepage_panels")
def flagged_panel(request: HttpRequest, panels: list[Any]) -> None:
    if hasattr(request.user, "practitioner"):
        panels.append(FlaggedPanel())
