"""What the desk enters for somebody on the phone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from bookings import clock, transitions
from bookings.enums import CareLevel, ResourceKind, Side
from bookings.forms import safety
from bookings.forms.fields import PhoneField, set_choices
from bookings.forms.safety_fields import SHORT, SafetyFields
from bookings.models import Location, Resource, Service
from bookings.models.questions import AsShown
from bookings.schedule import rota
from bookings.staff.requests.anyway_fields import AnywayFields
from bookings.staff.requests.fields import TheyWantTexts
from bookings.transitions import Against
from bookings.validators import validate_one_line, validate_plain_text
from clinic.models import ClinicSettings


class AskForm(forms.Form):
    """Which questions to read out: what for, and in which language."""

    service = forms.ModelChoiceField(
        label=_("Service"), queryset=Service.objects.filter(active=True), empty_label=None
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    start = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)
    location = forms.CharField(max_length=18, required=False, widget=forms.HiddenInput)
    practitioner = forms.CharField(max_length=18, required=False, widget=forms.HiddenInput)
    room = forms.CharField(max_length=18, required=False, widget=forms.HiddenInput)


class PhoneForm(TheyWantTexts, AnywayFields, SafetyFields):
    """What someone says on the phone. The key makes a double click one visit."""

    key = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)
    service = forms.ModelChoiceField(
        queryset=Service.objects.filter(active=True), widget=forms.HiddenInput
    )
    language = forms.ChoiceField(choices=settings.LANGUAGES, widget=forms.HiddenInput)
    cleared = forms.BooleanField(
        label=_("A doctor, or the treating team, has looked at this and agrees to a consultation"),
        help_text=_("Needed after “soon” and “ask first”."),
        required=False,
    )
    name = forms.CharField(label=_("Name"), max_length=120, validators=[validate_one_line])
    phone = PhoneField(label=_("Phone"))
    email = forms.EmailField(
        label=_("Email"),
        max_length=254,
        required=False,
        help_text=_("Spell it back to them. The confirmation goes there."),
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
    room = forms.ModelChoiceField(
        label=_("Room"),
        help_text=_("If it is free; else another one."),
        queryset=Resource.objects.filter(kind=ResourceKind.ROOM, active=True),
        required=False,
        empty_label=_("Any free room"),
    )
    reason = forms.ChoiceField(label=_("What for"))
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

    def __init__(self, *args: Any, asks: AsShown, **kwargs: Any) -> None:
        super().__init__(*args, asks=asks, **kwargs)
        set_choices(self, "reason", [(key, self.said([text])) for key, text in asks.reasons])
        if not self.fields["room"].queryset.exists():  # type: ignore[attr-defined]
            del self.fields["room"]
        first = ["key", "service", "language", "questions", "flags", "cleared"]
        self.order_fields([*first, *(SHORT + question.key for question in asks.short)])
        self.order_fields([name for name in self.fields if name != "because"])

    def against(self, *, now: datetime) -> Against:
        data = self.cleaned_data
        return transitions.against(
            data["service"],
            data["location"],
            data["start"],
            practitioner=data["practitioner"],
            now=now,
        )

    def clean_flags(self) -> list[str]:
        """Refuse what no consultation is for, with what to say."""
        flags = super().clean_flags()
        given = safety.answered(self.asks, flags, ())
        if safety.is_stopped(given):
            raise forms.ValidationError(what_to_say(given["level"]))
        return flags

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "flags" in cleaned:
            given = safety.answered(self.asks, cleaned["flags"], ())
            if safety.needs_doctor(given) and not cleaned.get("cleared"):
                self.add_error("cleared", _("Not before a doctor has looked at it. Do not book."))
        location, service = cleaned.get("location"), cleaned.get("service")
        who, room = cleaned.get("practitioner"), cleaned.get("room")
        if room and location and room.location_id != location.pk:
            self.add_error("room", _("This room is at another location."))
        elif room and location and service and not rota.rooms(service, location).filter(pk=room.pk):
            self.add_error("room", _("This room is for other services."))
        offered = rota.people(service, location) if service and location else None
        if who and offered is not None and not offered.filter(pk=who.pk).exists():
            self.add_error("practitioner", _("Does not offer this service there."))
        if location and "start" in cleaned:
            self._to_instant(cleaned, location)
        return cleaned

    def safety_answers(self) -> dict[str, Any]:
        given = super().safety_answers()
        return given | {"cleared": self.cleaned_data["cleared"] and safety.needs_doctor(given)}

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


def what_to_say(level: str) -> str:
    """To somebody on the phone whom no consultation helps, with the clinic's own number."""
    clinic = ClinicSettings.as_written()
    words, number = clinic.emergency_wording, clinic.emergency_number
    if level == CareLevel.URGENT:
        words, number = clinic.urgent_wording, clinic.urgent_number or number
    text = _("Do not book this. Say: “%(words)s” The number is %(number)s.")
    return text % {"words": words.strip(), "number": number}
