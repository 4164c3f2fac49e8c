"""A short guide to the hamstrings; a draft until a clinician has approved it."""

from education.models import GuidePage
from education.seed import hip
from education.seed.blocks import (
    Block,
    do,
    dont,
    exercises,
    expander,
    facts,
    routine,
    section,
    sources,
    text,
    warning,
)

KEY = "hamstrings"
POP_SHORT = "A pop or a sharp pain at the back of your thigh? Do not stretch it."


def page() -> GuidePage:
    """The guide, not yet saved."""
    return GuidePage(
        title="The Hamstrings",
        slug=KEY,
        headline="The muscles at the back of your thigh: why they pull, and what helps",
        introduction=(
            "Three muscles at the back of your thigh bend your knee and straighten your hip. "
            "Learn what they do, and how to keep them strong and loose."
        ),
        search_description=(
            "What the hamstrings do, and exercises to strengthen and stretch them at home."
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
            "What they are",
            text(
                "<p>The hamstrings are three muscles at the back of your thigh, which are called "
                "the <b>biceps femoris</b>, the <b>semitendinosus</b> and the "
                "<b>semimembranosus</b>.</p>"
                "<p>They start at your sitting bone, but one part of the biceps femoris starts "
                "lower, at the thigh bone. All of them cross the knee and end below it, where you "
                "can feel two of their tendons behind your bent knee.</p>",
                "textbook",
                "anderson-thigh",
            ),
            hip.side_view(),
            facts(
                "Hamstrings",
                starts=[
                    ("Biceps femoris", "The sitting bone, and the back of the thigh bone"),
                    ("Semitendinosus", "The sitting bone (ischial tuberosity)"),
                    ("Semimembranosus", "The sitting bone (ischial tuberosity)"),
                ],
                attaches="Below the knee: the shin bone (tibia) and the top of the fibula",
                actions=[
                    "Bend (flex) your knee",
                    "Straighten (extend) your hip: they move your thigh back",
                    "Turn your lower leg in or out when your knee is bent",
                ],
                nerves="Branches of the sciatic nerve (L5 to S2)",
                opposite=["Iliopsoas, at the hip", "Quadriceps, at the knee"],
                evidence="textbook",
                references=sources("anderson-thigh"),
            ),
        ),
        section(
            "What they do for you",
            text(
                "<p>They work at two joints, since they bend your knee and also move your thigh "
                "back at the hip. There they help the gluteus maximus, and they work against the "
                "iliopsoas.</p>"
                "<p>When you walk or run, they slow your leg down before your foot lands.</p>",
                "textbook",
                "anderson-thigh",
            ),
            text(
                "<p>When you sit, they are bent at the knee for hours, and many people feel them "
                "as tight. In our view it helps to move, to strengthen and to stretch them.</p>",
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
                "<p>Did you feel a sudden pop or a sharp pain at the back of your thigh? Then "
                "<b>do not stretch it</b>. It may be torn. Have it looked at first.</p>"
                + hip.ASK_FIRST
                + "<p>After a hip replacement some people must not lean forward in a chair.</p>"
                "<p>Does pain run down your leg, with tingling or numbness? A stretch can make a "
                "sore nerve worse. Ask us first.</p>",
                short=f"{POP_SHORT} {hip.ASK_FIRST_SHORT}",
            ),
            warning("When to stop", hip.STOP, short=hip.STOP_SHORT),
            do(
                "keep your back long",
                "breathe all the way through",
                "stretch until you feel a mild pull, and no further",
                "stop if it hurts",
            ),
            dont("bounce", "round your back", "push into pain"),
        ),
    ]


def practice() -> list[Block]:
    return [
        section(
            "Strengthen them",
            text(
                "<p>Begin with the standing leg curl, and when that has become easy, add the "
                "bridge.</p>"
            ),
            hip.pictures_explained(),
            *exercises("standing-leg-curl", "bridge"),
            expander(
                "What about the Nordic exercise?",
                "<p>In studies with athletes, those who trained with the Nordic hamstring exercise "
                "had about half as many hamstring injuries. We do not show it here, because it is "
                "hard to do and was tested in sport, but ask us if you play one.</p>",
                "trial",
                "van-dyk-2019",
            ),
        ),
        section(
            "Stretch them",
            text(
                "<p>To stretch a muscle, move into the opposite of what it does. Since these bend "
                "your knee and straighten your hip, you straighten your knee and bend your hip.</p>",
                "clinic",
            ),
            *exercises("seated-hamstring-stretch"),
            text(
                "<p>A trial looked at 93 adults with tight hamstrings, who were 21 to 39 years "
                "old. Those who held a stretch for 30 seconds, 5 days a week, could move further "
                "after 6 weeks. Holding it for 60 seconds, or doing it three times a day, did not "
                "add to that.</p>",
                "trial",
                "bandy-1997",
            ),
        ),
        section(
            "How much, how often",
            hip.strength_dose(),
            *hip.stretch_dose(),
            routine(
                "Strengthen first, then stretch. This takes about eight minutes. "
                "You need a firm chair without wheels, and clothes that let you move.",
                "standing-leg-curl",
                "bridge",
                "seated-hamstring-stretch",
            ),
        ),
    ]


def when_to_get_help() -> Block:
    """Before the exercises: nobody should scroll past them to learn that they must not exercise."""
    return hip.when_to_get_help(
        emergency=hip.EMERGENCY,
        urgent=[
            *hip.HELP_TODAY,
            "you felt a pop at the back of your thigh, and you cannot walk as usual",
            "a large bruise is spreading down the back of your thigh",
        ],
        soon=[
            *hip.SEE_A_DOCTOR,
            "within 2 weeks: you have pain that runs from your back down your leg",
        ],
        advice="Do not exercise until you have been seen.",
    )


def help_and_sources() -> list[Block]:
    return [
        hip.help_with_your_stretch(),
        section("Sources", ("references", None)),
    ]
