"""What guides add to the admin."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.snippets.models import register_snippet

from clinic.page_cache import cacheable
from education import first_screen, media_guards
from education.reports import MissingReport, ReadersReport, ReviewReport
from education.start_translation import start_translation
from education.viewsets import LibraryViewSet

__all__ = ["first_screen", "media_guards"]  # they register their own hooks

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
        path("reports/guide-missing/", MissingReport.as_view(), name="guide_missing"),
        path(
            "reports/guide-missing/results/",
            MissingReport.as_view(results_only=True),
            name="guide_missing_results",
        ),
        path("translate/<str:label>/<int:pk>/", start_translation, name="start_translation"),
    ]


@hooks.register("register_reports_menu_item")
def report_menu_item() -> MenuItem:
    return MenuItem(
        _("Guide reviews"), reverse("guide_reviews"), icon_name="calendar-check", order=100
    )


@hooks.register("register_reports_menu_item")
def readers_menu_item() -> MenuItem:
    return MenuItem(_("Reads and feedback"), reverse("guide_readers"), icon_name="pick", order=110)


@hooks.register("register_reports_menu_item")
def missing_menu_item() -> MenuItem:
    return MenuItem(
        _("What readers missed"), reverse("guide_missing"), icon_name="comment", order=120
    )


@hooks.register("on_serve_page")
def cache_whole_page(serve: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Published pages may be cached whole. Previews are not served this way."""

    def served(page: Any, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse:
        return cacheable(serve(page, request, args, kwargs))

    return served


@hooks.register("insert_editor_js")
def keep_rows_of_pasted_tables() -> SafeString:
    return format_html('<script type="module" src="{}"></script>', static("clinic/staff/paste.js"))
