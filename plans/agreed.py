"""An agreed exercise in the shape in which guides show one: for practice, the handout and the pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext
from wagtail.images import get_image_model

from education.enums import ExerciseKind, Position, label
from education.guide import drawings
from education.guide.dose import Dose
from plans.enums import WhichSide
from plans.models import Plan, PlanExercise


def days_in_words(days: Iterable[int], *, short: bool = False) -> str:
    """Such as "Mon, Wed"; every day in two words. Monday is 0."""
    found = list(days)
    if len(found) == 7:
        return gettext("every day")
    names = WEEKDAYS_ABBR if short else WEEKDAYS
    return ", ".join(str(names[day]) for day in found)


@dataclass
class Agreed:
    """What templates and the handout call an exercise: the words of the day when it was agreed."""

    row: PlanExercise

    def __getattr__(self, name: str) -> Any:
        """Name, summary, drawing and the like, as the snapshot has them."""
        words = self.__dict__["row"].words
        if name in words:
            return words[name]
        raise AttributeError(name)

    @property
    def key(self) -> str:
        return self.row.key

    @property
    def language_code(self) -> str:
        return str(self.row.words["language"])

    @property
    def each_side(self) -> bool:
        """Whether it has sides, so that the drawing can be turned round."""
        return self.row.side != WhichSide.NONE

    @property
    def only(self) -> str:
        """The one side on which it is done, if it is one: which way round the drawing begins."""
        return self.row.side if self.row.side in {WhichSide.LEFT, WhichSide.RIGHT} else ""

    @property
    def moves(self) -> bool:
        """Whether its pictures are a drawing of ours, which can move."""
        return bool(self.row.words["drawing"]) and not any(self.row.words["images"])

    @property
    def kind_label(self) -> str:
        return label(ExerciseKind, self.row.words["kind"])

    @property
    def position_label(self) -> str:
        return label(Position, self.row.words["position"])

    @property
    def step_list(self) -> list[str]:
        return list(self.row.words["steps"])

    @property
    def caution_list(self) -> list[str]:
        return list(self.row.words["cautions"])

    @property
    def stop_list(self) -> list[str]:
        return list(self.row.words["stop_if"])

    @property
    def how_often(self) -> str:
        """The days, and what the practitioner wrote to the patient."""
        said = days_in_words(self.row.days).capitalize() + "."
        return f"{said} {self.row.line}" if self.row.line else said

    @cached_property
    def pictures(self) -> list[drawings.Picture]:
        """Start and end, as far as they exist. An uploaded picture wins over the drawing."""
        words = self.row.words
        found: list[drawings.Picture | None] = []
        for phase, image, alt in zip(
            ("start", "end"), words["images"], (words["start_alt"], words["end_alt"]), strict=True
        ):
            upload = get_image_model().objects.filter(pk=image).first() if image else None
            if upload:
                found.append(drawings.uploaded(upload, alt=alt, phase=phase))
            elif words["drawing"]:
                found.append(drawings.drawing(f"{words['drawing']}-{phase}", alt=alt, phase=phase))
        return [picture for picture in found if picture]


class Item(dict[str, Any]):
    """An exercise with its dose, as a block of a guide holds them."""

    def __init__(self, row: PlanExercise) -> None:
        super().__init__(exercise=Agreed(row))
        self.row, self.exercise = row, self["exercise"]

    @property
    def dose(self) -> Dose:
        return Dose(
            sets=self.row.sets,
            reps=self.row.reps,
            hold_from=self.row.hold,
            hold_to=self.row.hold,
            each_side=self.row.side == WhichSide.BOTH,
            only=self.exercise.only,
        )

    @property
    def checked_on(self) -> date | None:
        """The day on which the text was signed, if somebody had signed it."""
        day = self.row.words["checked_on"]
        return date.fromisoformat(day) if day else None

    @property
    def days(self) -> str:
        return days_in_words(self.row.days, short=True)


def items(plan: Plan) -> list[Item]:
    """The exercises of a plan in their order."""
    return [Item(row) for row in plan.exercises.all()]


def unsigned(found: Iterable[Item]) -> bool:
    """Whether nobody had signed the text of one of them when it was agreed."""
    return any(not item.row.words["checked_by"] for item in found)
