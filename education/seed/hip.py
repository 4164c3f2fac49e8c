"""Texts that all guides about muscles of the hip share."""

from education.seed.blocks import Block, action, care, figure, section, text

# Signs and their routes: a draft for a clinician to sign, each with its source in docs/triage.md.
BROKEN_HIP = [
    "you may have broken your hip: you cannot lift or move your leg, or put weight on it",
    "one leg looks shorter than the other, or turned out",
    "you were in a serious accident, or fell from a height or downstairs",
    "your hip, groin or back hurts after any fall or knock, and you are 65 or over, have weak bones "
    "or take steroids",
]
PINCHED_NERVES = [
    "you are newly numb around your genitals or your back passage or inside your thighs, or it "
    "tingles there",
    "you have new trouble with your bladder or bowels: you cannot go, cannot hold it or cannot "
    "feel it; "
    "or sex feels different",
    "you have new pain, weakness or numbness in both legs",
    "you have or had cancer, your back hurts, and a leg is weak or numb or you have trouble walking",
]
LUNG_OR_BLOOD_VESSEL = [
    "you are newly short of breath, have chest pain, cough up blood or faint, with or without a "
    "swollen leg",
    "you have a sudden, very bad pain in your tummy or your back",
    "one leg suddenly hurts and is cold, pale or numb",
    "you take blood thinners or bleed easily, and your groin, hip or thigh newly hurts, is "
    "bruised or weak",
]
BELLY_OR_GROIN = [
    "you have a lump in your groin with sudden bad pain, or with being sick, or it will not go back",
    "you have a sudden, very bad pain in a testicle",
    "the right side of your tummy hurts low down, more when your leg goes back, and you feel ill",
]
NEW_JOINT_OR_INFECTION = [
    "you have a new hip, and feel a sudden pain or a pop, or cannot move it",
    "your artificial joint is hot, swollen or newly painful, and you feel ill",
    "you may have an infection, and are confused, very drowsy or cannot speak well",
]
EMERGENCY = (
    BROKEN_HIP + PINCHED_NERVES + LUNG_OR_BLOOD_VESSEL + BELLY_OR_GROIN + NEW_JOINT_OR_INFECTION
)
INFECTION_OR_CLOT = [
    "a joint is hot, swollen, red or a changed colour, or bad pain in it came on fast: with or "
    "without a fever",
    "you have a fever or shivers, and pain in your back, side (flank), groin or hip",
    "you have a fever and a limp, or a hip that will not straighten",
    "one calf or thigh is newly swollen, or throbbing, or warm and sore, or a changed colour",
]
HELP_TODAY = [
    *INFECTION_OR_CLOT,
    "your pain began after any other fall or knock, a minor one",
    "your back hurts, and rest does not help, it is worse at night, or your back has a lump or a "
    "new shape",
    "your back hurts, and you are losing weight without trying to",
    "your hip hurts, and you are losing weight without trying to",
    "you have or had cancer, and have a new or growing pain in your back or a bone",
    "your leg or foot is getting weaker, drags or gives way",
    "your groin hurts when you stand on that leg, run or hop, and it is getting worse: keep your "
    "weight off it",
    "a child or young person under 16 has a limp, or pain in the hip, groin, thigh or knee",
]
SEE_A_DOCTOR = [
    "within 2 days: something tore at the front of your hip, and it is bruised or weak",
    "within a week: your hip or groin hurts, and you take steroids or drink a lot of alcohol",
    "within a week: your hip or groin pain is getting worse, never lets up, or is no better after "
    "some weeks",
    "within 2 weeks: you have a soft lump in your groin that goes back",
    "within 2 weeks: you are under 45, your back or bottom has hurt for 3 months, and you are "
    "stiff when you "
    "wake and better when you move",
]
ASK_FIRST = (
    "<p>Have you had a hip replaced, or a broken hip mended? Then <b>do not do these "
    "exercises</b> until you "
    "have asked your surgeon or your physiotherapist. What you must not do depends on how your "
    "operation was "
    "done.</p>"
    "<p>Have you had any other operation on your hip or spine, or a broken bone there, in the "
    "last 12 weeks? "
    "Do not begin before they say so.</p>"
    "<p>Ask us first if you are pregnant, or have weak bones (osteoporosis) or back pain. Ask us "
    "too about "
    "pain down your leg, a hernia, very bendy joints, or a hip that pinches when you bend it. The "
    "same goes if "
    "you take blood thinners, your balance is poor, or you cannot get up from the floor. And it "
    "goes for a "
    "problem with your heart or blood pressure.</p>"
    "<p>A new or a sore knee? Do not kneel on it. Under 16? This guide is for adults: do not do "
    "these exercises, and ask us.</p>"
)
ASK_FIRST_SHORT = (
    "After a hip operation, or a hip or spine operation or fracture in the last 12 weeks, ask "
    "your surgeon or "
    "physiotherapist first. Under 16: do not do these. Ask us first if you are pregnant, or have "
    "weak bones, back or "
    "leg pain, a hernia, poor balance or a heart problem."
)
STOP = (
    "<p><b>Stop, and call 999 or your own emergency number</b>, if your chest hurts, you cannot "
    "get your "
    "breath or you faint.</p>"
    "<p><b>Stop, and get help today</b>, if your leg goes weak, or your groin hurts when you "
    "stand on it: keep your weight off it. If a "
    "new hip clunks and hurts, go to A&amp;E.</p>"
    "<p><b>Stop, and ask us first</b>, if you feel a sharp, burning or growing pain, or a pinch "
    "in your groin. "
    "Do the same if you feel tingling, numb or dizzy, if your back hurts, or if you are sore the "
    "next day.</p>"
)
STOP_SHORT = "Stop and call for help if your chest hurts, you cannot get your breath or you faint."
EMERGENCY_SHORT = (
    "you cannot stand on or move your leg; it hurts after any fall, and you are 65 or over, have "
    "weak bones or take "
    "steroids; you are numb between your legs, both legs are newly weak, or you have new bladder "
    "or bowel trouble; you "
    "have or had cancer, and have back pain and a weak leg; your chest hurts, you are short of "
    "breath or faint; a leg "
    "is cold, pale or numb; a new hip pops, or is hot and you feel ill; you take blood thinners "
    "and have new pain; a "
    "groin lump will not go back; any pain is sudden and very bad; you may have an infection and "
    "are confused"
)
TODAY_SHORT = (
    "you have a fever with hip or back pain; a joint or a calf is hot, swollen or a changed "
    "colour; your leg is getting "
    "weaker; your groin hurts when you stand; you are losing weight, or had cancer and have new "
    "pain; you are under 16 "
    "with a limp"
)
SOON_SHORT = (
    "something tore (within 2 days); or your pain is getting worse, never lets up or lasts for "
    "weeks (within a week)"
)


def side_view() -> Block:
    """The muscles at the front and the back of the hip, from the side."""
    return figure(
        "side-view-muscles",
        alt=(
            "The hip from the side. The iliopsoas crosses the front of the hip and bends it. The "
            "gluteus maximus and the hamstrings, at the back, straighten it."
        ),
        caption="The hip from the side: front and back work against each other.",
        labels=[
            "At the front: the iliopsoas bends the hip.",
            "At the back: the gluteus maximus and the hamstrings straighten it.",
        ],
    )


def pictures_explained() -> Block:
    """How to read the drawings of the exercises."""
    return text(
        "<p>In the pictures, the dark leg with the dashed line is the one to exercise, and the red "
        "shape is the muscle. Thin lines in it mean that the muscle works, and a white double "
        "arrow means that it is stretched. A narrow red strip on the belly means that you brace "
        "your core. The pale outline behind shows the position from which you began.</p>",
    )


def stretch_dose() -> list[Block]:
    """How long and how often to hold a stretch, according to guidelines."""
    return [
        text(
            "<p>The guideline asks most adults to hold a stretch for 10 to 30 seconds, while older "
            "adults may gain more from 30 to 60 seconds. Stretch on at least 2 or 3 days a week, "
            "to the point of slight discomfort, not pain.</p>",
            "guideline",
            "acsm-11",
        ),
        text(
            "<p>Do each stretch 2 to 4 times, and aim for about 60 seconds in all for each "
            "stretch, as in two holds of 30 seconds.</p>",
            "guideline",
            "garber-2011",
        ),
    ]


def strength_dose() -> Block:
    return text(
        "<p>The guideline for all adults is to work your main muscles on at least 2 days a "
        "week.</p>",
        "guideline",
        "bull-2020",
    )


def when_to_get_help(
    *, emergency: list[str], urgent: list[str], soon: list[str], advice: str
) -> Block:
    return section(
        "When to get help",
        care("emergency", emergency, short=EMERGENCY_SHORT),
        care("urgent", urgent, short=TODAY_SHORT),
        care("non-urgent", soon, advice=advice, short=SOON_SHORT),
    )


def help_with_your_stretch() -> Block:
    return section(
        "Would you like help with your stretch?",
        text(
            "<p>A good stretch is easier to learn with someone beside you. Call us for a "
            "stretching consultation, for this muscle or any other, or ask for one online.</p>",
        ),
        action("booking", "Book a consultation about this"),
        action("tel", "Call us"),
    )
