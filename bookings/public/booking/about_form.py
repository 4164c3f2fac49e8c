"""The first page of asking: who it is for, safety, and what for. Its questions are the service's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from bookings.enums import Side, Whom
from bookings.forms.fields import CrispyForm, OneLineField, set_choices
from bookings.models.question_blocks import NONE
from bookings.models.questions import AsShown, ShortQuestion
from bookings.public.booking import safety
from bookings.validators import validate_plain_text

SHORT = "q-"
"""Before the short name of a question, in the name of its field."""


class AboutForm(CrispyForm):
    """Signs of danger come first of all: a visitor who has one needs other help than a consultation."""

    whom = forms.ChoiceField(
        label=_("Who is the consultation for?"),
        widget=forms.RadioSelect,
        choices=Whom.choices,
        error_messages={"required": _("Choose who the consultation is for.")},
    )
    flags = forms.MultipleChoiceField(
        label=_("Does any of these apply to the patient now?"),
        help_text=_("Tick each box of which any part is true."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick what applies, or “None of these”.")},
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
        error_messages={"required": _("Choose a side, or “Not sure”.")},
    )
    goal = forms.ChoiceField(
        label=_("What is the main goal?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the main goal.")},
    )
    note = forms.CharField(
        label=_("Anything else we should know?"),
        help_text=_("A sentence or two is enough."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=500,
        required=False,
        validators=[validate_plain_text],
    )
    # Which text the page showed.
    questions = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        asks: AsShown,
        offerings: Sequence[tuple[str, str]],
        only: bool,
        **kwargs: Any,
    ) -> None:
        """`only`: nothing else can be booked, so that there is nothing to choose."""
        super().__init__(*args, **kwargs)
        self.asks = asks
        set_choices(self, "offering", offerings)
        if only:
            del self.fields["offering"]
        groups = [(group.key, self._said(group.lines)) for group in asks.groups]
        set_choices(self, "flags", [*groups, (NONE, _("None of these"))])
        set_choices(self, "reason", [(key, self._said([text])) for key, text in asks.reasons])
        set_choices(self, "goal", [(key, self._said([text])) for key, text in asks.goals])
        for question in asks.short:
            self.fields[SHORT + question.key] = self._field_of(question)
        self.order_fields([*(n for n in self.fields if n != "note"), "note"])
        # As the page shows it now, whatever an earlier one showed.
        self.initial["questions"] = asks.version

    def _said(self, lines: Sequence[str]) -> SafeString:
        """A choice in the language of the questions, which need not be the visitor's."""
        mark = "• " if len(lines) > 1 else ""
        text = format_html_join(SafeString("<br>"), "{}{}", ((mark, line) for line in lines))
        if self.asks.language == get_language():
            return text
        return format_html('<span lang="{}">{}</span>', self.asks.language, text)

    def _field_of(self, question: ShortQuestion) -> forms.Field:
        about: dict[str, Any] = {
            "label": self._said([question.text]),
            "required": question.required,
        }
        if not question.answers:
            return OneLineField(max_length=200, **about)
        choices = [(str(n), self._said([text])) for n, text in enumerate(question.answers)]
        return forms.ChoiceField(widget=forms.RadioSelect, choices=choices, **about)

    def clean_flags(self) -> list[str]:
        flags: list[str] = self.cleaned_data["flags"]
        if NONE in flags and len(flags) > 1:
            raise forms.ValidationError(_("Tick either “None of these” or what applies, not both."))
        return flags

    def clean(self) -> dict[str, Any]:
        """Reject answers where the questions have changed since the page was shown."""
        cleaned = super().clean() or {}
        if cleaned.get("questions") != self.asks.version:
            changed = self.data.copy()  # type: ignore[attr-defined]
            changed["questions"] = self.asks.version
            self.data = changed
            if "flags" not in self.errors:
                self.add_error(
                    "flags", _("These questions have changed. Please look at them again.")
                )
        return cleaned

    def safety_answers(self) -> dict[str, Any]:
        more = ((q.text, self._short_answer(q)) for q in self.asks.short)
        given = safety.answered(self.asks, self.cleaned_data["flags"], more)
        return given | {
            "short": {n: v for n, v in self.cleaned_data.items() if n.startswith(SHORT)}
        }

    def _short_answer(self, question: ShortQuestion) -> str:
        given: str = self.cleaned_data.get(SHORT + question.key, "")
        return question.answers[int(given)] if question.answers and given else given

    def reason_answers(self) -> dict[str, Any]:
        """What for, with the words that were shown."""
        found = {
            name: value
            for name, value in self.cleaned_data.items()
            if name in {"offering", "reason", "side", "goal", "note"}
        }
        return found | {
            "reason_text": dict(self.asks.reasons)[found["reason"]],
            "goal_text": dict(self.asks.goals)[found["goal"]],
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
