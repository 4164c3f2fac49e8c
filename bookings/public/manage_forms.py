"""What patients send through their link."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.forms.fields import CrispyForm, PhoneField
from bookings.forms.texts import WantsTexts
from bookings.validators import validate_plain_text
from clinic import phones


class FindForm(CrispyForm):
    """The address of a patient who lost their link."""

    email = forms.EmailField(
        label=_("Email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": _("Enter your email address."),
            "invalid": _("Enter an email address such as name@example.com."),
        },
    )


class ReachForm(WantsTexts, CrispyForm):
    """The patient's own email address and telephone, and whether we text them."""

    email = forms.EmailField(
        label=_("Email address"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"invalid": _("Enter an email address such as name@example.com.")},
    )
    phone = PhoneField(
        label=_("Phone number"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"}),
    )

    def __init__(self, *args: Any, needs_email: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if needs_email:
            self.fields["email"].required = True
            self.fields["email"].error_messages["required"] = _("Enter your email address.")

    def clean_phone(self) -> str:
        phone = self.cleaned_data.get("phone")
        return phones.stored(phone) if phone else ""


class PatientMessageForm(CrispyForm):
    """A short text from the patient: an answer, or when they can come instead."""

    message = forms.CharField(
        label=_("Your message"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=500,
        validators=[validate_plain_text],
    )


class MoveForm(PatientMessageForm):
    """When somebody can come who asks for another time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["message"].label = _("Which days and times suit you?")
        self.fields["message"].help_text = _("Such as: Tuesdays and Thursdays, after 2pm.")
        self.fields["message"].error_messages["required"] = _("Write when you can come.")


class AnswerForm(PatientMessageForm):
    """What the patient answers to the clinic's question."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["message"].label = _("Your answer")
        self.fields["message"].error_messages["required"] = _("Write your answer.")
