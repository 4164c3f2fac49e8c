"""Fixed choices of guides. Imports none of our modules."""

from functools import lru_cache

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


def label(choices: type[models.TextChoices], value: str) -> str:
    """As `get_…_display`, which puts every choice into words to find one."""
    return _label(choices, value, get_language())


@lru_cache(maxsize=256)
def _label(choices: type[models.TextChoices], value: str, _language: str | None) -> str:
    return str(choices(value).label) if value in choices else value


class Evidence(models.TextChoices):
    """How well a claim is supported; shown beside the claim."""

    TEXTBOOK = "textbook", _("Textbook knowledge")
    GUIDELINE = "guideline", _("Expert guideline")
    TRIAL = "trial", _("Tested in a trial")
    MEASURED = "measured", _("Measured in a study")
    ASSOCIATION = "association", _("A link only: cause not shown")
    CLINIC = "clinic", _("Our clinic’s view")


class ExerciseKind(models.TextChoices):
    STRENGTHEN = "strengthen", _("Strengthen")
    STRETCH = "stretch", _("Stretch")


class Position(models.TextChoices):
    SITTING = "sitting", _("Sitting")
    LYING = "lying", _("Lying on your back")
    LYING_FRONT = "lying-front", _("Lying on your front")
    KNEELING = "kneeling", _("Kneeling")
    STANDING = "standing", _("Standing")


class CareLevel(models.TextChoices):
    """The three kinds of care card, most urgent last."""

    NON_URGENT = "non-urgent", _("See a doctor soon")
    URGENT = "urgent", _("Get help today")
    EMERGENCY = "emergency", _("Get emergency help now")
