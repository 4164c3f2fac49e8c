"""What somebody answered to a service's safety questions, in the words that were shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from bookings.enums import CLEARABLE, STOPS, CareLevel, most_pressing
from bookings.models import Service, questions_of
from bookings.models.questions import AsShown, Group, Sign
from bookings.transitions import Answer


def answered(
    asks: AsShown, flags: Iterable[str], more: Iterable[tuple[str, str]]
) -> dict[str, Any]:
    """For the draft: cleared by nobody so far. `more` are short questions with their answers."""
    ticked = asks.ticked(flags)
    return {
        "flags": list(flags),
        "cleared": False,
        "version": asks.version,
        "level": most_pressing(group.level for group in ticked),
        "rows": [_row(group, group in ticked) for group in asks.groups],
        "more": [list(pair) for pair in more],
    }


def _row(group: Group, ticked: bool) -> list[str]:
    """Question, answer, and how pressing that answer is."""
    level = group.level if ticked else CareLevel.CONTINUE
    return [group.words, str(_("Yes")) if ticked else str(_("No")), level]


def is_current(safety: dict[str, Any], service: Service) -> bool:
    """Whether it answers what the service asks now, in whichever language."""
    asked = (questions_of(service.questions_id, code) for code, _name in settings.LANGUAGES)
    return any(asks and asks.version == safety.get("version") for asks in asked)


def is_stopped(safety: dict[str, Any]) -> bool:
    """An emergency, or urgent: no tick clears that."""
    return safety["level"] in STOPS


def needs_doctor(safety: dict[str, Any]) -> bool:
    """A doctor has to have looked at it first, and nobody has said so."""
    return safety["level"] in CLEARABLE and not safety["cleared"]


def ticked(safety: dict[str, Any]) -> list[str]:
    """The words of each group that applies."""
    return [question for question, _answer, level in safety["rows"] if level != CareLevel.CONTINUE]


def cleared_words(what: str) -> str:
    """What is said by ticking that a doctor has looked at it."""
    said = _(
        "A doctor, or the treating team, has looked at this and agrees to a consultation: %(what)s"
    )
    return said % {"what": what}


def in_words(safety: dict[str, Any]) -> str:
    """What was ticked, a line each, for the page with all answers."""
    found = ticked(safety)
    found += [cleared_words(what) for what in ticked(safety)] if safety["cleared"] else []
    return "\n".join(found) or str(_("None of these"))


def answers(safety: dict[str, Any]) -> list[Answer]:
    """Each question as it was asked, for the review of the request."""
    version = safety["version"]
    rows = [Answer(text, answer, level, version) for text, answer, level in safety["rows"]]
    if safety["cleared"]:
        rows += [
            Answer(cleared_words(question), str(_("Yes")), level, version)
            for question, _answer, level in safety["rows"]
            if level != CareLevel.CONTINUE
        ]
    more = [Answer(text, answer, version=version) for text, answer in safety["more"]]
    return rows + more


def signs_of(asks: AsShown, safety: dict[str, Any]) -> list[Sign]:
    """Every sign of what was ticked, with its time, the soonest first: the form says them in short."""
    signs = [sign for group in asks.ticked(safety["flags"]) for sign in group.signs]
    return sorted(signs, key=lambda sign: sign.days or 0)
