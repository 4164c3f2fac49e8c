"""The first page of asking: who it is for, safety, and what for. Its questions are the service's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.enums import Side, Whom
from bookings.forms import safety
from bookings.forms.fields import CrispyForm, set_choices
from bookings.forms.safety_fields import SHORT, SafetyFields
from bookings.models.questions import AsShown
from bookings.validators import validate_plain_text


class AboutForm(SafetyFields, CrispyForm):
    """Signs of danger come first of all: a visitor who has one needs other help than a consultation."""

    whom = forms.ChoiceField(
        label=_("Who is the consultation for?"),
        widget=forms.RadioSelect,
        choices=Whom.choices,
        error_messages={"required": _("Choose who the consultation is for.")},
    )
    offering = forms.ChoiceField(
        label=_("What would you like to book, and where?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you would like to book.")},
    )
    reason = forms.ChoiceField(
        label=_("What should we help with?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what we should help with.")},
    )
    side = forms.ChoiceField(
        label=_("Which side?"),
        widget=forms.RadioSelect,
        choices=Side.choices,
        error_messages={"required": _("Choose a side, or “Not sure, or it does not matter”.")},
    )
    goal = forms.ChoiceField(
        label=_("What is the main goal?"),
        widget=forms.RadioSelect,
        required=False,
    )
    note = forms.CharField(
        label=_("Anything else we should know?"),
        help_text=_("A sentence or two is enough."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=500,
        required=False,
        validators=[validate_plain_text],
    )

    def __init__(
        self,
        *args: Any,
        asks: AsShown,
        offerings: Sequence[tuple[str, str]],
        only: bool,
        **kwargs: Any,
    ) -> None:
        """`only`: nothing else can be booked, so that there is nothing to choose."""
        super().__init__(*args, asks=asks, **kwargs)
        set_choices(self, "offering", offerings)
        if only:
            del self.fields["offering"]
        set_choices(self, "reason", [(key, self.said([text])) for key, text in asks.reasons])
        set_choices(self, "goal", [(key, self.said([text])) for key, text in asks.goals])
        last = [*(SHORT + question.key for question in asks.short), "note"]
        named = ["whom", "flags", "offering", "reason", "side", "goal", *last, "questions"]
        self.order_fields(named)

    def reason_answers(self) -> dict[str, Any]:
        """What for, with the words that were shown."""
        found = {
            name: value
            for name, value in self.cleaned_data.items()
            if name in {"offering", "reason", "side", "goal", "note"}
        }
        return found | {
            "reason_text": dict(self.asks.reasons)[found["reason"]],
            "goal_text": dict(self.asks.goals).get(found["goal"], ""),
        }


class DoctorForm(CrispyForm):
    """Of a visitor with a sign that a doctor may clear. Nothing clears an emergency, or what is urgent."""

    cleared = forms.BooleanField(
        error_messages={
            "required": _("Tick the box if a doctor has said so. If not, see one first.")
        },
    )

    def __init__(self, *args: Any, ticked: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cleared"].label = safety.cleared_words("; ".join(ticked))
