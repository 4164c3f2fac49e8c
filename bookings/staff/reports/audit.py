"""Reports → Access log: who opened, copied or erased what, for the owner."""

from __future__ import annotations

from typing import Any

import django_filters
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import BaseListingView

from bookings.enums import Verb
from bookings.models import Event
from bookings.permissions import can_audit
from bookings.staff.requests.list import FirstPages, RequestCell
from bookings.templatetags import desk

READ = {
    Verb.LOOK: _("opened"),
    Verb.DISCLOSE: _("handed out a copy"),
    Verb.ERASE: _("erased"),
    Verb.EXPORT: _("exported"),
}


class AuditFilterSet(WagtailFilterSet):
    actor = django_filters.ModelChoiceFilter(
        label=_("Who"), queryset=get_user_model().objects.order_by("username")
    )
    verb = django_filters.ChoiceFilter(label=_("What"), choices=list(READ.items()))
    at = django_filters.DateFromToRangeFilter(label=_("When"), widget=DateRangePickerWidget)

    class Meta:
        model = Event
        fields = ["actor", "verb", "at"]


def _when(event: Event) -> str:
    return desk.short_at(event.at, event.request.location)


class AuditView(BaseListingView):
    """Newest first. Rows stay when a request is erased, without the person."""

    page_title = _("Access log")
    table_classname = "listing desk-table"
    header_icon = "view"
    paginate_by = 50
    paginator_class = FirstPages
    filterset_class = AuditFilterSet
    index_url_name = "desk:audit"
    index_results_url_name = "desk:audit_results"
    verbose_name_plural = _("events")
    columns = [
        Column("at", label=_("When"), accessor=_when, sort_key="at"),
        Column("who", label=_("Who"), accessor=desk.who),
        Column("what", label=_("What"), accessor=lambda event: READ[event.verb]),
        RequestCell("reference", label=_("Request")),
    ]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not can_audit(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_base_queryset(self) -> Any:
        return Event.objects.that_read().select_related("actor", "request__location")

    def get_ordering(self) -> Any:
        oldest_first = self.request.GET.get("ordering") == "at"
        return ("at", "pk") if oldest_first else ("-at", "-pk")


class AuditMenuItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return can_audit(request.user)
