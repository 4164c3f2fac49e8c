"""What a patient sends from the page of their plan."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from bookings.forms.fields import CrispyForm, OneLineField
from clinic.dates import unbroken
from plans.models import Plan

SCALE = [("", _("Choose")), *((str(n), str(n)) for n in range(11))]
MOST = 400
"""Days in one form: more than a plan has."""


def scale(label: Any, *, required: bool = False, **given: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=SCALE,
        coerce=int,
        empty_value=None,
        required=required,
        error_messages={"required": _("Choose a number from 0 to 10.")},
        **given,
    )


class DayForm(CrispyForm):
    """One day on which the plan was done."""

    day = forms.ChoiceField(label=_("Day"), error_messages={"required": _("Choose a day.")})
    discomfort = scale(_("How much discomfort did you feel? 0 is none, 10 is the worst."))

    def __init__(self, *args: Any, plan: Plan, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last = min(today, plan.until)
        found = [
            last - timedelta(days=n) for n in range(14) if last - timedelta(days=n) >= plan.starts
        ]
        choices = [(day.isoformat(), unbroken(formats.date_format(day, "l j F"))) for day in found]
        self.fields["day"].choices = choices  # type: ignore[attr-defined]

    @property
    def days(self) -> dict[date, int | None]:
        day = date.fromisoformat(self.cleaned_data["day"])
        return {day: self.cleaned_data["discomfort"]}


class HourForm(CrispyForm):
    """At which hour a reminder is wanted."""

    hour = forms.TypedChoiceField(
        label=_("At what time?"), coerce=int, error_messages={"required": _("Choose a time.")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Choose")), *((str(hour), f"{hour}:00") for hour in range(6, 23))]
        self.fields["hour"].choices = choices  # type: ignore[attr-defined]


class ProgressForm(CrispyForm):
    """How well somebody can do what they named as their goal, and how much it hurts."""

    ability = scale(
        _("How well can you do it today?"),
        required=True,
        help_text=_("0 is “I cannot do it”, 10 is “as well as ever”."),
    )
    pain = scale(_("How much does it hurt?"), help_text=_("0 is no pain, 10 is the worst."))
    line = OneLineField(label=_("Anything to add?"), max_length=200, required=False)


def days_of(text: str) -> dict[date, int | None]:
    """The days that a browser kept, as its script sends them: {"2026-11-30": 3, …}.

    What is no day or no number from 0 to 10 is left out: a person typed none of it.
    """
    try:
        kept = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(kept, dict):
        return {}
    found: dict[date, int | None] = {}
    for key, felt in list(kept.items())[:MOST]:
        if felt is None or (type(felt) is int and 0 <= felt <= 10):
            try:
                found[date.fromisoformat(key)] = felt
            except ValueError:
                continue
    return found
