"""Forms for weekly hours, closures and extra openings, with their rules."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from bookings import clock
from bookings.enums import ExceptionKind, ResourceKind
from bookings.models import Appointment, DateException, Location, Resource, WeeklyHours
from bookings.staff.setup import affected_visits

LONGEST_CLOSURE = timedelta(days=62)


class HoursForm(WagtailAdminModelForm):
    class Meta:
        model = WeeklyHours
        fields = ["resource", "location", "weekday", "start", "end", "valid_from", "valid_to"]
        labels = {"resource": _("Practitioner"), "location": _("Location")}
        help_texts = {"valid_to": _("Last day these hours apply.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("start", "end"):
            self.fields[name].widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
        for name in ("valid_from", "valid_to"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        people = Resource.objects.filter(kind=ResourceKind.PRACTITIONER)
        self.fields["resource"].queryset = people.filter(merged_into=None).select_related(
            "location"
        )
        self.fields["resource"].empty_label = _("Choose")
        self.fields["location"].empty_label = _("Where they usually work")
        if not several_locations():
            del self.fields["location"]
        days = self.fields["weekday"].choices
        self.fields["weekday"].choices = [
            (day, _("Choose") if day == "" else label) for day, label in days
        ]
        self.before = WeeklyHours.objects.filter(pk=self.instance.pk).first()

    def clean_valid_from(self) -> date | None:
        return _of_this_century(self.cleaned_data["valid_from"])

    def clean_valid_to(self) -> date | None:
        return _of_this_century(self.cleaned_data["valid_to"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        person = cleaned.get("resource")
        if person and "location" in self.fields:
            cleaned["location"] = cleaned.get("location") or person.location
            if cleaned["location"] not in person.places:
                self.add_error("location", _("This practitioner does not work there."))
        return cleaned

    def _post_clean(self) -> None:
        """Once the row has its new values, check that all booked visits still fit."""
        super()._post_clean()  # type: ignore[misc]
        if self.errors or not self.before:
            return  # new hours cannot break a visit
        week = self.week(self.before.resource, self.before.place)
        out = affected_visits.visits_lost(self.before.resource, week, now=timezone.now())
        if out:
            self.add_error(None, str(affected_visits.outside_these_hours(out)))

    def week(self, person: Resource, place: Location) -> affected_visits.Week:
        """The person's week at that location with this row as changed."""
        now = affected_visits.week_of(person, place)
        week = affected_visits.week_minus(now, rows=[self.instance.pk])
        if self.instance.resource_id == person.pk and self.instance.place == place:
            week.rows.append(self.instance)
        return week


def several_locations() -> bool:
    return Location.objects.count() > 1


def _of_this_century(day: date | None) -> date | None:
    if day and not clock.is_of_our_time(day):
        raise forms.ValidationError(_("Enter a day of this century."))
    return day


def _wall_clock() -> forms.DateTimeInput:
    return forms.DateTimeInput(
        attrs={"type": "datetime-local", "step": "300"}, format="%Y-%m-%dT%H:%M"
    )


class ClosureForm(WagtailAdminModelForm):
    """From and to are local times at the location chosen in the same form."""

    start = forms.CharField(label=_("From"), widget=_wall_clock())
    end = forms.CharField(label=_("To"), widget=_wall_clock())

    class Meta:
        model = DateException
        fields = ["location", "resource", "kind", "reason"]
        help_texts = {
            "resource": _(
                "A person is closed wherever they work. An extra opening is at this location alone."
            )
        }

    field_order = ["location", "resource", "kind", "start", "end", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["resource"].empty_label = _("The whole location")
        self.fields["resource"].queryset = Resource.objects.filter(merged_into=None)
        kinds = self.fields["kind"].choices
        self.fields["kind"].choices = [(kind, capfirst(label)) for kind, label in kinds]
        if self.instance.pk:
            zone = self.instance.location.zone
            for name in ("start", "end"):
                at = getattr(self.instance, name).astimezone(zone)
                self.initial[name] = at.strftime("%Y-%m-%dT%H:%M")

    def _get_validation_exclusions(self) -> set[str]:
        # Both are declared by hand above; the constraint between them must still be checked.
        return set(super()._get_validation_exclusions()) - {"start", "end"}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        location, resource = cleaned.get("location"), cleaned.get("resource")
        if resource and location and location not in resource.places:
            self.add_error("resource", _("This person or room is at another location."))
        if location:
            for name in ("start", "end"):
                self._to_instant(name, cleaned, location)
        start, end = cleaned.get("start"), cleaned.get("end")
        if not (isinstance(start, datetime) and isinstance(end, datetime)):
            return cleaned
        if end - start > LONGEST_CLOSURE:
            days = LONGEST_CLOSURE.days
            message = _("At most %(days)s days. For longer, end the weekly hours instead.")
            self.add_error("end", message % {"days": days})
        elif self.instance.pk:
            self._keep_openings(cleaned)
        return cleaned

    def _keep_openings(self, cleaned: dict[str, Any]) -> None:
        """An extra opening with visits in it cannot shrink or go."""
        before = DateException.objects.select_related("location").get(pk=self.instance.pk)
        after = None
        if cleaned.get("kind") == ExceptionKind.OPEN:
            after = (cleaned["start"], cleaned["end"])
        out = visits_of_opening(before, after)
        if out:
            self.add_error(None, str(affected_visits.outside_these_hours(out)))

    def _to_instant(self, name: str, cleaned: dict[str, Any], location: Any) -> None:
        try:
            wall = datetime.fromisoformat(str(cleaned.get(name, "")).strip())
            if wall.tzinfo:
                raise ValueError
            cleaned[name] = clock.instant_of(wall, location.zone)
            setattr(self.instance, name, cleaned[name])
        except ValueError:
            cleaned.pop(name, None)
            if name not in self.errors:
                self.add_error(name, _("Enter a date and a time."))
        except forms.ValidationError as error:
            cleaned.pop(name, None)
            self.add_error(name, error)


def visits_of_opening(
    opening: DateException, after: tuple[datetime, datetime] | None = None
) -> list[Appointment]:
    """Visits that fit only because of this opening, and would not if it became `after` (or were gone)."""
    if opening.kind != ExceptionKind.OPEN:
        return []
    rows = Resource.objects.filter(kind=ResourceKind.PRACTITIONER).at(opening.location)
    people = rows.filter(pk=opening.resource_id) if opening.resource_id else rows
    out = []
    for person in people:
        now = affected_visits.week_of(person, opening.location)
        week = affected_visits.week_minus(now, opening=opening)
        week.openings += [after] if after else []
        out += affected_visits.visits_lost(person, week, now=timezone.now())
    return out
