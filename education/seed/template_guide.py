"""A draft that editors copy to start the next muscle; a hint stands in each block."""

from education.guide.checks import HINT, TEMPLATE
from education.models import GuidePage
from education.seed import hip
from education.seed.blocks import (
    Block,
    do,
    dont,
    exercises,
    expander,
    facts,
    figure,
    routine,
    section,
    text,
    warning,
)

KEY = "template-guide"


def page() -> GuidePage:
    """The template, not yet saved."""
    return GuidePage(
        title=f"{TEMPLATE} name of the muscle",
        slug=KEY,
        headline=f"{HINT} one line that makes a patient want to read on",
        introduction=f"{HINT} say in two sentences what the reader gets from this guide.",
        search_description="",
        body=[
            *anatomy(),
            *before_you_start(),
            when_to_get_help(),
            *practice(),
            *help_and_sources(),
        ],
    )


def hint(words: str) -> str:
    return f"<p>{HINT} {words}</p>"


def anatomy() -> list[Block]:
    return [
        section(
            "What it is",
            text(
                hint(
                    "name the muscle and its parts, where it starts and where it ends. Short "
                    "sentences. Choose how sure each claim is, and name its source."
                ),
                "textbook",
            ),
            figure(
                "side-view-muscles",
                alt=f"{HINT} say in words what the picture shows.",
                caption=f"{HINT} one line under the picture.",
                labels=[f"{HINT} each label of the picture as a sentence."],
            ),
            facts(
                f"{HINT} the muscle",
                starts=[(f"{HINT} a part", f"{HINT} where it starts")],
                attaches=f"{HINT} the bone where it ends",
                actions=[f"{HINT} one movement a line, in everyday words first"],
                nerves=f"{HINT} the nerves and their roots",
                opposite=[f"{HINT} the muscle that does the opposite"],
                evidence="textbook",
            ),
        ),
        section(
            "What it does for you",
            text(hint("where the reader meets it in daily life: stairs, chairs, walking.")),
            expander(
                f"{HINT} a detail that only some readers want",
                hint("never put safety advice in here: it starts out closed."),
            ),
        ),
        section(
            "Why it gets tight, and why that matters",
            text(
                hint(
                    "say “is linked with” where a study shows no cause. Mark what is your own "
                    "view as the clinic’s view."
                ),
                "clinic",
            ),
        ),
    ]


def before_you_start() -> list[Block]:
    return [
        section(
            "Before you start",
            warning(
                "Who should not do this",
                hint("operations, illnesses and signs with which a reader must not exercise."),
            ),
            do(f"{HINT} what to do, as in “breathe all the way through”"),
            dont(f"{HINT} what to avoid; “do not” is added for you"),
        ),
    ]


def practice() -> list[Block]:
    return [
        section(
            "Strengthen it",
            text(
                hint(
                    "choose exercises from the library below, or make new ones there first. Each "
                    "needs a dose and a “stop if”."
                )
            ),
            hip.pictures_explained(),
            *exercises("seated-knee-lift"),
        ),
        section(
            "Stretch it",
            text(hint("say which movement stretches it, and why.")),
            *exercises("half-kneeling-stretch"),
        ),
        section(
            "How much, how often",
            *hip.stretch_dose(),
            routine(
                f"{HINT} the order to do them in, and how long it takes.",
                "seated-knee-lift",
                "half-kneeling-stretch",
            ),
        ),
    ]


def when_to_get_help() -> Block:
    """Before the exercises, as in every guide."""
    return hip.when_to_get_help(
        emergency=[*hip.EMERGENCY, f"{HINT} keep or change these signs"],
        urgent=[*hip.HELP_TODAY, f"{HINT} what needs help today"],
        soon=[*hip.SEE_A_DOCTOR, f"{HINT} what needs a doctor soon"],
        advice="Do not exercise until you have been seen.",
    )


def help_and_sources() -> list[Block]:
    return [
        hip.help_with_your_stretch(),
        section("Sources", ("references", None)),
    ]
