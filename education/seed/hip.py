"""Texts that all guides about muscles of the hip share."""

from education.seed.blocks import Block, action, care, figure, section, text

BROKEN_HIP = [
    "you may have broken your hip: you cannot lift or move your leg, or put weight on it",
    "one leg looks shorter than the other, or turned out",
]
PINCHED_NERVES = [
    "you are numb around your genitals or your back passage",
    "you have new trouble with your bladder or bowels: you cannot go, or cannot hold it",
]
INFECTION_OR_CLOT = [
    "a joint is hot, swollen and red (or a changed colour), and you feel feverish",
    "one leg is throbbing, swollen and warm",
]
SEE_A_DOCTOR = [
    "your pain began after a fall",
    "your pain is getting worse",
    "you feel feverish",
    "you are losing weight without trying to",
]


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
        "<p>In the pictures, the dark leg with the dashed line does the work. The red shape is "
        "the muscle. The pale outline shows where you began.</p>",
    )


def stretch_dose() -> list[Block]:
    """How long and how often to hold a stretch, according to guidelines."""
    return [
        text(
            "<p>The guideline for most adults: hold a stretch for 10 to 30 seconds. For "
            "older adults it is 30 to 60 seconds. Stretch on at least 2 or 3 days a week. "
            "Go to the point of slight discomfort, not pain.</p>",
            "guideline",
            "acsm-11",
        ),
        text(
            "<p>Do each stretch 2 to 4 times. Aim for about 60 seconds in all for each "
            "stretch: two holds of 30 seconds, for example.</p>",
            "guideline",
            "garber-2011",
        ),
    ]


def strength_dose() -> Block:
    return text(
        "<p>The guideline for all adults: work your main muscles on at least 2 days a week.</p>",
        "guideline",
        "bull-2020",
    )


def when_to_get_help(
    *, emergency: list[str], urgent: list[str], soon: list[str], advice: str
) -> Block:
    return section(
        "When to get help",
        care("emergency", emergency),
        care("urgent", urgent),
        care("non-urgent", soon, advice=advice),
    )


def help_with_your_stretch() -> Block:
    return section(
        "Would you like help with your stretch?",
        text(
            "<p>A good stretch is easier to learn with someone beside you. Call us for a "
            "stretching consultation, for this muscle or any other. Or ask for one "
            "online.</p>",
        ),
        action("booking", "Book a consultation about this"),
        action("tel", "Call us"),
    )
