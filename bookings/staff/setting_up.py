"""Forms for the clinic's people, rooms, hours and closures, with the rules beside the fields."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.images import get_image_model
from wagtail.images.widgets import AdminImageChooser

from bookings import clock, public_holidays
from bookings.enums import ExceptionKind, ResourceKind
from bookings.models import (
    Appointment,
    DateException,
    Location,
    Practitioner,
    Resource,
    WeeklyHours,
)
from bookings.staff import honouring
from bookings.validators import validate_plain_text

PROFILE = ("title", "bio", "photo", "user")
LONGEST_CLOSURE = timedelta(days=62)


class ResourceForm(WagtailAdminModelForm):
    """A practitioner or a room: the subclass says which."""

    kind: ResourceKind

    class Meta:
        model = Resource
        fields = ["location", "name", "active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.kind = self.kind

    def _get_validation_exclusions(self) -> set[str]:
        # The kind is not a field of the form, yet part of the rule "one of that name".
        return set(super()._get_validation_exclusions()) - {"kind"}

    def clean_location(self) -> Any:
        location = self.cleaned_data["location"]
        if self.instance.pk and "location" in self.changed_data:
            held = Appointment.objects.holding(timezone.now())
            mine = held.filter(practitioner=self.instance) | held.filter(room=self.instance)
            if mine.exists():
                raise forms.ValidationError(
                    _("There are visits in the diary here. Move or cancel them first.")
                )
        return location

    def clean_active(self) -> bool:
        """Whoever takes no appointments is not in the diary: nobody must be expected there."""
        active = bool(self.cleaned_data["active"])
        if self.instance.pk and not active and "active" in self.changed_data:
            visits = honouring.to_come(self.instance, timezone.now())
            if visits:
                raise forms.ValidationError(str(honouring.still_to_come(visits)))
        return active


class RoomForm(ResourceForm):
    kind = ResourceKind.ROOM


class PersonForm(ResourceForm):
    """A practitioner with what patients may know of them, and who logs in as them."""

    kind = ResourceKind.PRACTITIONER
    title = forms.CharField(label=_("Job title"), max_length=80, required=False)
    bio = forms.CharField(
        label=_("About"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[validate_plain_text],
        help_text=_("Patients read this when they choose whom to see."),
    )
    photo = forms.ModelChoiceField(
        label=_("Photo"),
        queryset=get_image_model().objects.all(),
        required=False,
        widget=AdminImageChooser,
        help_text=_("A portrait, at least 480 pixels wide."),
    )
    user = forms.ModelChoiceField(
        label=_("Login"),
        queryset=get_user_model().objects.none(),
        required=False,
        help_text=_("Whoever logs in with it sees this diary."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        users = get_user_model().objects.filter(is_active=True)
        self.fields["user"].queryset = users.order_by("username")
        profile = getattr(self.instance, "practitioner", None) if self.instance.pk else None
        if profile:
            for name in PROFILE:
                self.fields[name].initial = getattr(profile, name)

    def clean_user(self) -> Any:
        user = self.cleaned_data["user"]
        taken = Practitioner.objects.filter(user=user).exclude(resource=self.instance.pk)
        if user and taken.exists():
            raise forms.ValidationError(_("This login belongs to another practitioner."))
        return user

    def save(self, commit: bool = True) -> Resource:
        person: Resource = super().save(commit)
        profile = {name: self.cleaned_data[name] for name in PROFILE}
        Practitioner.objects.update_or_create(resource=person, defaults=profile)
        return person


class LocationForm(WagtailAdminModelForm):
    class Meta:
        model = Location
        fields = ["name", "address", "time_zone", "country", "region", "active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"] = forms.ChoiceField(
            label=_("Country"),
            choices=[("", _("None")), *public_holidays.countries()],
            required=False,
            help_text=_("Its public holidays are suggested as closures."),
        )

    def clean_region(self) -> str:
        region = str(self.cleaned_data["region"]).strip().upper()
        public_holidays.check_region(self.cleaned_data.get("country", ""), region)
        return region

    def clean_time_zone(self) -> str:
        """Hours are wall-clock times: on another clock they are other hours."""
        name = str(self.cleaned_data["time_zone"])
        if self.instance.pk and "time_zone" in self.changed_data:
            people = Resource.objects.filter(location=self.instance).select_related("location")
            out = []
            for person in people.filter(kind=ResourceKind.PRACTITIONER):
                after = replace(honouring.week_of(person), zone=ZoneInfo(name))
                out += honouring.left_out(person, after, now=timezone.now())
            if out:
                raise forms.ValidationError(str(honouring.outside_these_hours(out)))
        return name


class ServiceForm(WagtailAdminModelForm):
    """The rules between a service and the visits and rooms that there are."""

    def clean_practitioners(self) -> Any:
        chosen = self.cleaned_data["practitioners"]
        if self.instance.pk:
            now = timezone.now()
            held = Appointment.objects.holding(now).filter(service=self.instance, start__gt=now)
            gone = held.exclude(practitioner__in=chosen).select_related("request", "location")
            if gone:
                raise forms.ValidationError(str(honouring.still_to_come(list(gone))))
        return chosen

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("needs_room"):
            places = {person.location for person in cleaned.get("practitioners") or ()}
            rooms = Resource.objects.filter(kind=ResourceKind.ROOM, active=True)
            have = set(rooms.values_list("location_id", flat=True))
            without = sorted(place.name for place in places if place.pk not in have)
            if without:
                text = _("There is no room at: %(names)s. Without one no time is free.")
                self.add_error("needs_room", text % {"names": ", ".join(without)})
        return cleaned


class HoursForm(WagtailAdminModelForm):
    class Meta:
        model = WeeklyHours
        fields = ["resource", "weekday", "start", "end", "valid_from", "valid_to"]
        labels = {"resource": _("Practitioner")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Resource.objects.filter(kind=ResourceKind.PRACTITIONER)
        self.fields["resource"].queryset = people.select_related("location")
        self.before = WeeklyHours.objects.filter(pk=self.instance.pk).first()

    def _post_clean(self) -> None:
        """After the row has its new values: does everybody who is booked still fit?"""
        super()._post_clean()  # type: ignore[misc]
        if self.errors or not self.before:
            return  # more hours break nothing
        person = self.before.resource
        out = honouring.left_out(person, self.week(person), now=timezone.now())
        if out:
            self.add_error(None, str(honouring.outside_these_hours(out)))

    def week(self, person: Resource) -> honouring.Week:
        """The person's week as it would be with this row."""
        week = honouring.without(honouring.week_of(person), rows=[self.instance.pk])
        if self.instance.resource_id == person.pk:
            week.rows.append(self.instance)
        return week


def _wall_clock() -> forms.DateTimeInput:
    return forms.DateTimeInput(
        attrs={"type": "datetime-local", "step": "300"}, format="%Y-%m-%dT%H:%M"
    )


class ClosureForm(WagtailAdminModelForm):
    """From and to are typed on the wall clock of the location that is chosen in the same form."""

    start = forms.CharField(label=_("From"), widget=_wall_clock())
    end = forms.CharField(label=_("To"), widget=_wall_clock())

    class Meta:
        model = DateException
        fields = ["location", "resource", "kind", "reason"]
        help_texts = {"resource": ""}

    field_order = ["location", "resource", "kind", "start", "end", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["resource"].empty_label = _("The whole location")
        if self.instance.pk:
            zone = self.instance.location.zone
            for name in ("start", "end"):
                at = getattr(self.instance, name).astimezone(zone)
                self.initial[name] = at.strftime("%Y-%m-%dT%H:%M")

    def _get_validation_exclusions(self) -> set[str]:
        # The two are declared by hand above, and the rule between them must still be checked.
        return set(super()._get_validation_exclusions()) - {"start", "end"}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        location, resource = cleaned.get("location"), cleaned.get("resource")
        if resource and location and resource.location_id != location.pk:
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
        if self.instance.pk:
            self._keep_openings(cleaned)
        return cleaned

    def _keep_openings(self, cleaned: dict[str, Any]) -> None:
        """An extra opening in which somebody is booked cannot shrink or go."""
        before = DateException.objects.select_related("resource__location").get(pk=self.instance.pk)
        after = None
        if cleaned.get("kind") == ExceptionKind.OPEN:
            after = (cleaned["start"], cleaned["end"])
        out = visits_of_opening(before, after)
        if out:
            self.add_error(None, str(honouring.outside_these_hours(out)))

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
    """Visits that fit only because of this extra opening, and not if it became `after`, or nothing."""
    if opening.kind != ExceptionKind.OPEN:
        return []
    rows = Resource.objects.filter(location=opening.location_id, kind=ResourceKind.PRACTITIONER)
    people = rows.filter(pk=opening.resource_id) if opening.resource_id else rows
    out = []
    for person in people.select_related("location"):
        week = honouring.without(honouring.week_of(person), opening=opening)
        week.openings += [after] if after else []
        out += honouring.left_out(person, week, now=timezone.now())
    return out
