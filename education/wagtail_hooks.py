"""What guides add to the admin."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.models import Page
from wagtail.snippets.models import register_snippet

from clinic.page_cache import cacheable
from education.models import GuidePage
from education.reports import OverdueReviews, ReadersReport, ReviewReport
from education.viewsets import LibraryViewSet

register_snippet(LibraryViewSet)


@hooks.register("register_admin_urls")
def report_urls() -> list[Any]:
    return [
        path("reports/guide-reviews/", ReviewReport.as_view(), name="guide_reviews"),
        path(
            "reports/guide-reviews/results/",
            ReviewReport.as_view(results_only=True),
            name="guide_reviews_results",
        ),
        path("reports/guide-readers/", ReadersReport.as_view(), name="guide_readers"),
        path(
            "reports/guide-readers/results/",
            ReadersReport.as_view(results_only=True),
            name="guide_readers_results",
        ),
    ]


@hooks.register("register_reports_menu_item")
def report_menu_item() -> MenuItem:
    return MenuItem(
        _("Guide reviews"), reverse("guide_reviews"), icon_name="calendar-check", order=100
    )


@hooks.register("register_reports_menu_item")
def readers_menu_item() -> MenuItem:
    return MenuItem(_("Reads and feedback"), reverse("guide_readers"), icon_name="pick", order=110)


@hooks.register("construct_homepage_panels")
def overdue_panel(request: HttpRequest, panels: list[Any]) -> None:
    if ReviewReport.permission_policy.user_has_any_permission(request.user, ["change"]):
        panels.append(OverdueReviews())


def may_publish(user: Any, page: Any) -> bool:
    """Guides go live through clinical review; only an owner may skip it, and never as author."""
    if not isinstance(page, GuidePage):
        return True
    return bool(user.is_superuser and page.author_id != user.pk)


def refusal() -> str:
    return gettext(
        "A guide is published by clinical review, by someone who did not write it. "
        "Your changes are saved as a draft: choose “Submit to clinical review”."
    )


@hooks.register("on_serve_page")
def cache_whole_page(serve: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Published pages may be cached whole. Previews are not served this way."""

    def served(page: Any, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse:
        return cacheable(serve(page, request, args, kwargs))

    return served


@hooks.register("before_publish_page")
def publish_through_review(request: HttpRequest, page: Any) -> HttpResponse | None:
    if may_publish(request.user, page):
        return None
    messages.error(request, refusal())
    return redirect("wagtailadmin_pages:edit", page.pk)


@hooks.register("before_bulk_action")
def bulk_publish_through_review(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    if action_type != "publish" or Page not in action.models:
        return None
    if all(may_publish(request.user, page.specific) for page in objects):
        return None
    messages.error(request, refusal())
    return redirect("wagtailadmin_explore_root")
