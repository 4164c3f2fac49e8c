"""What all lists of the clinic's set-up have in common."""

from __future__ import annotations

from typing import Any

from django.db.models import ProtectedError
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from wagtail.admin import messages
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet


class KeepWhatIsUsed(generic.DeleteView):
    """A row that visits or requests use cannot be deleted; it can be switched off."""

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            response: HttpResponse = super().form_valid(form)
        except ProtectedError:
            text = gettext("Requests or visits use this, so it cannot be deleted. Switch it off.")
            messages.error(self.request, text)
            return HttpResponseRedirect(self.get_success_url())
        return response


class ClinicViewSet(ModelViewSet):
    copy_view_enabled = False
    add_to_reference_index = False
    delete_view_class = KeepWhatIsUsed
    list_per_page = 50

    @property
    def url_prefix(self) -> str:  # type: ignore[override]
        return f"clinic/{self.name}"

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """On a phone each row is a card (staff.css), because columns would be one letter wide."""
        shown = {"table_classname": "listing desk-table"}
        return dict(super().get_index_view_kwargs(**kwargs)) | shown


class CountsByName(generic.IndexView):
    """The count below the list uses the view's name for its rows rather than the model's."""

    def get_paginator(self, *args: Any, **kwargs: Any) -> Any:
        pages = super().get_paginator(*args, **kwargs)
        pages.verbose_name = self.verbose_name
        pages.verbose_name_plural = self.verbose_name_plural
        return pages
