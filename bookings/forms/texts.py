"""Whether somebody wants text messages as well as mail: a box below their telephone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from phonenumber_field.phonenumber import PhoneNumber

from bookings.messages import sms
from clinic import phones


class WantsTexts(forms.Form):
    """A form with a `phone`. The box is there only where the clinic sends texts."""

    texts = forms.BooleanField(
        label=_(
            "Text me as well: when my visit is booked, moved or cancelled, and a reminder (mobile numbers "
            "only)"
        ),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not sms.is_on():
            del self.fields["texts"]
            return
        names = [name for name in self.fields if name != "texts"]
        names.insert(names.index("phone") + 1, "texts")
        self.order_fields(names)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        wanted = cleaned.get("texts") and "phone" not in self.errors
        if wanted and not sms.is_mobile(_number(cleaned.get("phone"))):
            text = _("We can text a mobile number only. Enter one, or untick the box below.")
            self.add_error("phone", text)
        return cleaned


def _number(phone: Any) -> PhoneNumber | None:
    """The number that a form has as such, or as it is stored."""
    return phones.parse(phone) if phone and isinstance(phone, str) else phone
