"""What patients send through their link."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.forms.fields import CrispyForm
from bookings.validators import validate_plain_text


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


class PatientMessageForm(CrispyForm):
    """A short text from the patient: an answer, or why they ask to move."""

    message = forms.CharField(
        label=_("Your message"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=500,
        validators=[validate_plain_text],
        error_messages={"required": _("Write a short message.")},
    )


class AnswerForm(PatientMessageForm):
    """What the patient answers to the clinic's question."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["message"].label = _("Your answer")
        self.fields["message"].error_messages["required"] = _("Write your answer.")
