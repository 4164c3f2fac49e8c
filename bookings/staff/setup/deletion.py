"""Deleting a row of the clinic's set-up: refused while requests or visits use it."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, ProtectedError
from django.db.models.deletion import Collector
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from wagtail.admin import messages
from wagtail.admin.views import generic


class KeepWhatIsUsed(generic.DeleteView):
    """A row that visits or requests use cannot be deleted; staff read so before they are asked."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_protected(self.object):
            return self.refuse()
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            response: HttpResponse = super().form_valid(form)
        except ProtectedError:
            return self.refuse()
        return response

    def refuse(self) -> HttpResponse:
        text = gettext("Requests or visits use this, so it cannot be deleted. Switch it off.")
        messages.error(self.request, text)
        return HttpResponseRedirect(self.get_success_url())


def is_protected(row: Model) -> bool:
    """Whether deleting the row would delete something that must stay."""
    try:
        Collector(using=str(row._state.db), origin=row).collect([row])
    except ProtectedError:
        return True
    return False
