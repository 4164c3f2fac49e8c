"""Data for the practice page's script: the exercises, and every word that it says."""

from math import ceil
from typing import Any

from django.utils.translation import gettext

from education.guide import sides
from education.guide.drawings import Picture

HOLDS = (30, 45, 60)
PACES = (3, 4, 5, 6, 8)
"""Seconds for one lift, up and down."""


PACE = 4
READY = 15
"""Seconds to get into place, on average: the script gives 20 for a new exercise, 10 for the other side."""


def minutes(values: list[Any]) -> int:
    """About how long the exercises take, as the script counts them: from 5 minutes on in fives."""
    seconds = 0
    for value in values:
        dose = value.dose
        hold = min(max(HOLDS[0], dose.hold_from), dose.hold_to or dose.hold_from)
        once = hold + READY if dose.hold_from else dose.reps * PACE + READY
        times = (dose.reps or 1) if dose.hold_from else 1
        seconds += once * times * (dose.sets or 1) * (2 if dose.each_side else 1)
    whole = max(1, ceil(seconds / 60))
    return whole if whole < 5 else 5 * ceil(whole / 5)


def data(title: str, values: list[Any]) -> dict[str, Any]:
    """`values` are exercise blocks in order. The result goes into the page as JSON."""
    return {
        "guide": title,
        "exercises": [exercise(value) for value in values],
        "words": words(),
        "choices": HOLDS,
        "paces": PACES,
        "pace": PACE,
        "scale": list(range(11)),
    }


def exercise(value: Any) -> dict[str, Any]:
    record, dose = value["exercise"], value.dose
    return {
        "name": record.name,
        "sets": dose.sets,
        "reps": dose.reps,
        "hold_from": dose.hold_from,
        "hold_to": dose.hold_to,
        "each_side": dose.each_side,
        "only": dose.only,
        "steps": record.step_list,
        "cautions": record.caution_list,
        "stop_if": record.stop_list,
        "pictures": [picture(shown) for shown in record.pictures],
        "moves": record.moves,
        "leg": sides.said(record.drawing) if record.moves else {},
    }


def picture(shown: Picture) -> dict[str, Any]:
    return {"url": shown.url, "alt": shown.alt, "width": shown.width, "height": shown.height}


def words() -> dict[str, Any]:
    return {
        "left": gettext("left side"),
        "right": gettext("right side"),
        "care": gettext("Take care:"),
        "place": gettext("Step {n} of {all}"),
        "hold": gettext("{name}, {side}. Get ready to hold for {seconds} seconds."),
        "reps": gettext("{name}, {side}. {count} times. Press “Count one” for each."),
        "reps_paced": gettext("{name}, {side}. Get ready for {count} slow lifts."),
        "of": gettext("of {count}"),
        "ready": gettext("seconds to get ready"),
        "seconds": gettext("seconds"),
        "go": gettext("Hold. Keep breathing."),
        "paced": gettext("Begin. Keep breathing."),
        "half": gettext("Halfway."),
        "change": gettext("Relax. Change sides."),
        "rest": gettext("Relax."),
        "pause": gettext("Pause"),
        "go_on": gettext("Carry on"),
        "paused": gettext("Paused."),
        "going": gettext("Carrying on."),
        "done": gettext("Well done. You have finished."),
        "saved": gettext("Your note is kept in this browser."),
        "not_saved": gettext("This browser does not keep notes."),
        "sure": gettext("Erase all your notes?"),
        "erased": gettext("Your notes are erased."),
        "columns": [gettext("Day"), gettext("Guide"), gettext("Discomfort")],
    }
