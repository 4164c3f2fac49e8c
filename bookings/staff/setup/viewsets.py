"""The clinic's set-up in the admin: locations, people, rooms, services, hours, closures.

No copy, inspect, export or bulk actions: Wagtail would offer each of them on any single permission.
"""

from __future__ import annotations

from typing import Any

from django.forms import CheckboxSelectMultiple, modelform_factory
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.widgets.button import Button

from bookings import clock
from bookings.forms.fields import SeveralOf
from bookings.models import DateException, Location, Service, WeeklyHours
from bookings.permissions import can_set_hours
from bookings.staff.setup import forms
from bookings.staff.setup.clinic_viewset import ClinicViewSet, CountsByName
from bookings.staff.setup.forms import ServiceForm
from bookings.staff.setup.hours_forms import ClosureForm, HoursForm
from bookings.staff.setup.hours_views import (
    ClosureIndex,
    CreateClosure,
    CreateHours,
    DeleteClosure,
    DeleteHours,
    EditClosure,
    EditHours,
    ShowsWeek,
)
from bookings.staff.setup.location_forms import LocationForm
from bookings.staff.setup.location_views import DeleteLocation, EditLocation
from bookings.staff.setup.people_views import PeopleViewSet, RoomViewSet
from bookings.templatetags.desk import short_at
from clinic.columns import SeldomColumn, YesNoColumn


class LocationViewSet(ClinicViewSet):
    model = Location
    name = "locations"
    icon = "site"
    edit_view_class = EditLocation
    delete_view_class = DeleteLocation
    list_display = ["name", "time_zone", YesNoColumn("active", label=_("Open"))]

    def get_form_class(self, for_update: bool = False) -> Any:
        return LocationForm


def _open_or_why(service: Service) -> str:
    """Whether patients can book it, and what an owner should know about its questions."""
    asks = service.asks
    if service.why_closed or not asks:
        return service.why_closed
    if not asks.is_signed:
        return gettext("yes; no clinician has checked its safety questions")
    return gettext("yes")


class ServiceViewSet(ClinicViewSet):
    model = Service
    name = "services"
    icon = "list-ul"
    exclude_form_fields = ["form_version", "translations"]
    list_display = [
        "name",
        "duration_minutes",
        Column("open", label=_("Open for booking"), accessor=_open_or_why),
    ]

    def get_form_class(self, for_update: bool = False) -> Any:
        return modelform_factory(
            Service,
            form=ServiceForm,
            formfield_callback=self.formfield_for_dbfield,
            exclude=self.exclude_form_fields,
            labels=forms.LABELS,
            help_texts=forms.HELP_TEXTS,
        )

    def formfield_for_dbfield(self, db_field: Any, **kwargs: Any) -> Any:
        several = db_field.name in ("practitioners", "locations")
        how = {"form_class": SeveralOf} if several else {}
        field = super().formfield_for_dbfield(db_field, **kwargs, **how)
        if db_field.name == "practitioners":
            field.queryset = field.queryset.filter(merged_into=None)
        if several:
            field.widget = CheckboxSelectMultiple()
            field.widget.choices = field.choices
            if db_field.name == "practitioners":
                field.help_text = ""
        return field


def _hours_of(row: WeeklyHours) -> str:
    return f"{clock.time_words(row.start)}–{clock.time_words(row.end)}"


class HoursIndex(CountsByName):
    @property
    def header_more_buttons(self) -> list[Any]:
        if not can_set_hours(self.request.user):
            return list(super().header_more_buttons)
        url = reverse("desk:week")
        week = Button(gettext("A whole week"), url=url, icon_name="calendar", priority=50)
        return [*super().header_more_buttons, week]

    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().select_related("resource__location", "location")


class HoursViewSet(ClinicViewSet):
    model = WeeklyHours
    name = "hours"
    icon = "time"
    menu_label = _("Weekly hours")
    add_view_class = CreateHours
    index_view_class = HoursIndex
    edit_view_class = EditHours
    delete_view_class = DeleteHours
    create_template_name = edit_template_name = ShowsWeek.template_name
    list_filter = ["resource", "location", "weekday"]
    list_display = [
        TitleColumn(
            "resource",
            label=_("Practitioner"),
            get_url=lambda row: reverse("hours:edit", args=[row.pk]),
        ),
        Column("weekday", classname="desk-weekday", label=_("Day"), accessor="get_weekday_display"),
        Column("hours", label=_("Hours"), accessor=_hours_of),
        Column("place", label=_("Location")),
        SeldomColumn("valid_from", label=_("Valid from")),
        SeldomColumn("valid_to", label=_("Valid to")),
    ]

    def get_form_class(self, for_update: bool = False) -> Any:
        return HoursForm

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """A row is not an hour, so fifteen rows are "15 entries", not "15 weekly hours"."""
        names = {"verbose_name": _("entry"), "verbose_name_plural": _("entries")}
        return dict(super().get_common_view_kwargs(**kwargs)) | names


def _people_of(closure: Any) -> str:
    if not closure.people:
        return gettext("nobody")
    visits = ngettext("%(count)s visit", "%(count)s visits", closure.people)
    return visits % {"count": closure.people}


class ClosureViewSet(ClinicViewSet):
    model = DateException
    name = "closures"
    icon = "date"
    menu_label = _("Closures")
    index_view_class = ClosureIndex
    add_view_class = CreateClosure
    edit_view_class = EditClosure
    delete_view_class = DeleteClosure
    ordering = "-start"
    list_filter = ["location", "resource", "kind"]
    list_display = [
        TitleColumn(
            "start",
            label=_("From"),
            accessor=lambda row: short_at(row.start, row.location),
            get_url=lambda row: reverse(
                "desk:closure" if row.source_id else "closures:edit", args=[row.pk]
            ),
        ),
        Column(
            "end",
            classname="desk-until",
            label=_("To"),
            accessor=lambda row: short_at(row.end, row.location),
        ),
        Column("kind", label=_("Kind"), accessor="get_kind_display"),
        Column("who", label=_("Who"), accessor=lambda row: row.resource or row.location),
        Column("reason", label=_("Reason"), accessor="why"),
        TitleColumn(
            "people",
            label=_("People affected"),
            accessor=_people_of,
            get_url=lambda row: reverse("desk:closure", args=[row.pk]) if row.people else None,
        ),
    ]

    def get_form_class(self, for_update: bool = False) -> Any:
        return ClosureForm


class ClinicGroup(ViewSetGroup):
    menu_label = _("Clinic")
    menu_name = "clinic"
    menu_icon = "group"
    menu_order = 40
    items = (
        ClosureViewSet,
        HoursViewSet,
        PeopleViewSet,
        RoomViewSet,
        ServiceViewSet,
        LocationViewSet,
    )
