"""The question pages of asking for a consultation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings import phones
from bookings.enums import ContactBy, Goal, Reason, Side, Whom
from bookings.forms.consent import CONSENT_TEXT
from bookings.forms.fields import CrispyForm, OneLineField, PhoneField, set_choices
from bookings.validators import validate_plain_text, validate_source_path

RED_FLAGS = [
    (
        "fracture",
        _("Cannot lift, move or put weight on a leg, or the leg looks shorter or turned out"),
        "emergency",
    ),
    (
        "cauda",
        _("Numb around the genitals or back passage, or new trouble with bladder or bowels"),
        "emergency",
    ),
    ("hot-joint", _("A joint is hot, red and swollen, with a fever"), "urgent"),
    ("clot", _("One leg is throbbing, swollen and warm"), "urgent"),
    (
        "unwell",
        _("A fever with back or side pain, or losing weight without trying"),
        "soon",
    ),
]
"""Worded for the patient and for somebody who asks on their behalf."""
NO_FLAG = "none"


class SourceForm(forms.Form):
    """Where the reader came from. Odd values are dropped without an error: the reader did not type them."""

    guide = forms.CharField(max_length=200, required=False, validators=[validate_source_path])
    revision = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    exercise = forms.SlugField(max_length=80, required=False)
    practitioner = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    offering = forms.RegexField(r"^\d{1,18}-\d{1,18}$", required=False)
    start = forms.RegexField(r"^\d{4}-\d\d-\d\dT\d\d:\d\dZ$", required=False)

    def kept_as_typed(self) -> dict[str, Any]:
        """The valid values, for the hidden fields of the form; the offering is asked on the page itself."""
        self.is_valid()
        found = self.cleaned_data.items()
        return {name: value for name, value in found if value and name != "offering"}

    def kept(self) -> dict[str, Any]:
        """The valid values, under the names that a request stores."""
        self.is_valid()
        return {
            "source_path": self.cleaned_data.get("guide", ""),
            "source_revision": self.cleaned_data.get("revision"),
            "source_exercise": self.cleaned_data.get("exercise", ""),
        }

    def wish(self) -> dict[str, Any]:
        """What the reader chose elsewhere, under the names of the later pages, which may change it."""
        self.is_valid()
        names = {"practitioner": "practitioner", "offering": "offering", "first": "start"}
        found = {later: self.cleaned_data.get(name) for later, name in names.items()}
        return {later: value for later, value in found.items() if value}


def level_of(flags: Iterable[str]) -> str:
    """The most pressing kind of care that the ticked flags call for; empty for none."""
    levels = {level for key, _text, level in RED_FLAGS if key in flags}
    return next((level for level in ("emergency", "urgent", "soon") if level in levels), "")


class AboutForm(CrispyForm):
    """Who it is for, red flags first of all, and what for.

    A visitor with a red flag needs other help than a stretching consultation.
    """

    whom = forms.ChoiceField(
        label=_("Who is the consultation for?"),
        widget=forms.RadioSelect,
        choices=Whom.choices,
        error_messages={"required": _("Choose who the consultation is for.")},
    )
    flags = forms.MultipleChoiceField(
        label=_("Does any of these apply to the patient now?"),
        help_text=_("Tick all that apply."),
        widget=forms.CheckboxSelectMultiple,
        choices=[(key, text) for key, text, _level in RED_FLAGS] + [(NO_FLAG, _("None of these"))],
        error_messages={"required": _("Tick what applies, or “None of these”.")},
    )
    offering = forms.ChoiceField(
        label=_("What would you like to book, and where?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you would like to book.")},
    )
    reason = forms.ChoiceField(
        label=_("What should we help with?"),
        widget=forms.RadioSelect,
        choices=Reason.choices,
        error_messages={"required": _("Choose what we should help with.")},
    )
    side = forms.ChoiceField(
        label=_("Which side?"),
        widget=forms.RadioSelect,
        choices=Side.choices,
        error_messages={"required": _("Choose a side, or “Not sure”.")},
    )
    goal = forms.ChoiceField(
        label=_("What is the main goal?"),
        widget=forms.RadioSelect,
        choices=Goal.choices,
        error_messages={"required": _("Choose one, or “Not sure yet”.")},
    )
    note = forms.CharField(
        label=_("Anything else we should know?"),
        help_text=_("A sentence or two is enough."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=500,
        required=False,
        validators=[validate_plain_text],
    )

    def __init__(self, *args: Any, offerings: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "offering", offerings)
        if len(offerings) == 1:
            del self.fields["offering"]

    def clean_flags(self) -> list[str]:
        flags: list[str] = self.cleaned_data["flags"]
        if NO_FLAG in flags and len(flags) > 1:
            raise forms.ValidationError(_("Tick either “None of these” or what applies, not both."))
        return flags

    def safety_answers(self) -> dict[str, Any]:
        """Cleared by nobody so far."""
        return {"flags": self.cleaned_data["flags"], "cleared": False}

    def reason_answers(self) -> dict[str, Any]:
        return {name: v for name, v in self.cleaned_data.items() if name not in {"whom", "flags"}}


class DoctorForm(CrispyForm):
    """Of a visitor with a red flag that is no emergency. No tick clears an emergency."""

    cleared = forms.BooleanField(
        label=_("A doctor has looked at this and says that a stretching consultation is fine"),
        error_messages={
            "required": _("Tick the box if a doctor has said so. If not, see one first.")
        },
    )


class ContactForm(CrispyForm):
    needed_by_choice = frozenset({"email", "phone"})

    name = OneLineField(
        label=_("Your full name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": _("Enter your name.")},
    )
    contact_by = forms.ChoiceField(
        label=_("How should we answer you?"),
        widget=forms.RadioSelect,
        choices=ContactBy.choices,
        error_messages={"required": _("Choose how we should answer you.")},
    )
    email = forms.EmailField(
        label=_("Email address"),
        help_text=_(
            "Needed if we answer by email. You also get a link there, to see and change your request."
        ),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"invalid": _("Enter an email address such as name@example.com.")},
    )
    phone = PhoneField(
        label=_("Phone number"),
        help_text=_("Needed if we answer by phone. A mobile or a landline."),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"}),
    )
    on_behalf_of = OneLineField(
        label=_("Full name of the person you are asking for"),
        max_length=120,
        error_messages={"required": _("Enter the name of the person you are asking for.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    consent = forms.BooleanField(
        label=CONSENT_TEXT,
        error_messages={"required": _("Tick the box to let us keep what you wrote.")},
    )

    def __init__(self, *args: Any, for_another: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if for_another:
            self.order_fields(["on_behalf_of"])
        else:
            del self.fields["on_behalf_of"]

    def clean(self) -> dict[str, Any]:
        cleaned = {"on_behalf_of": ""} | (super().clean() or {})
        chosen = cleaned.get("contact_by")
        if chosen == ContactBy.EMAIL and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", _("Enter your email address, or choose “Phone”."))
        if chosen == ContactBy.PHONE and not cleaned.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("Enter your phone number, or choose “Email”."))
        if chosen == ContactBy.PHONE:
            cleaned["email"] = ""  # never confirmed, so never written to
        return cleaned

    def clean_phone(self) -> str:
        phone = self.cleaned_data.get("phone")
        return phones.stored(phone) if phone else ""
