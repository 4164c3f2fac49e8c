"""A short guide to the gluteus maximus; a draft until a clinician has approved it."""

from education.models import GuidePage
from education.seed import hip
from education.seed.blocks import (
    Block,
    do,
    dont,
    exercises,
    facts,
    routine,
    section,
    sources,
    text,
    warning,
)

KEY = "gluteus-maximus"


def page() -> GuidePage:
    """The guide, not yet saved."""
    return GuidePage(
        title="The Gluteus Maximus",
        slug=KEY,
        headline="The strong muscle you sit on: how it moves you, and how to keep it working",
        introduction=(
            "The large muscle of your bottom gets you out of a chair and up the stairs. Learn what "
            "it does, and how to keep it strong and loose."
        ),
        search_description=(
            "What the gluteus maximus does, and two exercises to strengthen and stretch it at home."
        ),
        body=[
            *anatomy(),
            *before_you_start(),
            when_to_get_help(),
            *practice(),
            *help_and_sources(),
        ],
    )


def anatomy() -> list[Block]:
    return [
        section(
            "What it is",
            text(
                "<p>The gluteus maximus is the largest muscle of your bottom, where it gives the "
                "buttock its shape and covers two smaller muscles.</p>"
                "<p>It starts at the back of your pelvis, at the hip bone, the sacrum and the "
                "tailbone, and ends at the side of your thigh. Some of it joins the thigh bone, "
                "but most of it joins a long, strong band that runs down to the knee.</p>",
                "textbook",
                "elzanie-gluteus",
            ),
            hip.side_view(),
            facts(
                "Gluteus maximus",
                starts=[
                    ("Upper part", "The back of the hip bone (ilium)"),
                    ("Lower part", "The sides of the sacrum and the tailbone (coccyx)"),
                ],
                attaches="The long band at the side of the thigh, and the back of the thigh bone",
                actions=[
                    "Straightens (extends) your hip: it moves your thigh back",
                    "Turns your thigh outwards",
                    "Brings your trunk upright when you are bent forward",
                ],
                nerves="The inferior gluteal nerve (L5, S1 and S2)",
                opposite=["Iliopsoas"],
                evidence="textbook",
                references=sources("elzanie-gluteus"),
            ),
        ),
        section(
            "What it does for you",
            text(
                "<p>It straightens your hip, and it does its hardest work when your hip starts out "
                "bent, as when you stand up, climb stairs or jump.</p>"
                "<p>It works against the iliopsoas, which bends your hip at the front, and the "
                "hamstrings, at the back of your thigh, help it.</p>",
                "textbook",
                "elzanie-gluteus",
            ),
            text(
                "<p>One study measured that this muscle does little in a level walk, but that it "
                "worked much harder when people ran.</p>",
                "measured",
                "lieberman-2006",
            ),
            text(
                "<p>You may hear that sitting “switches off” this muscle, but we know of no good "
                "study that shows this. When you sit for hours, though, it has little to do, and "
                "in our view that is reason enough to give it some work.</p>",
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
                hip.ASK_FIRST
                + "<p>After some hip operations a deep bend can push the new joint out of place. "
                "So <b>do not hug your knee</b> until your surgeon or physiotherapist says that "
                "you can.</p>"
                "<p>Do you have any of the signs under “When to get help”? Do not "
                "exercise. Get help first.</p>",
                short=hip.ASK_FIRST_SHORT,
            ),
            warning("When to stop", hip.STOP, short=hip.STOP_SHORT),
            do(
                "brace your core, to protect your back",
                "breathe all the way through",
                "stop if it hurts",
            ),
            dont("arch your low back", "hold your breath", "push into pain"),
        ),
    ]


def practice() -> list[Block]:
    return [
        section(
            "Strengthen it",
            text(
                "<p>Do the bridge slowly, because the way down is as important as the way up.</p>"
            ),
            hip.pictures_explained(),
            *exercises("bridge"),
        ),
        section(
            "Stretch it",
            text(
                "<p>To stretch a muscle, move into the opposite of what it does. Since this one "
                "straightens your hip, you stretch it with an exercise that bends your hip.</p>",
                "clinic",
            ),
            *exercises("lying-knee-hug"),
        ),
        section(
            "How much, how often",
            hip.strength_dose(),
            *hip.stretch_dose(),
            routine(
                "Strengthen first, then stretch. This takes about five minutes. "
                "You need a mat or a carpet, and clothes that let you move.",
                "bridge",
                "lying-knee-hug",
            ),
        ),
    ]


def when_to_get_help() -> Block:
    """Before the exercises: nobody should scroll past them to learn that they must not exercise."""
    return hip.when_to_get_help(
        emergency=hip.EMERGENCY,
        urgent=hip.HELP_TODAY,
        soon=[
            *hip.SEE_A_DOCTOR,
            "within 2 weeks: you have pain that runs from your bottom down your leg",
        ],
        advice="Do not exercise until you have been seen.",
    )


def help_and_sources() -> list[Block]:
    return [
        hip.help_with_your_stretch(),
        section("Sources", ("references", None)),
    ]
