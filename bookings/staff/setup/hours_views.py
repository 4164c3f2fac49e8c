"""Weekly hours and closures in the admin: the resulting week, who is affected, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from wagtail.admin import messages
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import log

from bookings import transitions
from bookings.enums import ExceptionKind
from bookings.models import Appointment, DateException, Location, WeeklyHours
from bookings.schedule.intervals import Interval
from bookings.schedule.local_time import DAY
from bookings.staff.setup import affected_visits
from bookings.staff.setup.hours_forms import HoursForm, visits_of_opening
from bookings.templatetags.desk import closed_span


@dataclass
class PreviewDay:
    date: date
    before: list[Interval]
    after: list[Interval]

    @property
    def changed(self) -> bool:
        return self.before != self.after


def preview(
    now: affected_visits.Week, after: affected_visits.Week, first: date
) -> list[PreviewDay]:
    """Seven days from the Monday of `first`, with the person's ranges before and after the change."""
    monday = first - DAY * first.weekday()
    days = [monday + DAY * offset for offset in range(7)]
    return [PreviewDay(day, now.day(day), after.day(day)) for day in days]


class ShowsWeek:
    """With `show` in the POST the resulting week is shown and nothing is saved."""

    template_name = "bookings/staff/hours_form.html"
    request: Any

    def form_valid(self, form: HoursForm) -> HttpResponse:
        if "show" in self.request.POST:
            context = self.get_context_data(form=form)
            return self.render_to_response(context)  # type: ignore[attr-defined,no-any-return]
        return super().form_valid(form)  # type: ignore[misc,no-any-return]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        form: HoursForm = context["form"]
        row = form.instance
        if row.resource_id and row.start and row.end:
            today = row.place.today(timezone.now())
            first = max(today, row.valid_from or today)
            now = affected_visits.week_of(row.resource, row.place)
            week = form.week(row.resource, row.place) if form.is_bound else now
            context["week"] = preview(now, week, first)
            context["person"], context["place"] = row.resource, row.place
        return context


class CreateHours(ShowsWeek, generic.CreateView):
    pass


class EditHours(ShowsWeek, generic.EditView):
    pass


class RefusesToBreakVisits:
    """Refuses to delete, with the reason, if a visit would fall outside the hours."""

    object: Any
    request: Any

    def broken(self) -> list[Appointment]:
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        out = self.broken()
        if out:
            messages.error(self.request, str(affected_visits.outside_these_hours(out)))
            return HttpResponseRedirect(self.get_success_url())  # type: ignore[attr-defined]
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        return response


class DeleteHours(RefusesToBreakVisits, generic.DeleteView):
    object: WeeklyHours

    def broken(self) -> list[Appointment]:
        person = self.object.resource
        now = affected_visits.week_of(person, self.object.place)
        after = affected_visits.week_minus(now, rows=[self.object.pk])
        return affected_visits.visits_lost(person, after, now=timezone.now())


class EnteredByHand:
    """What a calendar says is changed there, and nowhere else."""

    def get_object(self, queryset: Any = None) -> DateException:
        found: DateException = super().get_object(queryset)  # type: ignore[misc]
        if found.source_id:
            raise Http404
        return found


class DeleteClosure(EnteredByHand, RefusesToBreakVisits, generic.DeleteView):
    object: DateException

    def broken(self) -> list[Appointment]:
        return visits_of_opening(self.object)

    def delete_action(self) -> None:
        with transaction.atomic():
            log(instance=self.object, action="wagtail.delete")
            transitions.remove_closure(self.object, now=timezone.now())


class ClaimsTime:
    """Claims a closure's free time in the transaction that saves it, then shows the people affected."""

    request: Any
    form: Any
    object: DateException
    affected: Sequence[Appointment] = ()

    def save_instance(self) -> DateException:
        with transaction.atomic():
            transitions.lock_location(self.form.instance)
            saved: DateException = super().save_instance()  # type: ignore[misc]
            actor = transitions.staff(self.request.user)
            self.affected = transitions.apply_closure(saved, actor=actor, now=timezone.now())
        return saved

    def get_success_message(self, instance: DateException | None = None) -> str:
        instance = instance or self.object
        done = gettext("Extra opening: %(what)s.")
        if instance.kind == ExceptionKind.CLOSED:
            done = gettext("Closed: %(what)s.")
        said = done % {"what": closed_span(instance)}
        people = len(self.affected)
        if people:
            text = ngettext(
                "%(count)s person needs a new time.", "%(count)s people need a new time.", people
            )
            said += " " + text % {"count": people}
        return said

    def get_success_url(self) -> str:
        if self.affected:
            return reverse("desk:closure", args=[self.object.pk])
        url: str = super().get_success_url()  # type: ignore[misc]
        return url


class CreateClosure(ClaimsTime, generic.CreateView):
    """`?day=2026-11-26` fills in that whole day."""

    def get_initial(self) -> dict[str, Any]:
        place = Location.objects.filter(active=True).first()
        initial: dict[str, Any] = super().get_initial() | {"location": place}
        try:
            day = date.fromisoformat(self.request.GET.get("day", ""))
            following = day + timedelta(days=1)
        except (ValueError, OverflowError):
            return initial
        return initial | {"start": f"{day}T00:00", "end": f"{following}T00:00"}


class EditClosure(EnteredByHand, ClaimsTime, generic.EditView):
    pass


class ClosureIndex(generic.IndexView):
    def get_base_queryset(self) -> Any:
        """Busy times of people's own calendars are in the diary; here where a visit is inside."""
        rows = super().get_base_queryset().select_related("location", "resource")
        rows = rows.annotate(people=Count("displaced"))
        return rows.exclude(source__isnull=False, people=0)

    @property
    def header_more_buttons(self) -> list[Any]:
        url = reverse("desk:public_holidays")
        holidays = Button(gettext("Public holidays"), url=url, icon_name="date", priority=50)
        return [*super().header_more_buttons, holidays]
