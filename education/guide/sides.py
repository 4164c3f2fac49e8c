"""Which leg is meant, in words: the one that moves, kneels or is stretched is the side's own leg.

Our drawings show the right side; mirrored, they show the left.
"""

from django.utils.translation import gettext_lazy as _

LEGS = {
    "seated-knee-lift": (_("Lift your left knee."), _("Lift your right knee.")),
    "lying-leg-lift": (
        _("Lift your left leg. Your right knee is bent."),
        _("Lift your right leg. Your left knee is bent."),
    ),
    "half-kneeling-stretch": (
        _("Kneel on your left knee. Your right foot is in front."),
        _("Kneel on your right knee. Your left foot is in front."),
    ),
    "lying-stretch": (
        _("Hug your right knee. Let your left leg hang down."),
        _("Hug your left knee. Let your right leg hang down."),
    ),
    "lying-knee-hug": (_("Hug your left knee."), _("Hug your right knee.")),
    "standing-leg-curl": (
        _("Stand on your right leg. Bend your left knee."),
        _("Stand on your left leg. Bend your right knee."),
    ),
    "seated-hamstring-stretch": (
        _("Put your left leg out straight."),
        _("Put your right leg out straight."),
    ),
}


def said(drawing: str) -> dict[str, str]:
    """What to do with which leg, by `left` and `right`; empty for a drawing whose sides are alike."""
    if drawing not in LEGS:
        return {}
    left, right = LEGS[drawing]
    return {"left": str(left), "right": str(right)}
