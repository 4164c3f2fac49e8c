"""Where a visitor came from, and how to reach them. The first page is in `about_form`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.enums import ContactBy
from bookings.forms.consent import CONSENT_TEXT
from bookings.forms.fields import CrispyForm, OneLineField, PhoneField
from bookings.forms.texts import WantsTexts
from bookings.validators import validate_source_path
from clinic import phones


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


class ContactForm(WantsTexts, CrispyForm):
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
        initial=ContactBy.EMAIL,
        error_messages={"required": _("Choose how we should answer you.")},
    )
    email = forms.EmailField(
        label=_("Email address"),
        help_text=_(
            "Needed if we answer by email. We email you a link to see and change your request, and to "
            "add your appointment to your calendar."
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

    def __init__(
        self, *args: Any, for_another: bool, by_telephone: bool = False, **kwargs: Any
    ) -> None:
        """`by_telephone`: the visit is a call, which needs a number whatever they answer by."""
        super().__init__(*args, **kwargs)
        if by_telephone:
            self.needed_by_choice = frozenset({"email"})
            self.fields["phone"].required = True
            self.fields["phone"].help_text = _("We call you there for your visit.")
            self.fields["phone"].error_messages["required"] = _("Enter your phone number.")
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
        return cleaned

    def clean_phone(self) -> str:
        phone = self.cleaned_data.get("phone")
        return phones.stored(phone) if phone else ""
