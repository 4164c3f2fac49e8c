"""Input that only the desk's own buttons send."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.forms import StaffForm
from bookings.models import Resource
from bookings.validators import validate_plain_text


class InstantField(forms.CharField):
    """A start as a button carries it: UTC, to the minute, such as 2026-11-26T14:30Z."""

    def to_python(self, value: Any) -> datetime | None:  # type: ignore[override]
        if value in self.empty_values:
            return None
        try:
            at = datetime.strptime(str(value), "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
            if not 2000 <= at.year < 2200:
                raise ValueError
            return at
        except ValueError as error:
            raise forms.ValidationError(_("Choose one of the times.")) from error


class PickForm(StaffForm):
    """One of the times shown on the card, taken with one click."""

    pick = InstantField(widget=forms.HiddenInput)
    practitioner = forms.ModelChoiceField(
        queryset=Resource.objects.none(), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, practitioners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["practitioner"].queryset = practitioners  # type: ignore[attr-defined]


class CancelForm(StaffForm):
    """The clinic cancels a booked visit."""

    message = forms.CharField(
        label=_("Message to the patient (optional)"),
        help_text=_("Goes into the mail that says the visit is cancelled."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=600,
        required=False,
        validators=[validate_plain_text],
    )


class NoteForm(forms.Form):
    """A note of staff for staff."""

    text = forms.CharField(
        label=_("New note"),
        help_text=_("For staff only. Patients may ask to read what is kept about them."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        validators=[validate_plain_text],
    )
