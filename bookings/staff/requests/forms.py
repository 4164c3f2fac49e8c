"""What staff send about one request. Each form is named after the transition whose arguments it gives."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from bookings import transitions
from bookings.enums import TOLD_REASONS, AppointmentStatus, ContactBy, DeclineReason, RequestStatus
from bookings.errors import InvalidTransition
from bookings.forms.fields import OneLineField, PhoneField
from bookings.models import ConsultationRequest, Resource
from bookings.schedule import rota
from bookings.staff.requests.anyway_fields import AnywayFields
from bookings.staff.requests.fields import ClinicTimeField, InstantField, TheyWantTexts
from bookings.transitions import Against, Contact
from bookings.validators import validate_one_line, validate_plain_text
from clinic import phones


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
    """An answer with a message that the patient reads, inside a mail in their language."""

    message = forms.CharField(
        label=_("Message to the patient"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=600,
        required=False,
        validators=[validate_plain_text],
    )

    def __init__(self, *args: Any, consultation: ConsultationRequest, **kwargs: Any) -> None:
        super().__init__(*args, consultation=consultation, **kwargs)
        self.fields["message"].help_text = f"{_('Optional.')} {around_it(consultation)}"


def around_it(consultation: ConsultationRequest) -> str:
    """In which language the rest of the mail is."""
    text = _("The mail around it is in %(language)s.")
    if consultation.speaks_another:
        text = _("The mail around it is in %(language)s: write in that language, if you can.")
    return text % {"language": consultation.language}


class CancelForm(MessageForm):
    """The clinic cancels a booked visit."""


class CancelForForm(MessageForm):
    """The patient told the desk that they cancel."""


class DeclineForm(MessageForm):
    reason = forms.TypedChoiceField(
        label=_("Reason"),
        choices=[("", _("Choose")), *((reason.value, reason.label) for reason in TOLD_REASONS)],
        coerce=DeclineReason,
    )
    field_order = ["version", "reason", "message"]


class AskForm(StaffForm):
    question = forms.CharField(
        label=_("Question to the patient"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=600,
        validators=[validate_plain_text],
    )

    def __init__(self, *args: Any, consultation: ConsultationRequest, **kwargs: Any) -> None:
        super().__init__(*args, consultation=consultation, **kwargs)
        self.fields["question"].help_text = around_it(consultation)


class ReasonedForm(StaffForm):
    why = forms.CharField(label=_("Why"), max_length=300, validators=[validate_one_line])


class ContactForm(TheyWantTexts, StaffForm):
    """Who they are and how to reach them, as it should be."""

    name = OneLineField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("Email"), max_length=254, required=False)
    phone = PhoneField(label=_("Phone"), required=False)
    locale = forms.ChoiceField(label=_("Language of our messages"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, consultation: ConsultationRequest, **kwargs: Any) -> None:
        names = ("name", "email", "locale")
        initial = {name: getattr(consultation, name) for name in names}
        initial["phone"] = consultation.phone_label if consultation.phone else ""
        initial["texts"] = consultation.wants_texts
        super().__init__(*args, consultation=consultation, initial=initial, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not (cleaned["email"] or cleaned["phone"]):
            self.add_error("phone", _("Give an email address or a phone number."))
        return cleaned

    def arguments(self) -> dict[str, Any]:
        data, phone = self.cleaned_data, self.cleaned_data["phone"]
        person = Contact(
            name=data["name"],
            contact_by=ContactBy(self.consultation.contact_by),
            email=data["email"],
            phone=phones.stored(phone) if phone else "",
            locale=data["locale"],
            texts=data.get("texts", self.consultation.wants_texts),
        )
        return {"version": data["version"], "person": person}


def practitioner_field(consultation: ConsultationRequest, **kwargs: Any) -> forms.TypedChoiceField:
    """One of `people_for`, or None for anyone. No ModelChoiceField: a card has four, each slow to ask."""

    @cache
    def people() -> dict[str, Resource]:
        return {str(person.pk): person for person in people_for(consultation)}

    return forms.TypedChoiceField(
        label=_("With"),
        choices=lambda: [("", _("Anyone free")), *((key, str(p)) for key, p in people().items())],
        coerce=lambda key: people()[key],
        empty_value=None,
        required=False,
        error_messages=forms.ModelChoiceField.default_error_messages,
        **kwargs,
    )


def people_for(consultation: ConsultationRequest) -> list[Resource]:
    """Who could take the request: offers the service, at its location."""
    return rota.practitioners(consultation.service, consultation.location)


class ConfirmForm(AnywayFields, StaffForm):
    """Confirm the held time, or another start with a practitioner."""

    start = ClinicTimeField(label=_("Start"), required=False)

    def __init__(self, *args: Any, consultation: ConsultationRequest, **kwargs: Any) -> None:
        super().__init__(*args, consultation=consultation, **kwargs)
        start = self.fields["start"]
        assert isinstance(start, ClinicTimeField)
        start.location = consultation.location
        self.fields["practitioner"] = practitioner_field(consultation)
        self.order_fields([name for name in self.fields if name != "because"])

    def arguments(self) -> dict[str, Any]:
        return self.with_anyway(super().arguments())

    def against(self, *, now: datetime) -> Against:
        consultation, data = self.consultation, self.cleaned_data
        if not data["start"]:
            raise InvalidTransition
        return transitions.against(
            consultation.service,
            consultation.location,
            data["start"],
            practitioner=data["practitioner"],
            now=now,
            ignoring=transitions.held_by(consultation),
            moving=consultation.appointments.filter(status=AppointmentStatus.BOOKED).first(),
        )


class MoveForm(ConfirmForm):
    """Another time for a booked visit. The practitioner stays unless somebody chooses another."""

    def __init__(self, *args: Any, consultation: ConsultationRequest, **kwargs: Any) -> None:
        super().__init__(*args, consultation=consultation, **kwargs)
        self.fields["start"].required = True
        if "practitioner" not in self.initial and consultation.status == RequestStatus.CONFIRMED:
            visit = consultation.appointments.filter(status=AppointmentStatus.BOOKED).first()
            self.initial["practitioner"] = visit.practitioner_id if visit else None


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
