"""What the closure wizard sends."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.staff.requests.forms import MoveForm
from bookings.validators import validate_plain_text


class DisplacedForm(MoveForm):
    """A new time for one patient inside the closure."""

    include = forms.BooleanField(label=_("Offer"), required=False)


class ToAllForm(forms.Form):
    """A message to every patient inside the closure."""

    message = forms.CharField(
        label=_("Message to all of them"),
        help_text=_("Optional."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=600,
        required=False,
        validators=[validate_plain_text],
    )
