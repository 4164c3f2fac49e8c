"""Fields for a time, typed on the location's wall clock or carried by a button; and for texts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings import clock
from bookings.forms.texts import WantsTexts
from bookings.models import Location


class ClinicTimeField(forms.DateTimeField):
    """A date and time typed on the location's wall clock, as an instant in UTC.

    A time that the clocks skip is refused; of one that happens twice the first is meant.
    """

    widget = forms.DateTimeInput(
        attrs={"type": "datetime-local", "step": "300"}, format="%Y-%m-%dT%H:%M"
    )
    location: Location | None = None

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, datetime) and value.tzinfo and self.location:
            return value.astimezone(self.location.zone).replace(tzinfo=None)
        return value

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        try:
            parsed = datetime.fromisoformat(str(value).strip())
        except ValueError as error:
            raise forms.ValidationError(_("Enter a date and a time."), code="invalid") from error
        if parsed.tzinfo is not None or self.location is None or not clock.is_of_our_time(parsed):
            raise forms.ValidationError(_("Enter a date and a time."), code="invalid")
        return clock.instant_of(parsed, self.location.zone)


class InstantField(forms.CharField):
    """A start as a button carries it: UTC, to the minute, such as 2026-11-26T14:30Z."""

    def to_python(self, value: Any) -> datetime | None:  # type: ignore[override]
        if value in self.empty_values:
            return None
        try:
            at = datetime.strptime(str(value), "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
            if not clock.is_of_our_time(at):
                raise ValueError
            return at
        except ValueError as error:
            raise forms.ValidationError(_("Choose one of the times.")) from error


class TheyWantTexts(WantsTexts):
    """A box for staff, who ask the patient."""

    texts = forms.BooleanField(
        label=_("They want text messages as well"),
        help_text=_("About a booked visit, beside our emails. Needs a mobile number."),
        required=False,
    )
