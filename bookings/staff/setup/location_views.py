"""Editing a location: a new address or time zone is saved once staff have seen whom it concerns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from wagtail.admin import messages
from wagtail.admin.views import generic

from bookings import transitions
from bookings.errors import BookingError
from bookings.models import Appointment, Location, Resource, Service
from bookings.schedule.local_time import instant
from bookings.staff.setup.clinic_viewset import KeepWhatIsUsed
from bookings.staff.setup.location_forms import LocationForm, PlaceForm


@dataclass(frozen=True)
class Row:
    """A visit, and when it would be on the old clock if the wall-clock time stays (UTC)."""

    visit: Appointment
    moved: datetime

    @property
    def shifts(self) -> bool:
        return self.moved != self.visit.start


class DeleteLocation(KeepWhatIsUsed):
    """Not while somebody also works there, or a service keeps to it: that would be offered everywhere."""

    def form_valid(self, form: Any) -> HttpResponse:
        place = self.object.pk
        people = Resource.also_at.through.objects.filter(location=place)
        services = Service.locations.through.objects.filter(location=place)
        if people.exists() or services.exists():
            text = gettext("Practitioners or services name this location. Take it off there first.")
            messages.error(self.request, text)
            return HttpResponseRedirect(self.get_success_url())
        return super().form_valid(form)


class EditLocation(generic.EditView):
    """With visits ahead a second page names them and asks. It acts only on what it showed."""

    confirm_template = "bookings/staff/location_change.html"

    def form_valid(self, form: LocationForm) -> HttpResponse:
        if not form.changes_place:
            return super().form_valid(form)
        try:
            with transaction.atomic():
                return self._ask_or_save(form)
        except BookingError as error:
            form.add_error(None, str(error.message))
            self.produced_error_message = self.get_error_message()
            return self.form_invalid(form)

    def _ask_or_save(self, form: LocationForm) -> HttpResponse:
        before = Location.objects.select_for_update(no_key=True).get(pk=form.instance.pk)
        other_zone = before.time_zone != form.instance.time_zone
        visits = transitions.concerned(before, other_zone=other_zone, now=timezone.now())
        if not visits:
            return super().form_valid(form)
        shown = transitions.fingerprint(before, visits)
        posted = self.request.POST if "shown" in self.request.POST else None
        ask = PlaceForm(
            posted,
            location=form.instance,
            other_zone=other_zone,
            initial={"shown": shown},
        )
        stale = posted is not None and posted["shown"] != shown
        if stale or not ask.is_valid():
            return self._ask(form, ask, before, visits, stale=stale)
        form.answers = ask.cleaned_data
        response = super().form_valid(form)
        messages.info(self.request, said(form.told))
        return response

    def _ask(
        self,
        form: LocationForm,
        ask: PlaceForm,
        before: Location,
        visits: Sequence[Appointment],
        *,
        stale: bool,
    ) -> HttpResponse:
        if stale:
            ask = PlaceForm(
                location=form.instance,
                other_zone="keep" in ask.fields,
                initial={"shown": transitions.fingerprint(before, visits)},
            )
        rows = [Row(visit, _moved(visit, form.instance)) for visit in visits]
        context = self.get_context_data(form=form)
        context |= {
            "ask": ask,
            "rows": rows,
            "before": before,
            "after": form.instance,
            "stale": stale,
        }
        return self.response_class(
            request=self.request,
            template=[self.confirm_template],
            context=context,
            status=409 if stale else 200,
        )


def _moved(visit: Appointment, after: Location) -> datetime:
    local = visit.start.astimezone(visit.zone)
    return instant(local.date(), local.time(), after.zone)


def said(told: Any) -> str:
    """How many are told by mail, and whom to phone."""
    mails, calls = len(told.by_mail), [row.reference for row in told.to_phone]
    parts = []
    if mails:
        text = ngettext("%(count)s patient gets a mail.", "%(count)s patients get a mail.", mails)
        parts.append(text % {"count": mails})
    if calls:
        parts.append(gettext("To phone: %(references)s.") % {"references": ", ".join(calls)})
    return " ".join(parts) or gettext("Nobody is told.")
