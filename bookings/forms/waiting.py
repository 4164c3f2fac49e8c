"""When someone on the waiting list can come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from bookings.enums import DayPart
from bookings.forms.asking import CrispyForm, set_choices

WEEKS = [
    ("2", _("Two weeks")),
    ("4", _("Four weeks")),
    ("8", _("Eight weeks")),
    ("12", _("Twelve weeks")),
]
DEFAULT_WEEKS = "4"


class WaitingForm(CrispyForm):
    """Days and parts of the day that would do, and how long to wait."""

    weekdays = forms.MultipleChoiceField(
        label=_("On which days can you come?"),
        help_text=_("Tick all that suit you. Leave them all empty if any day will do."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    parts = forms.MultipleChoiceField(
        label=_("Which parts of the day?"),
        help_text=_("Leave them all empty if any will do."),
        widget=forms.CheckboxSelectMultiple,
        choices=DayPart.choices,
        required=False,
    )
    weeks = forms.ChoiceField(
        label=_("How long do you want to wait?"),
        help_text=_("After that we will take you off the list, and tell you."),
        widget=forms.RadioSelect,
        choices=WEEKS,
        initial=DEFAULT_WEEKS,
        error_messages={"required": _("Choose how long you want to wait.")},
    )

    def __init__(self, *args: Any, weekdays: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "weekdays", [(str(day), WEEKDAYS[day]) for day in weekdays])


def until(weeks: str, *, today: date) -> date:
    """The last day of so many weeks from a local day."""
    return today + timedelta(weeks=int(weeks))
