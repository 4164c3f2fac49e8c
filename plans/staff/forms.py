"""The forms of the page on which a plan is written. All of them are sent together."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext_lazy as _

from bookings import clock
from bookings.forms.fields import OneLineField
from education.models import Exercise
from plans.enums import WhichSide
from plans.models import PlanExercise
from plans.transitions import Wanted


def number(low: int, high: int, label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=low,
        max_value=high,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": low, "max": high}),
    )


class RowForm(forms.Form):
    """One exercise of the plan."""

    sets = number(1, 10, _("Rounds"))
    reps = number(1, 50, _("Repeats"))
    hold = number(0, 300, _("Hold, seconds"))
    side = forms.ChoiceField(label=_("Side"), choices=WhichSide)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days"),
        choices=list(WEEKDAYS_ABBR.items()),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one day.")},
    )
    line = OneLineField(label=_("One line for the patient"), max_length=160, required=False)

    def __init__(self, row: PlanExercise, data: Any = None) -> None:
        self.row = row
        names = ("sets", "reps", "hold", "side", "line")
        initial = {name: getattr(row, name) for name in names} | {"weekdays": row.days}
        super().__init__(data, prefix=str(row.pk), initial=initial)

    @property
    def is_there(self) -> bool:
        """Whether the page that was sent showed this exercise."""
        return self.add_prefix("sets") in self.data

    @property
    def wanted(self) -> Wanted:
        cleaned = self.cleaned_data | {
            "weekdays": sum(1 << d for d in self.cleaned_data["weekdays"])
        }
        return Wanted(pk=self.row.pk, **cleaned)


class PlanForm(forms.Form):
    """What is about the whole plan."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    until = forms.DateField(
        label=_("Until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Then the plan ends by itself, and you look at it again."),
    )
    add = forms.MultipleChoiceField(
        label=_("Add exercises"), required=False, widget=forms.CheckboxSelectMultiple
    )
    template = OneLineField(
        label=_("Name of the template"),
        max_length=60,
        required=False,
        help_text=_("For you alone. Never the name of a patient."),
    )

    def __init__(self, *args: Any, library: list[Exercise], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.key, one.name) for one in library]
        self.fields["add"].choices = choices  # type: ignore[attr-defined]

    def clean_until(self) -> date:
        day: date = self.cleaned_data["until"]
        if not clock.is_of_our_time(day):
            raise forms.ValidationError(_("Enter a day of this century."))
        return day


class FollowUpForm(forms.Form):
    """After how many weeks the patients of one service are asked; both empty: nobody is."""

    first_weeks = number(1, 26, _("Weeks after the visit"))
    second_weeks = number(1, 26, _("And again after"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False

    @property
    def is_off(self) -> bool:
        return self.cleaned_data["first_weeks"] is None

    def clean(self) -> None:
        if self.errors:
            return
        first, second = (self.cleaned_data[name] for name in ("first_weeks", "second_weeks"))
        if (first is None) != (second is None):
            self.add_error(None, _("Fill in both, or none to ask nobody."))
        elif first is not None and second <= first:
            self.add_error("second_weeks", _("The second time has to be after the first."))
