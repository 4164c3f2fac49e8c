"""The select box for hundreds of times says what Django's own says."""

import re

import pytest
from django import forms

from bookings.forms.fields import LongSelect

CHOICES = [("", "No <other> time"), ("Monday & more, Morning", [("a&b", '9"'), ("c", "10am")])]


def parts(html):
    """Tags with their attributes in any order, and texts."""
    found = re.findall(r"<[^>]+>|[^<>]+", html)
    return [sorted(re.findall(r'[^\s<>]+="[^"]*"|[^\s<>]+', one)) for one in found if one.strip()]


@pytest.mark.parametrize("value", ["", "c", "unknown", None])
def test_as_django_does(value):
    attrs = {"id": "id_second", "class": "nhsuk-select", "aria-describedby": "hint"}
    ours = LongSelect(choices=CHOICES).render("second", value, attrs)
    django = forms.Select(choices=CHOICES).render("second", value, attrs)

    assert parts(ours) == parts(django)
