"""The fields of a service's questions: visitors fill them in, the desk reads them out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from bookings.forms import safety
from bookings.forms.fields import OneLineField, set_choices
from bookings.models.question_blocks import NONE
from bookings.models.questions import AsShown, ShortQuestion
from clinic.markup import filled

SHORT = "q-"
"""Before the short name of a question, in the name of its field."""


class SafetyFields(forms.Form):
    """`asks` is what the page shows; `questions` names the text that it showed."""

    flags = forms.MultipleChoiceField(
        label=_("Does any of these apply to the patient now?"),
        help_text=_("Tick a box if anything in it is true."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick what applies, or “None of these”.")},
    )
    questions = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, asks: AsShown, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asks = asks
        groups = [(group.key, self.said(group.lines)) for group in asks.groups]
        set_choices(self, "flags", [*groups, (NONE, _("None of these"))])
        for question in asks.short:
            self.fields[SHORT + question.key] = self._field_of(question)
        # As the page shows it now, whatever an earlier one showed.
        self.initial["questions"] = asks.version

    def said(self, lines: Sequence[str]) -> SafeString:
        """A choice in the language of the questions, which need not be that of the page."""
        if len(lines) > 1:
            signs = [filled('<span class="sign">• {}</span>', line) for line in lines]
            text = SafeString("<br>".join(signs))
        else:
            text = filled("{}", *lines)
        if self.asks.language == get_language():
            return text
        return filled('<span lang="{}">{}</span>', self.asks.language, text)

    def _field_of(self, question: ShortQuestion) -> forms.Field:
        about: dict[str, Any] = {"label": self.said([question.text]), "required": question.required}
        if not question.answers:
            return OneLineField(max_length=200, **about)
        choices = [(str(n), self.said([text])) for n, text in enumerate(question.answers)]
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
