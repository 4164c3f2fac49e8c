"""What staff send about one request."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings import clock
from bookings.enums import DeclineReason, Reason, ResourceKind, Side
from bookings.forms.fields import PhoneField
from bookings.models import Location, Resource, Service
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
        label=_("Message to the patient"),
        help_text=_("Optional. Goes into the mail that says the visit is cancelled."),
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


class MoveForm(ConfirmForm):
    """Another time for a booked visit."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["start"].required = True


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
    reason = forms.ChoiceField(label=_("What for"), choices=Reason.choices)
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


class SearchForm(forms.Form):
    """Sent as POST: a name or an address typed here must not end up in an address or a log."""

    q = forms.CharField(
        label=_("Search by reference, name, email or phone"),
        max_length=120,
        required=False,
        widget=forms.TextInput(
            attrs={
                "placeholder": _("Reference, name, email or phone"),
                "autocomplete": "off",
                "spellcheck": "false",
                "data-w-kbd-target": "element",
            }
        ),
    )
