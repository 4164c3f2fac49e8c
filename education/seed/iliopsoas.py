"""The first guide: the iliopsoas. Plain words; every claim says how sure it is."""

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
    sources,
    text,
    warning,
)

INTRODUCTION = (
    "Deep in your hip is a muscle that lifts your leg each time you take a step. Learn what it "
    "does, why it gets tight, and how to keep it strong and loose."
)


def page() -> GuidePage:
    """The guide, not yet saved."""
    return GuidePage(
        title="The Iliopsoas",
        slug="iliopsoas",
        headline="The hip muscle no one talks about: why it matters and how to keep it happy",
        introduction=INTRODUCTION,
        search_description=(
            "What the iliopsoas does, why it gets tight, exercises to strengthen and stretch it at "
            "home, and who should ask first."
        ),
        body=body(),
    )


def body() -> list[Block]:
    return [*anatomy(), *before_you_start(), when_to_get_help(), *practice(), *help_and_sources()]


def anatomy() -> list[Block]:
    return [
        section(
            "What it is",
            text(
                "<p>The iliopsoas is a group of two main muscles, the <b>psoas</b> and the "
                "<b>iliacus</b>, which do most of their work as one. Some people also have a "
                "third, small muscle beside them, which is called the psoas minor.</p>"
                "<p>The psoas starts at the lumbar spine, in your low back, and the iliacus starts "
                "at your hip bone. On their way down, near your groin, the two merge, and together "
                "they attach to the femur, your thigh bone.</p>",
                "textbook",
                "bordoni-iliopsoas",
            ),
            figure(
                "iliopsoas-anatomy",
                alt=(
                    "Lower spine, pelvis and thigh bones from the front. The psoas runs from the "
                    "sides of the lower spine. The iliacus spreads over the inside of the hip "
                    "bone. Both join at the lesser trochanter, a bump on the thigh bone."
                ),
                caption="The psoas and the iliacus, from the front.",
                labels=[
                    "Psoas: from the low back (lumbar spine), down through the pelvis.",
                    "Iliacus: from the inside of the hip bone (the iliac bone).",
                    "Both end at the same place, high on the inside of the thigh bone (femur).",
                ],
            ),
            facts(
                "Iliopsoas",
                starts=[
                    ("Psoas", "The low back: bones and discs from T12 to L5"),
                    ("Iliacus", "The hip bone: the hollow on its inside (iliac fossa)"),
                ],
                attaches="The thigh bone (femur), at a small bump: the lesser trochanter",
                actions=[
                    "Bends (flexes) your hip: it is the main muscle to do so",
                    "Turns your thigh outwards",
                    "Bends your trunk forward at the hip",
                    "Bends your trunk to the side (the psoas alone)",
                ],
                nerves="Branches of L1 and L2, and the femoral nerve (L2 to L4)",
                opposite=["Gluteus maximus", "Hamstrings"],
                evidence="textbook",
                references=sources("bordoni-iliopsoas"),
            ),
        ),
        section(
            "What it does for you",
            text(
                "<p>The iliopsoas, which people also call a hip flexor, is the main muscle that "
                "bends your hip. It lifts your leg when you walk, run or climb stairs, and it also "
                "turns your thigh outwards.</p>"
                "<p>When your legs stay still, it pulls your trunk forward at the hip, as when you "
                "sit up in bed. The psoas can do one thing without the iliacus, which is to bend "
                "your trunk to the side.</p>",
                "textbook",
                "bordoni-iliopsoas",
            ),
            text(
                "<p>When you stand normally, it helps to keep the natural curve of your low back.</p>",
                "textbook",
                "bordoni-iliopsoas",
            ),
            expander(
                "How much does it hold up your back?",
                "<p>That it <b>helps support</b> your back is our own view, and the study that we "
                "name here does not prove it. Its authors calculated the forces of the psoas from "
                "3 bodies and the X-rays of 10 men. By that sum the muscle bends the spine only "
                "weakly, but it can press the bones of the spine together with a large force. That "
                "shows how much load it puts on the spine, not how much it holds it up.</p>",
                "measured",
                "bogduk-1992",
            ),
            text(
                "<p>Every muscle has at least one partner that makes the opposite movement. Your "
                "iliopsoas brings your thigh forward, and works directly against the gluteus "
                "maximus, in your bottom, and the hamstrings, at the back of your thigh.</p>",
                "textbook",
                "bordoni-iliopsoas",
            ),
            hip.side_view(),
        ),
        section(
            "Why it gets tight, and why that matters",
            text(
                "<p>Most of us sit a lot, and then the muscle stays short for hours, which in our "
                "view can make it tight.</p>"
                "<p>One study compared active people, who sat for less than 4 hours a day, with "
                "inactive people, who sat for more than 7. In the first group the thigh could on "
                "average be moved 6.1 degrees further back. So sitting long and moving little, "
                "together, are <b>linked with</b> a stiffer hip. Because it looked at one moment "
                "in time, the study cannot show what caused what. It also measured with the very "
                "test that we call misleading below.</p>",
                "association",
                "boukabache-2021",
            ),
            text(
                "<p>A tight iliopsoas can affect the muscles at the back of your hip. In our view "
                "this can lead to problems at the hip and the knee, although studies have not "
                "shown that one causes the other.</p>"
                "<p>That is why we think it is worth keeping this muscle from getting too "
                "tight.</p>",
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
                hip.ASK_FIRST + "<p>Do you have any of the signs under “When to get help”? Do not "
                "exercise. Get help first.</p>",
                short=hip.ASK_FIRST_SHORT,
            ),
            warning("When to stop", hip.STOP, short=hip.STOP_SHORT),
            do(
                "brace your core, to protect your back",
                "breathe all the way through",
                "stretch until you feel a mild pull, and no further",
                "stop if it hurts",
            ),
            dont("hold your breath", "bounce", "push into pain"),
            expander(
                "Can I test myself for a tight muscle?",
                "<p>We do not give you a test to do at home, because it could easily mislead "
                "you.</p>"
                "<p>A well-known one, the modified Thomas test, was checked in a small study of 29 "
                "healthy students, in which nobody kept the pelvis still. The test found about 7 "
                "of the 22 who had a stiff hip (sensitivity 32%), and it cleared about 4 of the 7 "
                "who did not (specificity 57%). With so few people the true figures may be far "
                "off, from 14 to 55% for the first and from 18 to 90% for the second. With the "
                "pelvis kept still, however, the same test was a fair measure.</p>",
                "measured",
                "vigotsky-2016",
            ),
        ),
    ]


def practice() -> list[Block]:
    return [
        section(
            "Strengthen it",
            text(
                "<p>Choose one of these two exercises, and do it 15 times with each leg. Brace "
                "your core, breathe all the way through, and then stretch the same muscle as we "
                "show you below.</p>",
                "clinic",
            ),
            hip.pictures_explained(),
            *exercises("seated-knee-lift", "lying-leg-lift"),
        ),
        section(
            "Stretch it",
            text(
                "<p>To stretch a muscle, move into the opposite of what it does. Because this one "
                "bends your hip and your trunk, your thigh goes behind you and your trunk stays "
                "tall or leans back a little (extension).</p>"
                "<p>There are several ways to do this, and we show you two of them. You can kneel, "
                "or lie on your back, but whichever you choose, hold each stretch for 30 seconds "
                "to one minute.</p>",
                "clinic",
            ),
            *exercises("half-kneeling-stretch", "lying-stretch"),
            text(
                "<p>Tucking the pelvis was tested in a trial with 26 young, healthy people. Just "
                "after a stretch with a tucked pelvis, the hip resisted less in one test. A plain "
                "lunge did not show a clear change, and the summary that we read does not say "
                "whether tucking helps with pain, or lasts.</p>",
                "trial",
                "gonzalez-2024",
            ),
        ),
        section(
            "How much, how often",
            hip.strength_dose(),
            *hip.stretch_dose(),
            text(
                "<p>We ask you to hold a stretch for 30 seconds to one minute. For adults, two "
                "holds of 30 seconds fit both guidelines, while a whole minute is our own view. If "
                "that is too long for you, begin with 10 seconds, and add a little each week.</p>",
                "clinic",
            ),
            routine(
                "Strengthen first, then stretch. This takes about ten minutes. "
                "You need a firm chair without wheels, a cushion and a bed, and clothes that let you move.",
                "seated-knee-lift",
                "half-kneeling-stretch",
                "lying-stretch",
            ),
        ),
    ]


def when_to_get_help() -> Block:
    """Before the exercises: nobody should scroll past them to learn that they must not exercise."""
    return hip.when_to_get_help(
        emergency=hip.EMERGENCY,
        urgent=hip.HELP_TODAY,
        soon=hip.SEE_A_DOCTOR,
        advice="Do not exercise until you have been seen.",
    )


def help_and_sources() -> list[Block]:
    return [
        hip.help_with_your_stretch(),
        section("Sources", ("references", None)),
    ]
