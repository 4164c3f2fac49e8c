"""What a form asks once its time was refused: why staff book it although it is not free."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from bookings.errors import BookingError, TimeTaken
from bookings.permissions import can_book_anyway
from bookings.transitions import Against, Anyway
from bookings.validators import validate_one_line


class AnywayFields(forms.Form):
    """Two fields that stay hidden until `ask_anyway`. `seen` is the code of the reasons that were shown."""

    because = forms.CharField(
        label=_("Book it anyway, because"),
        max_length=300,
        required=False,
        widget=forms.HiddenInput,
        validators=[validate_one_line],
    )
    seen = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)

    def with_anyway(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """The arguments of a transition, with the decision where one was typed."""
        because, seen = arguments.pop("because"), arguments.pop("seen")
        return arguments | {"anyway": Anyway(because, seen) if because else None}

    def against(self, *, now: datetime) -> Against:
        """What speaks against the typed time. Raises `BookingError` where it cannot be booked anyway."""
        raise NotImplementedError

    @property
    def asks_anyway(self) -> bool:
        """Whether it was asked why the time is booked anyway."""
        return not self.fields["because"].widget.is_hidden

    def ask_anyway(self, found: Against) -> None:
        """Show the field for the reason; the form carries what speaks against the time now."""
        field = self.fields["because"]
        field.widget = forms.TextInput(attrs={"autofocus": True, "maxlength": 300})
        field.help_text = _(
            "With %(name)s, although: %(reasons)s It is recorded with your name, and marked in the diary."
        ) % {"name": found.practitioner.name, "reasons": " ".join(found.reasons)}
        self["because"].help_text = field.help_text
        posted: Any = self.data
        changed = posted.copy()
        changed[self.add_prefix("seen")] = found.code
        self.data = changed


def offer_anyway(form: Any, error: BookingError, user: Any, *, now: datetime) -> None:
    """After a time was refused, let whoever may book it anyway say why; nothing for any other refusal.

    Call it before the error is added: `cleaned_data` loses the field then.
    """
    may = isinstance(form, AnywayFields) and isinstance(error, TimeTaken)
    start = may and form.cleaned_data.get("start")
    if not start or start <= now or not can_book_anyway(user):
        return
    try:
        found = form.against(now=now)
    except BookingError as problem:
        form.add_error(None, str(problem.message))
        return
    if found.reasons:
        form.ask_anyway(found)


def check_anyway(arguments: dict[str, Any], user: Any) -> None:
    """Raise `PermissionDenied` for a decision of somebody who may not make it."""
    if arguments.get("anyway") and not can_book_anyway(user):
        raise PermissionDenied
