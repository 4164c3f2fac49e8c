"""Reports on guides: clinical reviews that are due, reads and feedback."""

from typing import Any

from django.conf import settings
from django.db.models import (
    Case,
    CharField,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.reports import PageReportView, ReportView

from clinic.columns import LabelledColumn
from clinic.review import sign_offs
from education import booking
from education.guide.checks import TEMPLATE
from education.models import GuidePage, HelpfulCount, ReadCount
from education.models.counts import Answer, DayCount, Kind
from education.models.feedback import Missing


def guides() -> QuerySet[GuidePage]:
    """Every guide but the template."""
    rows = GuidePage.objects.exclude(title__startswith=TEMPLATE)
    # What their status in words asks for.
    return rows.annotate_approved_schedule().prefetch_workflow_states()


def state(guide: GuidePage) -> str:
    return capfirst(guide.status_string)


def due_first() -> QuerySet[GuidePage]:
    """Never signed first, then by the date of the next review."""
    newest = sign_offs.of_pages().filter(object_id=Cast(OuterRef("pk"), CharField()))
    return (
        guides()
        .annotate(due=Subquery(newest.values("next_review")[:1]))
        .order_by(F("due").asc(nulls_first=True), "title")
    )


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
        "signed_by": _("Signed by"),
        "signed_on": _("Last clinical review"),
        "review_due": _("Next review due"),
        "what_is_signed": _("What is signed"),
    }
    list_export = [
        *PageReportView.list_export,
        "signed_by",
        "signed_on",
        "review_due",
        "what_is_signed",
    ]
    results_template_name = "wagtailadmin/reports/base_report_results.html"
    columns = [
        TitleColumn("title", label=_("Guide"), url_name="wagtailadmin_pages:edit"),
        LabelledColumn("signed_by", label=_("Signed by")),
        LabelledColumn("signed_on", label=_("Last clinical review")),
        LabelledColumn("review_due", label=_("Next review due")),
        LabelledColumn("what_is_signed", label=_("What is signed")),
        Column("status_string", label=_("Status"), accessor=state),
    ]

    def get_queryset(self) -> Any:
        return due_first()

    def decorate_paginated_queryset(self, guides: Any) -> Any:
        found = super().decorate_paginated_queryset(guides)
        sign_offs.read_for(found)
        return found


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


class MissingReport(ReportView):
    """Reports → What readers missed: their own words, newest first."""

    model = Missing
    index_url_name = "guide_missing"
    index_results_url_name = "guide_missing_results"
    page_title = _("What readers missed")
    table_classname = "listing desk-table"
    header_icon = "comment"
    FORMATS = ("xlsx",)
    permission_policy = PageReportView.permission_policy
    any_permission_required = PageReportView.any_permission_required
    list_export = ["day", "page", "text"]
    export_headings = {"day": _("Day"), "page": _("Guide"), "text": _("What was missing")}
    results_template_name = "wagtailadmin/reports/base_report_results.html"
    columns = [
        LabelledColumn("text", label=_("What was missing")),
        LabelledColumn("page", label=_("Guide")),
        LabelledColumn("day", label=_("Day")),
    ]

    def get_queryset(self) -> Any:
        return Missing.objects.select_related("page")
