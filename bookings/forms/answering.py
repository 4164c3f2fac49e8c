"""What staff send about one request."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings import clock
from bookings.enums import DeclineReason
from bookings.models import Location, Resource
from bookings.validators import validate_one_line, validate_plain_text


class StaffForm(forms.Form):
    """Input of a member of staff about one request, with the version that they had on screen."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)


class DeclineForm(StaffForm):
    reason = forms.ChoiceField(label=_("Reason"), choices=DeclineReason.choices)
    message = forms.CharField(
        label=_("Message to the patient"),
        help_text=_("Optional."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=600,
        required=False,
        validators=[validate_plain_text],
    )


class AskForm(StaffForm):
    question = forms.CharField(
        label=_("Question to the patient"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=600,
        validators=[validate_plain_text],
    )


class ReasonedForm(StaffForm):
    why = forms.CharField(label=_("Why"), max_length=300, validators=[validate_one_line])


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


class ConfirmForm(StaffForm):
    """Confirm the held time, or another start with a practitioner."""

    start = ClinicTimeField(label=_("Start"), required=False)
    practitioner = forms.ModelChoiceField(
        label=_("With"),
        queryset=Resource.objects.none(),
        required=False,
        empty_label=_("Anyone free"),
    )

    def __init__(self, *args: Any, location: Location, practitioners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        start, practitioner = self.fields["start"], self.fields["practitioner"]
        assert isinstance(start, ClinicTimeField)
        assert isinstance(practitioner, forms.ModelChoiceField)
        start.location, practitioner.queryset = location, practitioners


class OfferForm(StaffForm):
    """One to three other times, each with anyone or one practitioner."""

    message = forms.CharField(
        label=_("Message to the patient"),
        help_text=_("Optional."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=600,
        required=False,
        validators=[validate_plain_text],
    )

    def __init__(self, *args: Any, location: Location, practitioners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in (1, 2, 3):
            start = ClinicTimeField(label=_("Time"), required=number == 1)
            start.location = location
            self.fields[f"start_{number}"] = start
            self.fields[f"practitioner_{number}"] = forms.ModelChoiceField(
                label=_("With"),
                queryset=practitioners,
                required=False,
                empty_label=_("Anyone free"),
            )
        self.fields["message"] = self.fields.pop("message")  # last, as on the page

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        starts = [cleaned.get(f"start_{n}") for n in (1, 2, 3)]
        given = [start for start in starts if start]
        if len(set(given)) < len(given):
            self.add_error(None, _("Offer each time only once."))
        return cleaned

    def times(self) -> list[tuple[datetime, Resource | None]]:
        data = self.cleaned_data
        return [
            (data[f"start_{n}"], data[f"practitioner_{n}"])
            for n in (1, 2, 3)
            if data.get(f"start_{n}")
        ]
