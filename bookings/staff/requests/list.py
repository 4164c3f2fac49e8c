"""The list of requests: queues, filters and search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import django_filters
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_filters.fields import ModelMultipleChoiceField
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView

from bookings.enums import RequestStatus, ResourceKind
from bookings.forms.fields import OfThoseThere
from bookings.models import Appointment, ConsultationRequest, Location, Resource, Service
from bookings.permissions import can_export, can_read_requests
from bookings.staff.requests import queries
from bookings.staff.requests.forms import SearchForm

SEARCH_SHOWS = 50
AS_LEFT = "desk-list"
"""The session's key for the list's filters as they were left."""


GUIDES = """
WITH RECURSIVE guide(path) AS (
    SELECT min(source_path) FROM bookings_consultationrequest WHERE source_path > ''
    UNION ALL
    SELECT (SELECT min(source_path) FROM bookings_consultationrequest WHERE source_path > guide.path)
    FROM guide WHERE guide.path IS NOT NULL
)
SELECT path FROM guide WHERE path IS NOT NULL LIMIT 100
"""
"""Each guide once, a step of the index for each: DISTINCT would read every request."""


def _guides() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(GUIDES)
        return [(path, path) for (path,) in cursor.fetchall()]


def as_left(request: HttpRequest) -> str:
    """The address of the list as this user left it, until the logout: the way back from a request."""
    left = request.session.get(AS_LEFT, "")
    return reverse("desk:requests") + (f"?{left}" if left else "")


class SeveralField(OfThoseThere, ModelMultipleChoiceField):
    pass


class SeveralFilter(django_filters.ModelMultipleChoiceFilter):
    field_class = SeveralField


class RequestFilterSet(WagtailFilterSet):
    status = django_filters.MultipleChoiceFilter(
        label=_("Status"), choices=RequestStatus.choices, widget=CheckboxSelectMultiple
    )
    service = SeveralFilter(
        label=_("Service"), queryset=Service.objects.all(), widget=CheckboxSelectMultiple
    )
    practitioner = SeveralFilter(
        label=_("Practitioner"),
        queryset=Resource.objects.filter(kind=ResourceKind.PRACTITIONER),
        widget=CheckboxSelectMultiple,
        method="of_practitioner",
    )
    location = SeveralFilter(
        label=_("Location"), queryset=Location.objects.all(), widget=CheckboxSelectMultiple
    )
    source_path = django_filters.MultipleChoiceFilter(
        label=_("Guide"), choices=_guides, widget=CheckboxSelectMultiple
    )
    created_at = django_filters.DateFromToRangeFilter(
        label=_("Received"), widget=DateRangePickerWidget
    )

    class Meta:
        model = ConsultationRequest
        fields = ["status", "service", "practitioner", "location", "source_path", "created_at"]

    def of_practitioner(
        self, requests: QuerySet[Any], name: str, chosen: Sequence[Resource]
    ) -> QuerySet[Any]:
        """Preferred by the patient, or with a time in that practitioner's diary."""
        if not chosen:
            return requests
        ids = [person.pk for person in chosen]
        diary = Appointment.objects.filter(practitioner__in=ids).order_by()
        wished = ConsultationRequest.objects.filter(practitioner__in=ids).order_by()
        return requests.filter(pk__in=wished.values("pk").union(diary.values("request")))


class RequestCell(Column):
    """A cell with a small template of its own, which finds its row as `row`."""

    def __init__(self, name: str, **kwargs: Any) -> None:
        super().__init__(name, accessor=lambda row: row, **kwargs)
        self.cell_template_name = f"bookings/staff/_{name}_cell.html"

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        return context | {"row": instance, "now": timezone.now()}


def _url_of(consultation: ConsultationRequest) -> str:
    return reverse("desk:request", args=[consultation.reference])


class FirstPages(WagtailPaginator):
    """Pages of a list that may be very long: the first hundred, and no counting beyond them.

    The ids of a page come first, from an index: the database would join every row before it sorts.
    """

    REACH = 2500

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        if isinstance(rows, list):
            return len(rows)
        return int(rows.order_by()[: self.REACH].count())

    def _get_page(self, rows: Any, *args: Any) -> Any:
        if not isinstance(rows, list):
            every: Any = self.object_list
            rows = every.filter(pk__in=list(rows.values_list("pk", flat=True)))
        return super()._get_page(rows, *args)


class RequestPages(FirstPages):
    def _get_page(self, rows: Any, *args: Any) -> Any:
        found = rows if isinstance(rows, list) else queries.in_order(rows)
        return super()._get_page(found, *args)


class RequestsView(BaseListingView):
    """Requests, the earliest answer-by time first. Without a choice: those to answer."""

    results_template_name = "bookings/staff/_requests_results.html"
    page_title = _("Requests")
    header_icon = "mail"
    table_classname = "listing desk-table"
    paginate_by = 25
    paginator_class = RequestPages
    filterset_class = RequestFilterSet
    index_url_name = "desk:requests"
    index_results_url_name = "desk:requests_results"
    verbose_name_plural = _("requests")
    columns = [
        TitleColumn("reference", label=_("Request"), get_url=_url_of, classname="desk-reference"),
        RequestCell("patient", label=_("Patient"), classname="desk-line"),
        RequestCell("status", label=_("Status")),
        RequestCell("wish", classname="desk-line desk-moment", label=_("Time")),
        RequestCell(
            "answer_by",
            classname="desk-line desk-moment",
            label=_("Answer by"),
            sort_key="respond_by",
        ),
        Column("assigned_to", label=_("Assigned to"), classname="desk-roomy"),
        RequestCell(
            "received",
            classname="desk-roomy desk-moment",
            label=_("Received"),
            sort_key="created_at",
        ),
    ]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not can_read_requests(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the list, and remember it for the way back; see `as_left`.

        Only what the form accepts is remembered: ids, statuses, days. Search words never are. Without
        parameters, as from the menu, it is the queue that the menu counts.
        """
        response: HttpResponse = super().get(request, *args, **kwargs)
        if request.method == "GET" and self.filters.is_valid():
            names = {"queue", "ordering", *self.filters.form.data} - {"p", "q"}
            self._remember(
                {name: request.GET.getlist(name) for name in names if name in request.GET}
            )
        return response

    def _remember(self, given: dict[str, list[str]]) -> None:
        known = [*RequestFilterSet.base_filters, "created_at_from", "created_at_to"]
        chosen = {n: v for n, v in given.items() if n in {*known, "ordering"}}
        if self.request.GET.get("queue") in queries.QUEUES:
            chosen["queue"] = [self.request.GET["queue"]]
        if chosen.get("ordering", [""])[0] not in self.get_valid_orderings():
            chosen.pop("ordering", None)
        address = urlencode(chosen, doseq=True)
        if self.request.session.get(AS_LEFT, "") != address:
            self.request.session[AS_LEFT] = address

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Search: the same page. What was typed is in no address, log or session, only in the body."""
        return self.get(request, *args, **kwargs)

    @cached_property
    def words_form(self) -> SearchForm:
        return SearchForm(self.request.POST if self.request.method == "POST" else None)

    @cached_property
    def words(self) -> str:
        form = self.words_form
        return str(form.cleaned_data["q"]).strip() if form.is_valid() else ""

    @cached_property
    def queue(self) -> str:
        asked_for = self.request.GET.get("queue", "")
        if asked_for in queries.QUEUES:
            return asked_for
        return "all" if self.words or self.is_filtering else "answer"

    def get_base_queryset(self) -> Any:
        requests = queries.visible_to(self.request.user)
        if self.words:
            return queries.search(requests, self.words)
        if self.queue == "all":
            return requests
        return requests.filter(queries.QUEUES[self.queue][1]())

    def get_ordering(self) -> Any:
        chosen = self.request.GET.get("ordering")
        if chosen in self.get_valid_orderings():
            # In one direction, so that an index has it.
            return (chosen, "-pk" if chosen.startswith("-") else "pk")
        return ("respond_by", "pk") if self.queue == "answer" else ("-created_at", "-pk")

    def get_queryset(self) -> Any:
        requests = super().get_queryset()
        return queries.in_order(requests[:SEARCH_SHOWS]) if self.words else requests

    def get_paginate_by(self, queryset: Any) -> int:
        return SEARCH_SHOWS if self.words else self.paginate_by

    def get_table_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_table_kwargs()
        return kwargs | {"ordering": self.request.GET.get("ordering", "")}

    def _export_query(self) -> str:
        """The address's filters, with the queue that is shown spelled out."""
        chosen = self.request.GET.copy()
        chosen["queue"] = self.queue
        return str(chosen.urlencode())

    def _filters_query(self) -> str:
        """The filters that the links to the other queues take along."""
        chosen = self.request.GET.copy()
        for name in ("queue", "p", "ordering"):
            chosen.pop(name, None)
        return f"&{chosen.urlencode()}" if chosen and self.is_filtering else ""

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        counts = queries.queue_counts(self.request.user)
        may_export = can_export(self.request.user) and not self.words
        return context | {
            "queues": [
                (name, label, counts[name]) for name, (label, _statuses) in queries.QUEUES.items()
            ],
            "queue": "" if self.words else self.queue,
            "words": self.words,
            "shows_part": self.words and context["items_count"] >= SEARCH_SHOWS,
            "export_query": self._export_query() if may_export else "",
            "counted": queries.COUNTED,
            "filters_query": self._filters_query(),
            "words_form": self.words_form,
        }
