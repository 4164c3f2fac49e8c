"""What a clinician has to check, of every kind in one list: on the first screen, and as a report."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from wagtail import hooks
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.models import Page
from wagtail.permissions import page_permission_policy

from clinic.review import sign_offs
from clinic.review.reviewed import reviewed_models

SHOWN = 10
A_PAGE = 50


def to_check(user: Any) -> list[Any]:
    """What visitors see although nobody signed it, its review is due, or something in it changed.

    Of each kind that the user may change. First what is due, the longest overdue before the rest; then what
    changed; last what nobody has signed yet. Safety questions before guides, and these before the library.
    """
    found: list[Any] = []
    for model in reviewed_models():
        if may_change(user, model):
            live = list(model.to_be_checked())
            sign_offs.read_for(live)
            found += [thing for thing in live if thing.needs_check]
    return sorted(found, key=_urgency)


def _urgency(thing: Any) -> tuple[Any, ...]:
    claim = thing.claim
    overdue = bool(claim and claim.sign_off.is_overdue)
    due = claim.sign_off.next_review.toordinal() if claim else 0
    return (not overdue, claim is None, due, thing.check_order, str(thing))


def may_change(user: Any, model: type[Any]) -> bool:
    if issubclass(model, Page):
        return bool(page_permission_policy.user_has_any_permission(user, {"change"}))
    return bool(user.has_perm(f"{model._meta.app_label}.change_{model._meta.model_name}"))


def may_see(user: Any) -> bool:
    return any(may_change(user, model) for model in reviewed_models())


def rows(things: list[Any], user: Any) -> list[dict[str, Any]]:
    find = AdminURLFinder(user)
    return [
        {
            "thing": thing,
            "kind": capfirst(thing._meta.verbose_name),
            "url": find.get_edit_url(thing),
            "claim": thing.claim,
        }
        for thing in things
    ]


class ToCheckPanel(Component):
    """On the first screen of whoever may change any of it."""

    name = "overdue-reviews"
    order = 230
    template_name = "clinic/admin/to_check_panel.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        user = parent_context["request"].user
        found = to_check(user)
        return {"rows": rows(found[:SHOWN], user), "more": len(found[SHOWN:])}


@hooks.register("construct_homepage_panels")
def to_check_panel(request: HttpRequest, panels: list[Any]) -> None:
    if may_see(request.user):
        panels.append(ToCheckPanel())


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """Reports → To check."""
    if not may_see(request.user):
        raise PermissionDenied
    pages = Paginator(to_check(request.user), A_PAGE)
    page = pages.get_page(request.GET.get("p"))
    context = {
        "page": page,
        "rows": rows(list(page), request.user),
        "header_title": _("To check"),
        "header_icon": "calendar-check",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": "", "label": _("To check")},
        ],
    }
    return render(request, "clinic/admin/to_check.html", context)


@hooks.register("register_admin_urls")
def report_url() -> list[Any]:
    return [path("reports/to-check/", report, name="reviews_to_check")]


class ToCheckMenuItem(MenuItem):
    def __init__(self, label: str | Promise, **options: Any) -> None:
        super().__init__(label, reverse("reviews_to_check"), **options)

    def is_shown(self, request: Any) -> bool:
        return may_see(request.user)


@hooks.register("register_reports_menu_item")
def report_menu_item() -> MenuItem:
    return ToCheckMenuItem(_("To check"), icon_name="calendar-check", order=90)
