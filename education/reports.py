"""Reports on guides: which are due for their clinical check, and which helped."""

from typing import Any

from django.db.models import F, IntegerField, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column, DateColumn, NumberColumn, TitleColumn
from wagtail.admin.views.reports import PageReportView

from education.models import GuidePage
from education.models.helpful import Answer


def due_first() -> QuerySet[GuidePage]:
    """Never checked first, then by the date of the next check."""
    return GuidePage.objects.order_by(F("next_review").asc(nulls_first=True), "title")


def overdue() -> QuerySet[GuidePage]:
    """Live guides whose next check is past, or that nobody has checked."""
    live = due_first().filter(live=True)
    return live.filter(last_reviewed=None) | live.filter(next_review__lt=timezone.localdate())


class ReviewReport(PageReportView):
    """Reports → Guide reviews."""

    index_url_name = "guide_reviews"
    index_results_url_name = "guide_reviews_results"
    page_title = _("Guide reviews")
    header_icon = "calendar-check"
    # A spreadsheet opened from CSV runs what looks like a formula; XLSX does not.
    FORMATS = ("xlsx",)
    export_headings = PageReportView.export_headings | {
        "last_reviewed": _("Last clinical review"),
        "next_review": _("Next review due"),
    }
    list_export = [*PageReportView.list_export, "last_reviewed", "next_review"]
    results_template_name = "wagtailadmin/reports/base_report_results.html"
    columns = [
        TitleColumn("title", label=_("Guide"), url_name="wagtailadmin_pages:edit"),
        Column("clinical_reviewer", label=_("Clinical reviewer")),
        DateColumn("last_reviewed", label=_("Last clinical review")),
        DateColumn("next_review", label=_("Next review due")),
        Column("status_string", label=_("Status")),
    ]

    def get_queryset(self) -> Any:
        return due_first().select_related("clinical_reviewer")


def answered(answer: Answer) -> Coalesce:
    """How often the guide got that answer, since it was made."""
    return Coalesce(
        Sum("helpful_counts__count", filter=Q(helpful_counts__answer=answer)),
        Value(0),
        output_field=IntegerField(),
    )


class HelpfulReport(PageReportView):
    """Reports → Was this helpful?: counts alone, for nothing is kept about who answered."""

    index_url_name = "guide_helpful"
    index_results_url_name = "guide_helpful_results"
    page_title = _("Was this helpful?")
    header_icon = "pick"
    FORMATS = ("xlsx",)
    export_headings = {"title": _("Guide"), "yes": _("Yes"), "no": _("No")}
    list_export = ["title", "yes", "no"]
    results_template_name = "wagtailadmin/reports/base_report_results.html"
    columns = [
        TitleColumn("title", label=_("Guide"), url_name="wagtailadmin_pages:edit"),
        NumberColumn("yes", label=_("Yes")),
        NumberColumn("no", label=_("No")),
        Column("status_string", label=_("Status")),
    ]

    def get_queryset(self) -> Any:
        counted = GuidePage.objects.annotate(yes=answered(Answer.YES), no=answered(Answer.NO))
        return counted.order_by("-yes", "-no", "title")


class OverdueReviews(Component):
    """On the dashboard, for who may work on guides."""

    name = "overdue-reviews"
    order = 150
    template_name = "education/admin/overdue_reviews.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"guides": list(overdue()[:10])}
