"""The question pages of asking for a consultation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings import phones
from bookings.enums import ContactBy, Goal, Reason, Side
from bookings.forms.consent import CONSENT_TEXT
from bookings.forms.fields import CrispyForm, OneLineField, PhoneField, set_choices
from bookings.validators import validate_plain_text, validate_source_path

RED_FLAGS = [
    (
        "fracture",
        _("I cannot lift, move or put weight on my leg, or it looks shorter or turned out"),
        "emergency",
    ),
    (
        "cauda",
        _(
            "I am numb around my genitals or back passage, or have new trouble with my bladder or bowels"
        ),
        "emergency",
    ),
    ("hot-joint", _("A joint is hot, red and swollen, and I have a fever"), "urgent"),
    ("clot", _("One leg is throbbing, swollen and warm"), "urgent"),
    (
        "unwell",
        _("I have a fever with back or side pain, or I am losing weight without trying"),
        "soon",
    ),
]
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
        """The valid values, for the hidden fields of the form."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

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


class SafetyForm(CrispyForm):
    """Red flags first: a visitor who has one needs other help than a stretching consultation."""

    flags = forms.MultipleChoiceField(
        label=_("Do any of these apply to you now?"),
        help_text=_("Tick all that apply."),
        widget=forms.CheckboxSelectMultiple,
        choices=[(key, text) for key, text, _level in RED_FLAGS] + [(NO_FLAG, _("None of these"))],
        error_messages={"required": _("Tick what applies, or “None of these”.")},
    )
    cleared = forms.BooleanField(
        label=_("A doctor has looked at this and says I may have a stretching consultation"),
        help_text=_("Has a doctor already looked at it?"),
        required=False,
    )

    def clean_flags(self) -> list[str]:
        flags: list[str] = self.cleaned_data["flags"]
        if NO_FLAG in flags and len(flags) > 1:
            raise forms.ValidationError(_("Tick either “None of these” or what applies, not both."))
        return flags


def level_of(flags: Iterable[str]) -> str:
    """The most pressing kind of care that the ticked flags call for; empty for none."""
    levels = {level for key, _text, level in RED_FLAGS if key in flags}
    return next((level for level in ("emergency", "urgent", "soon") if level in levels), "")


class ReasonForm(CrispyForm):
    offering = forms.ChoiceField(
        label=_("What would you like to book, and where?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you would like to book.")},
    )
    reason = forms.ChoiceField(
        label=_("What would you like help with?"),
        widget=forms.RadioSelect,
        choices=Reason.choices,
        error_messages={"required": _("Choose what you would like help with.")},
    )
    side = forms.ChoiceField(
        label=_("Which side?"),
        widget=forms.RadioSelect,
        choices=Side.choices,
        error_messages={"required": _("Choose a side, or “Not sure”.")},
    )
    goal = forms.ChoiceField(
        label=_("What would you most like to do?"),
        widget=forms.RadioSelect,
        choices=Goal.choices,
        error_messages={"required": _("Choose one, or “I am not sure yet”.")},
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
        label=_("Are you asking for someone else? Give that person’s name"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    consent = forms.BooleanField(
        label=CONSENT_TEXT,
        error_messages={"required": _("Tick the box to let us keep what you wrote.")},
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
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
