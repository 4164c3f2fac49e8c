"""What staff send about one request. Each form is named after the transition whose arguments it gives."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings import clock
from bookings.enums import DeclineReason, Reason, ResourceKind, Side
from bookings.forms.fields import PhoneField
from bookings.models import ConsultationRequest, Location, Resource, Service
from bookings.staff.requests.fields import ClinicTimeField, InstantField
from bookings.validators import validate_one_line, validate_plain_text


class RequestForm(forms.Form):
    """Input of a member of staff about one request. `arguments` are those of its transition."""

    def __init__(self, *args: Any, consultation: ConsultationRequest, **kwargs: Any) -> None:
        self.consultation = consultation
        super().__init__(*args, **kwargs)

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class StaffForm(RequestForm):
    """The same, with the version of the request that they had on screen."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def __init__(self, *args: Any, consultation: ConsultationRequest, **kwargs: Any) -> None:
        initial = {"version": consultation.version} | (kwargs.pop("initial", None) or {})
        super().__init__(*args, consultation=consultation, initial=initial, **kwargs)


class AssignForm(StaffForm):
    """To oneself, or with "nobody" back to the desk."""

    to = forms.CharField(widget=forms.HiddenInput, required=False)


class MessageForm(StaffForm):
    """An answer with a message that the patient reads."""

    message = forms.CharField(
        label=_("Message to the patient"),
        help_text=_("Optional."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=600,
        required=False,
        validators=[validate_plain_text],
    )


class CancelForm(MessageForm):
    """The clinic cancels a booked visit."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["message"].help_text = _(
            "Optional. Goes into the mail that says the visit is cancelled."
        )


class DeclineForm(MessageForm):
    reason = forms.TypedChoiceField(
        label=_("Reason"), choices=DeclineReason.choices, coerce=DeclineReason
    )
    field_order = ["version", "reason", "message"]


class AskForm(StaffForm):
    question = forms.CharField(
        label=_("Question to the patient"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=600,
        validators=[validate_plain_text],
    )


class ReasonedForm(StaffForm):
    why = forms.CharField(label=_("Why"), max_length=300, validators=[validate_one_line])


def practitioner_field(consultation: ConsultationRequest, **kwargs: Any) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        label=_("With"),
        queryset=people_for(consultation),
        required=False,
        empty_label=_("Anyone free"),
        **kwargs,
    )


def people_for(consultation: ConsultationRequest) -> Any:
    """Who could take the request: offers the service, at its location."""
    return consultation.service.practitioners.filter(location=consultation.location, active=True)


class ConfirmForm(StaffForm):
    """Confirm the held time, or another start with a practitioner."""

    start = ClinicTimeField(label=_("Start"), required=False)

    def __init__(self, *args: Any, consultation: ConsultationRequest, **kwargs: Any) -> None:
        super().__init__(*args, consultation=consultation, **kwargs)
        start = self.fields["start"]
        assert isinstance(start, ClinicTimeField)
        start.location = consultation.location
        self.fields["practitioner"] = practitioner_field(consultation)


class MoveForm(ConfirmForm):
    """Another time for a booked visit."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["start"].required = True


class OfferForm(MessageForm):
    """One to three other times, each with anyone or one practitioner."""

    def __init__(self, *args: Any, consultation: ConsultationRequest, **kwargs: Any) -> None:
        super().__init__(*args, consultation=consultation, **kwargs)
        for number in (1, 2, 3):
            start = ClinicTimeField(label=_("Time"), required=number == 1)
            start.location = consultation.location
            self.fields[f"start_{number}"] = start
            self.fields[f"practitioner_{number}"] = practitioner_field(consultation)
        self.fields["message"] = self.fields.pop("message")  # last, as on the page

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        starts = [cleaned.get(f"start_{n}") for n in (1, 2, 3)]
        given = [start for start in starts if start]
        if len(set(given)) < len(given):
            self.add_error(None, _("Offer each time only once."))
        return cleaned

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        times = [(data[f"start_{n}"], data[f"practitioner_{n}"]) for n in (1, 2, 3)]
        return {
            "version": data["version"],
            "times": [(start, practitioner) for start, practitioner in times if start],
            "message": data["message"],
        }


class PickForm(StaffForm):
    """Confirm one of the times shown on the card, with one click."""

    pick = InstantField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, consultation: ConsultationRequest, **kwargs: Any) -> None:
        super().__init__(*args, consultation=consultation, **kwargs)
        self.fields["practitioner"] = practitioner_field(consultation, widget=forms.HiddenInput)

    def arguments(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        return {"start": data.pop("pick"), **data}


class OfferOneForm(PickForm):
    """Offer one of the times shown, with one click."""

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"version": data["version"], "times": [(data["pick"], data["practitioner"])]}


class NoteForm(RequestForm):
    """A note of staff for staff."""

    text = forms.CharField(
        label=_("New note"),
        help_text=_("For staff only. Patients may ask to read what is kept about them."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        validators=[validate_plain_text],
    )


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
