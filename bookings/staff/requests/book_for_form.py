"""What the desk enters for somebody on the phone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings import clock
from bookings.enums import FIRST_REASONS, ResourceKind, Side
from bookings.forms.fields import PhoneField
from bookings.models import Location, Resource, Service
from bookings.validators import validate_one_line, validate_plain_text


def reasons(service: Service | None = None) -> dict[str, str]:
    """What somebody may come for: to this service, or to any."""
    services = [service] if service else Service.objects.filter(active=True)
    asked = [asks for each in services if (asks := each.asks)]
    found = {key: text for asks in asked for key, text in asks.reasons}
    return found or {key: str(text) for key, text in FIRST_REASONS.items()}


class PhoneForm(forms.Form):
    """What someone says on the phone. The key makes a double click one visit."""

    key = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=120, validators=[validate_one_line])
    phone = PhoneField(label=_("Phone"))
    email = forms.EmailField(
        label=_("Email"),
        max_length=254,
        required=False,
        help_text=_("Spell it back to them. The confirmation goes there."),
    )
    service = forms.ModelChoiceField(
        label=_("Service"), queryset=Service.objects.filter(active=True), empty_label=None
    )
    location = forms.ModelChoiceField(
        label=_("Location"), queryset=Location.objects.filter(active=True), empty_label=None
    )
    start = forms.CharField(
        label=_("Start"),
        max_length=30,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "300"}),
    )
    practitioner = forms.ModelChoiceField(
        label=_("With"),
        queryset=Resource.objects.filter(kind=ResourceKind.PRACTITIONER, active=True),
        required=False,
        empty_label=_("Anyone free"),
    )
    reason = forms.ChoiceField(label=_("What for"), choices=lambda: reasons().items())
    side = forms.ChoiceField(label=_("Side"), choices=Side.choices, initial=Side.UNSURE)
    note = forms.CharField(
        label=_("Note"),
        help_text=_("Optional."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        validators=[validate_plain_text],
    )
    consent = forms.BooleanField(label=_("They agree that we keep this, to prepare the visit"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        location, service = cleaned.get("location"), cleaned.get("service")
        who = cleaned.get("practitioner")
        if who and service and location:
            offered = service.practitioners.filter(location=location, pk=who.pk)
            if not offered.exists():
                self.add_error("practitioner", _("Does not offer this service there."))
        if service and cleaned.get("reason") not in {None, *reasons(service)}:
            self.add_error("reason", _("This service does not ask that: choose another."))
        if location and "start" in cleaned:
            self._to_instant(cleaned, location)
        return cleaned

    def _to_instant(self, cleaned: dict[str, Any], location: Location) -> None:
        try:
            wall = datetime.fromisoformat(cleaned["start"].strip())
            if wall.tzinfo or not clock.is_of_our_time(wall):
                raise ValueError
            cleaned["start"] = clock.instant_of(wall, location.zone)
        except ValueError:
            self.add_error("start", _("Enter a date and a time."))
        except forms.ValidationError as error:
            self.add_error("start", error)
