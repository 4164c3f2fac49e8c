"""What a service asks first: signs of danger, what for, goals, and a few questions of its own.

The text is staff's, goes live through clinical review, and belongs to no code. A translation is a row of
its own, reviewed for itself, and is shown only while it asks the same as its original.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.fields import StreamField

from bookings.enums import CareLevel
from bookings.models.question_blocks import (
    GroupBlock,
    OptionBlock,
    ShortQuestionBlock,
)
from bookings.models.question_panels import QuestionChecksPanel
from clinic.content_version import cached_until_change
from clinic.models import ClinicSettings
from clinic.review.panels import ClaimPanel
from clinic.review.reviewed import ReviewedSnippet
from clinic.review.text import fingerprint_of

MOST_GROUPS, MOST_OPTIONS, MOST_SHORT = 7, 8, 5
"""With "None of these" eight choices stand on the form: more is an inventory, and nobody reads it."""


@dataclass(frozen=True)
class Sign:
    text: str
    days: int | None
    source: str


@dataclass(frozen=True)
class Group:
    """What one tick says. `days` of a sign: within how many a doctor has to look at it."""

    key: str
    question: str
    level: CareLevel
    signs: tuple[Sign, ...]

    @property
    def lines(self) -> list[str]:
        return [line.strip() for line in self.question.splitlines() if line.strip()]

    @property
    def words(self) -> str:
        """On one line."""
        return "; ".join(line.rstrip(".;") for line in self.lines)


@dataclass(frozen=True)
class ShortQuestion:
    """Without answers to choose from, the patient writes a few words."""

    key: str
    text: str
    answers: tuple[str, ...]
    required: bool


@dataclass(frozen=True)
class AsShown:
    """The questions in one language, as the form shows them. `version` is the fingerprint of the text."""

    language: str
    version: str
    groups: tuple[Group, ...]
    reasons: tuple[tuple[str, str], ...]
    goals: tuple[tuple[str, str], ...]
    short: tuple[ShortQuestion, ...]
    is_signed: bool
    is_overdue: bool

    def ticked(self, keys: Iterable[str]) -> list[Group]:
        chosen = set(keys)
        return [group for group in self.groups if group.key in chosen]

    def signs(self, level: str) -> list[Sign]:
        """Every sign of that level, whichever group it belongs to."""
        return [sign for group in self.groups if group.level == level for sign in group.signs]


class SafetyQuestions(ReviewedSnippet, models.Model):
    """One service's questions in one language; several services may ask the same."""

    name = models.CharField(
        _("name"), max_length=80, help_text=_("For staff, as in “Hip and low back”.")
    )
    language = models.CharField(
        _("language"),
        max_length=12,
        choices=settings.LANGUAGES,
        default=settings.LANGUAGE_CODE,
    )
    translation_of = models.ForeignKey(
        "self",
        verbose_name=_("translation of"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="translations",
        limit_choices_to={"translation_of": None},
        help_text=_("Empty for the original. Short names and care levels are the same in both."),
    )
    groups = StreamField(
        [("group", GroupBlock())],
        min_num=1,
        max_num=MOST_GROUPS,
        verbose_name=_("signs"),
        help_text=_(
            "The form adds “None of these”. The most pressing level of what is ticked counts."
        ),
    )
    reasons = StreamField(
        [("option", OptionBlock())], min_num=1, max_num=MOST_OPTIONS, verbose_name=_("what for")
    )
    goals = StreamField(
        [("option", OptionBlock())], min_num=1, max_num=MOST_OPTIONS, verbose_name=_("goals")
    )
    short_questions = StreamField(
        [("question", ShortQuestionBlock())],
        blank=True,
        max_num=MOST_SHORT,
        verbose_name=_("short questions"),
    )

    check_order = 0
    panels = [
        QuestionChecksPanel(heading=_("Before you send it for review")),
        FieldPanel("name"),
        FieldRowPanel([FieldPanel("language"), FieldPanel("translation_of")]),
        FieldPanel("groups"),
        FieldPanel("reasons"),
        FieldPanel("goals"),
        FieldPanel("short_questions"),
        ClaimPanel(heading=_("Who stands behind it")),
    ]

    class Meta:
        verbose_name = _("safety questions")
        verbose_name_plural = _("safety questions")
        ordering = ["name", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["translation_of", "language"],
                name="questions_once_a_language",
                violation_error_message=_("There is a translation into that language already."),
            ),
            models.CheckConstraint(
                condition=~Q(translation_of=models.F("id")) | Q(translation_of=None),
                name="questions_translate_another",
                violation_error_message=_("Choose the original that this translates."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_language_display()})"

    def clean(self) -> None:
        super().clean()
        errors: dict[str, Any] = {}
        original = self.translation_of
        if original and (original.translation_of_id or original.language == self.language):
            errors["translation_of"] = _("Choose the original, in another language.")
        for name in ("groups", "reasons", "goals", "short_questions"):
            keys = [block.value["key"] for block in getattr(self, name) or ()]
            if len(set(keys)) < len(keys):
                errors[name] = _("Each short name stands here once.")
        errors |= self._without_a_number()
        if errors:
            raise ValidationError(errors)

    def _without_a_number(self) -> dict[str, Any]:
        """An answer that calls for help at once must lead to a number of the clinic's."""
        levels = {block.value["level"] for block in self.groups or ()}
        clinic = ClinicSettings.as_written()
        if levels and CareLevel.EMERGENCY not in levels:
            return {"groups": _("At least one group of signs is an emergency.")}
        numbers = {"emergency": clinic.emergency_number, "urgent": clinic.urgent_number}
        if any(level in levels and not number.strip() for level, number in numbers.items()):
            text = _("Enter the number to call first, under Settings, Clinic, Safety wording.")
            return {"groups": text}
        return {}

    @property
    def shape(self) -> list[tuple[Any, ...]]:
        """What every translation has in common: keys, care levels, days."""
        return [
            *((g.key, g.level, tuple(sign.days for sign in g.signs)) for g in self._groups()),
            *(("for", key) for key, _text in self._options("reasons")),
            *(("goal", key) for key, _text in self._options("goals")),
            *((q.key, len(q.answers), q.required) for q in self._short()),
        ]

    @property
    def problems(self) -> list[str]:
        """Why patients do not see this text, or what to look at before review."""
        found = []
        if self.translation_of and self.shape != self.translation_of.shape:
            found.append(
                gettext("It does not ask what the original asks, so visitors get the original.")
            )
        try:
            self.clean()
        except ValidationError as error:
            found += error.messages
        return found

    def in_language(self, language: str) -> SafetyQuestions:
        """The live translation that asks the same; else this one itself."""
        if language == self.language:
            return self
        found = self.translations.filter(language=language, live=True).first()
        return found if found and found.shape == self.shape else self

    def unsigned_texts(self) -> list[SafetyQuestions]:
        """Of the original and of each translation that is shown: those that nobody has signed."""
        return unsigned_among(self, self.translations.filter(live=True))

    def as_shown(self) -> AsShown:
        """Read once, for many visitors."""
        claim = self.claim
        return AsShown(
            language=self.language,
            version=fingerprint_of(self),
            groups=tuple(self._groups()),
            reasons=tuple(self._options("reasons")),
            goals=tuple(self._options("goals")),
            short=tuple(self._short()),
            is_signed=claim is not None,
            is_overdue=claim is not None and claim.sign_off.is_overdue,
        )

    def _groups(self) -> Iterable[Group]:
        for block in self.groups:
            value = block.value
            signs = (Sign(s["text"], s["days"], s["source"] or "") for s in value["signs"])
            level = CareLevel(value["level"])
            yield Group(value["key"], value["question"], level, tuple(signs))

    def _options(self, name: str) -> Iterable[tuple[str, str]]:
        return ((block.value["key"], block.value["text"]) for block in getattr(self, name))

    def _short(self) -> Iterable[ShortQuestion]:
        for block in self.short_questions:
            value = block.value
            answers = [line.strip() for line in value["answers"].splitlines() if line.strip()]
            yield ShortQuestion(value["key"], value["text"], tuple(answers), value["required"])


def unsigned_among(
    original: SafetyQuestions, translations: Iterable[SafetyQuestions]
) -> list[SafetyQuestions]:
    """Of an original and its live translations: those that are shown and that nobody has signed."""
    shown = [original, *(one for one in translations if one.shape == original.shape)]
    return [one for one in shown if one.claim is None]


def questions_of(pk: int | None, language: str) -> AsShown | None:
    """What a service with these questions asks in that language; None where nothing is published."""
    return cached_until_change(f"questions {pk} in {language}", lambda: _questions_of(pk, language))


def _questions_of(pk: int | None, language: str) -> AsShown | None:
    if pk is None:
        return None
    found = SafetyQuestions.objects.filter(pk=pk, live=True).first()
    return found.in_language(language).as_shown() if found else None
