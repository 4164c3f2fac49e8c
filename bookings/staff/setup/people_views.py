"""Practitioners and rooms in the admin: one table, with pages for each kind."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import Button

from bookings.enums import ResourceKind
from bookings.models import Resource
from bookings.permissions import can_set_calendars, can_set_up
from bookings.staff.setup.clinic_viewset import ClinicViewSet, CountsByName, KeepWhatIsUsed
from bookings.staff.setup.forms import PersonForm, RoomForm
from clinic.columns import YesNoColumn

PLURAL = {ResourceKind.PRACTITIONER: _("Practitioners"), ResourceKind.ROOM: _("Rooms")}


def _where(resource: Resource) -> str:
    return ", ".join(place.name for place in resource.places)


class OfKind:
    """Practitioners and rooms share a table, but each kind has its own pages."""

    kind = ResourceKind.PRACTITIONER

    def get_base_queryset(self) -> Any:
        rows = super().get_base_queryset()  # type: ignore[misc]
        own = rows.filter(kind=self.kind, merged_into=None)
        return own.select_related("location").prefetch_related("also_at")

    def get_object(self, queryset: Any = None) -> Resource:
        found: Resource = super().get_object(queryset)  # type: ignore[misc]
        if found.kind != self.kind or found.merged_into_id:
            raise Http404
        return found


class PeopleIndex(OfKind, CountsByName):
    page_title = _("Practitioners")
    add_item_label = _("Add practitioner")


class NamesItsKind(OfKind):
    """The heading of a new one, and the way back, say practitioner or room, not either."""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = super().get_breadcrumbs_items()  # type: ignore[misc]
        index = self.index_url_name  # type: ignore[attr-defined]
        names = {reverse(index): PLURAL[self.kind]} if index else {}
        return [item | {"label": names.get(item["url"], item["label"])} for item in items]


class PersonEdit(NamesItsKind, generic.EditView):
    """Who is switched off while visits are booked stays on: the page of their leaving comes next."""

    def get_success_url(self) -> str:
        if getattr(self.form, "still_booked", None):
            return reverse("desk:leave", args=[self.object.pk])
        url: str = super().get_success_url()
        return url

    @property
    def header_more_buttons(self) -> list[Any]:
        buttons = list(super().header_more_buttons)
        if self.kind != ResourceKind.PRACTITIONER:
            return buttons
        if can_set_up(self.request.user):
            url = reverse("desk:merge", args=[self.object.pk])
            label = _("Merge with another record")
            buttons.append(Button(label, url=url, icon_name="group", priority=60))
        if can_set_calendars(self.request.user):
            buttons.append(self._own_calendars())
        return buttons

    def _own_calendars(self) -> Button:
        """The way to them, and whether one cannot be read."""
        failing = self.object.own_calendars.exclude(problem="").exists()
        label = _("Own calendars: cannot be read") if failing else _("Own calendars")
        url = reverse("desk:calendars_of", args=[self.object.pk])
        icon = "warning" if failing else "calendar-alt"
        return Button(label, url=url, icon_name=icon, priority=50)


class PersonAdd(NamesItsKind, generic.CreateView):
    page_subtitle = _("Practitioner")


class PersonDelete(OfKind, KeepWhatIsUsed):
    pass


class RoomIndex(PeopleIndex):
    kind = ResourceKind.ROOM
    page_title = _("Rooms")
    add_item_label = _("Add room")


class RoomAdd(PersonAdd):
    kind = ResourceKind.ROOM
    page_subtitle = _("Room")


class RoomEdit(PersonEdit):
    kind = ResourceKind.ROOM


class RoomDelete(PersonDelete):
    kind = ResourceKind.ROOM


class PeopleViewSet(ClinicViewSet):
    model = Resource
    name = "people"
    icon = "user"
    menu_label = _("Practitioners")
    index_view_class = PeopleIndex
    add_view_class = PersonAdd
    edit_view_class = PersonEdit
    delete_view_class = PersonDelete
    list_display = [
        "name",
        Column("location", label=_("Location"), accessor=_where),
        YesNoColumn("active", label=_("Takes appointments")),
    ]

    def get_form_class(self, for_update: bool = False) -> Any:
        return PersonForm

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        names = {"verbose_name": _("practitioner"), "verbose_name_plural": _("practitioners")}
        return dict(super().get_common_view_kwargs(**kwargs)) | names


class RoomViewSet(PeopleViewSet):
    name = "rooms"
    icon = "key"
    menu_label = _("Rooms")
    index_view_class = RoomIndex
    add_view_class = RoomAdd
    edit_view_class = RoomEdit
    delete_view_class = RoomDelete

    def get_form_class(self, for_update: bool = False) -> Any:
        return RoomForm

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        names = {"verbose_name": _("room"), "verbose_name_plural": _("rooms")}
        return dict(super().get_common_view_kwargs(**kwargs)) | names
