"""Reports on guides: clinical reviews that are due, reads and feedback."""

from typing import Any

from django.conf import settings
from django.db.models import (
    Case,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.reports import PageReportView

from clinic.columns import LabelledColumn
from education import booking
from education.guide.checks import TEMPLATE
from education.models import GuidePage, HelpfulCount, ReadCount
from education.models.counts import Answer, DayCount, Kind


def guides() -> QuerySet[GuidePage]:
    """Every guide but the template."""
    return GuidePage.objects.exclude(title__startswith=TEMPLATE)


def state(guide: GuidePage) -> str:
    return capfirst(guide.status_string)


def due_first() -> QuerySet[GuidePage]:
    """Never reviewed first, then by the date of the next review."""
    return guides().order_by(F("next_review").asc(nulls_first=True), "title")


def overdue() -> QuerySet[GuidePage]:
    """Live guides whose next review is past, or that nobody has reviewed."""
    live = due_first().filter(live=True)
    return live.filter(last_reviewed=None) | live.filter(next_review__lt=timezone.localdate())


class ReviewReport(PageReportView):
    """Reports → Guide reviews."""

    index_url_name = "guide_reviews"
    index_results_url_name = "guide_reviews_results"
    page_title = _("Guide reviews")
    table_classname = "listing desk-table"
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
        LabelledColumn("clinical_reviewer", label=_("Clinical reviewer")),
        LabelledColumn("last_reviewed", label=_("Last clinical review")),
        LabelledColumn("next_review", label=_("Next review due")),
        Column("status_string", label=_("Status"), accessor=state),
    ]

    def get_queryset(self) -> Any:
        return due_first().select_related("clinical_reviewer")


def counted(model: type[DayCount], **which: str) -> Coalesce:
    """The guide's total count since it was made."""
    rows = model._default_manager.filter(page=OuterRef("pk"), **which).values("page")
    return Coalesce(Subquery(rows.annotate(sum=Sum("count")).values("sum")), Value(0))


def requested() -> Case:
    """How many requests came from the guide, by its current addresses."""
    paths = {guide.pk: addresses(guide) for guide in GuidePage.objects.live()}
    found = booking.requests_from([path for own in paths.values() for path in own])
    sums = {pk: sum(found.get(path, 0) for path in own) for pk, own in paths.items()}
    cases = [When(pk=pk, then=Value(count)) for pk, count in sums.items() if count]
    return Case(*cases, default=Value(0), output_field=IntegerField())


def addresses(guide: GuidePage) -> set[str]:
    """Its path below each language's prefix: an untranslated guide is read below all of them."""
    found = set()
    for language, _name in settings.LANGUAGES:
        with override(language):
            found.add(guide.url or "")
    return found - {""}


class ReadersReport(PageReportView):
    """Reports → Reads and feedback: counts only; nothing is stored about who read or answered."""

    index_url_name = "guide_readers"
    index_results_url_name = "guide_readers_results"
    page_title = _("Reads and feedback")
    table_classname = "listing desk-table"
    header_icon = "pick"
    FORMATS = ("xlsx",)
    counts = {
        "guide_reads": _("Guide read"),
        "routine_reads": _("Practice page read"),
        "print_reads": _("Handout read"),
        "yes": _("Helpful: yes"),
        "no": _("Helpful: no"),
        "requests": _("Requests"),
    }
    export_headings = {"title": _("Guide"), **counts}
    list_export = list(export_headings)
    results_template_name = "wagtailadmin/reports/base_report_results.html"
    columns = [
        TitleColumn("title", label=_("Guide"), url_name="wagtailadmin_pages:edit"),
        *(
            LabelledColumn(name, label=label, classname="desk-number")
            for name, label in counts.items()
        ),
        Column("status_string", label=_("Status"), accessor=state),
    ]

    def get_queryset(self) -> Any:
        return (
            guides()
            .annotate(
                **{f"{kind}_reads": counted(ReadCount, kind=kind) for kind in Kind.values},
                **{answer: counted(HelpfulCount, answer=answer) for answer in Answer.values},
                requests=requested(),
            )
            .order_by("-guide_reads", "-yes", "title")
        )


class OverdueReviews(Component):
    """On the dashboard of people who may change guides."""

    name = "overdue-reviews"
    order = 150
    template_name = "education/admin/overdue_reviews.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"guides": list(overdue()[:10])}
