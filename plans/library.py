"""What a plan is made of: the published exercises, and the words of one as they are today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import override
from wagtail.models import Locale

from clinic.review.sign_offs import SignOff
from clinic.review.text import fingerprint_of
from education.guide.dose import Dose
from education.models import Exercise, GuidePage
from plans.enums import WhichSide
from plans.models import Plan, PlanExercise, PlanTemplate
from plans.models.plans import EVERY_DAY

CHANGED, WITHDRAWN = "changed", "withdrawn"


@dataclass(frozen=True)
class Start:
    """An exercise with a dose, not yet in any plan."""

    exercise: Exercise
    sets: int = 1
    reps: int = 1
    hold: int = 0
    side: str = WhichSide.BOTH
    weekdays: int = EVERY_DAY
    line: str = ""


def published(language: str) -> list[Exercise]:
    """What may go into a plan: the exercises that are published, as a reader of that language has them.

    They go live through review alone, a translation for itself. The sign-offs of all are read in one query.
    """
    with override(language):
        found = list(
            Exercise.objects.for_reader().filter(live=True).select_related("translation_of")
        )
    found.sort(key=lambda exercise: exercise.name)
    read_sign_offs(found)
    return found


def read_sign_offs(exercises: Iterable[Exercise]) -> None:
    """Each exercise's `claim` then asks for nothing."""
    signed: dict[str, list[SignOff]] = defaultdict(list)
    kind = ContentType.objects.get_for_model(Exercise)
    for row in SignOff.objects.filter(content_type=kind):
        signed[row.object_id].append(row)
    for exercise in exercises:
        exercise.signed = signed[str(exercise.pk)]


def by_key(language: str) -> dict[str, Exercise]:
    """The published exercises by their key, and by those of their other languages."""
    found = {(one.translation_of or one).pk: one for one in published(language)}
    every = Exercise.objects.values_list("key", "pk", "translation_of")
    return {key: found[of or pk] for key, pk, of in every if (of or pk) in found}


def snapshot(exercise: Exercise) -> dict[str, Any]:
    """The words and pictures of an exercise, as they go into a plan."""
    claim = exercise.claim
    names = ("name", "summary", "kind", "position", "easier", "harder", "drawing")
    return {
        **{name: getattr(exercise, name) for name in names},
        "steps": exercise.step_list,
        "cautions": exercise.caution_list,
        "stop_if": exercise.stop_list,
        "start_alt": exercise.start_alt,
        "end_alt": exercise.end_alt,
        "language": exercise.language_code,
        "known_as": str(exercise.translation_of or ""),
        "images": [exercise.start_image_id, exercise.end_image_id],
        "checked_by": (claim.sign_off.who or "–") if claim else "",
        "checked_on": claim.sign_off.signed_on.isoformat() if claim else "",
    }


def fields_of(exercise: Exercise) -> dict[str, Any]:
    """The columns of a row that come from the library."""
    return {
        "key": exercise.key,
        "revision": exercise.live_revision_id,
        "fingerprint": fingerprint_of(exercise),
        "words": snapshot(exercise),
    }


def usual(exercise: Exercise, dose: Dose | None = None) -> Start:
    """With the dose of the library, or of a guide."""
    dose = dose or exercise.dose
    side = WhichSide.BOTH if dose.each_side else WhichSide.NONE
    return Start(exercise, dose.sets or 1, dose.reps or 1, dose.hold_from, side)


def of_guide(page: GuidePage, language: str) -> list[Start]:
    """The routine of a guide, in its order; an exercise that comes twice, once."""
    items: dict[str, Any] = {}
    for item in page.guide().practice:
        items.setdefault(item["exercise"].key, item)
    known = by_key(language)
    return [usual(known[key], item.dose) for key, item in items.items() if key in known]


def of_template(template: PlanTemplate, language: str) -> list[Start]:
    """Those of its exercises that are still published."""
    return _again(template.exercises, language)


def of_plan(plan: Plan, language: str) -> list[Start]:
    """The same exercises, in the words that they have today."""
    return _again([dose_of(row) | {"line": row.line} for row in plan.exercises.all()], language)


def _again(doses: list[dict[str, Any]], language: str) -> list[Start]:
    known = by_key(language)
    return [
        Start(known[dose["key"]], **{name: value for name, value in dose.items() if name != "key"})
        for dose in doses
        if dose["key"] in known
    ]


def dose_of(row: PlanExercise) -> dict[str, Any]:
    names = ("key", "sets", "reps", "hold", "side", "weekdays")
    return {name: getattr(row, name) for name in names}


def guides(language: str) -> list[GuidePage]:
    """The guides in that language, or in the clinic's own where there are none."""
    live = GuidePage.objects.live().public().select_related("locale").order_by("title")
    code = language.split("-")[0]
    found = [page for page in live if page.locale.language_code.split("-")[0] == code]
    return found or [page for page in live if page.locale_id == Locale.get_default().pk]


def state(row: PlanExercise, known: dict[str, tuple[bool, str]]) -> str:
    """Whether the exercise was changed or withdrawn since it was agreed; empty if neither."""
    live, fingerprint = known.get(row.key, (False, ""))
    if not live:
        return WITHDRAWN
    return CHANGED if fingerprint != row.fingerprint else ""


def today() -> dict[str, tuple[bool, str]]:
    """Of each exercise of the library: whether it is published, and the fingerprint of its text."""
    return {
        exercise.key: (exercise.live, fingerprint_of(exercise))
        for exercise in Exercise.objects.all()
    }
