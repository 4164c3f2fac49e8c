"""What people type as a phone number is kept whole, or refused beside the field."""

import pytest
from django import forms
from django.core.exceptions import ValidationError

from bookings.forms.fields import PhoneField
from clinic import phones

NUMBERS = {
    "020 7946 0123": "+442079460123",
    "(020) 7946-0123": "+442079460123",
    "+44 (0)20 7946 0123": "+442079460123",
    "\u202a020 7946 0123\u202c": "+442079460123",
    "tel:+442079460123": "+442079460123",
    "020 7946 0123 ext 205": "+442079460123;ext=205",
    "020 7946 0123 ext. 205": "+442079460123;ext=205",
    "020 7946 0123 x205": "+442079460123;ext=205",
    "020 7946 0123 #205": "+442079460123;ext=205",
    "+34 912 34 56 78 extensión 7": "+34912345678;ext=7",
    # Possible, and in no number plan yet.
    "07700 900123": "+447700900123",
}
REFUSED = [
    "call my daughter on 020 7946 0123",
    "020 7946 0123 after 6pm",
    "020 7946 0123 or 020 7946 0124",
    "1-800-FLOWERS",
    "7946 0123",
    "999",
    "ext 205",
]


class Form(forms.Form):
    phone = PhoneField(required=False)


@pytest.mark.parametrize(("typed", "stored"), NUMBERS.items())
def test_keeps_the_number_and_its_extension(typed, stored):
    form = Form({"phone": typed})
    assert form.is_valid() and phones.stored(form.cleaned_data["phone"]) == stored
    again = phones.parse(phones.label(phones.parse(stored)))
    assert phones.stored(again) == stored


@pytest.mark.parametrize("typed", REFUSED)
def test_refuses_what_cannot_be_dialled(typed):
    form = Form({"phone": typed})
    assert form.errors == {"phone": ["Enter a phone number such as 020 7946 0123."]}
    with pytest.raises(ValidationError):
        phones.parse(typed)


def test_empty_is_no_number():
    form = Form({"phone": " "})
    assert form.is_valid() and form.cleaned_data == {"phone": None}
