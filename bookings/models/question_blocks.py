"""The parts of a service's questions, as staff fill them in."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from bookings.enums import CareLevel
from bookings.validators import validate_plain_text

NONE = "none"
"""The key of "None of these", which every form has."""
KEY = r"^[a-z][a-z0-9-]{0,15}$"
LEVELS = [level for level in CareLevel.choices if level[0] != CareLevel.CONTINUE]


def _key() -> blocks.RegexBlock:
    return blocks.RegexBlock(
        KEY,
        label=_("short name"),
        help_text=_(
            "Small letters and hyphens, as in hot-joint. Never shown, the same in each language."
        ),
        error_messages={"invalid": _("Up to 16 small letters, digits and hyphens.")},
    )


def _text(label: Any, most: int, **options: Any) -> blocks.CharBlock:
    return blocks.CharBlock(
        label=label, max_length=most, validators=(validate_plain_text,), **options
    )


class SignBlock(blocks.StructBlock):
    """One sign of a group, with its source: for the page that leads to care, and for the review."""

    text = _text(_("sign"), 200)
    days = blocks.IntegerBlock(
        label=_("see a doctor within (days)"), min_value=1, max_value=60, required=False
    )
    source = _text(_("source"), 300, required=False, help_text=_("Where this route comes from."))

    class Meta:
        label = _("sign")


class GroupBlock(blocks.StructBlock):
    """What one tick on the form says, how pressing it is, and every sign that belongs to it."""

    key = _key()
    question = blocks.TextBlock(
        label=_("on the form"),
        max_length=600,
        rows=4,
        validators=(validate_plain_text,),
        help_text=_(
            "Plain words, one line for each kind of sign. One tick stands for all of them."
        ),
    )
    level = blocks.ChoiceBlock(label=_("care level"), choices=LEVELS)
    signs = blocks.ListBlock(SignBlock(), label=_("all its signs"))

    class Meta:
        icon = "warning"
        label = _("group of signs")
        label_format = "{key}: {level}"

    def clean(self, value: blocks.StructValue) -> blocks.StructValue:
        """What is `soon` says within how many days."""
        found = super().clean(value)
        if found["key"] == NONE:
            text = _("“none” stands for “None of these”.")
            raise blocks.StructBlockValidationError({"key": ValidationError(text)})
        timed = all(sign["days"] for sign in found["signs"])
        if found["level"] == CareLevel.SOON and not timed:
            text = _("Say for each sign within how many days a doctor has to look at it.")
            raise blocks.StructBlockValidationError({"signs": ValidationError(text)})
        return found


class OptionBlock(blocks.StructBlock):
    """One choice of a list: its key is stored, its text is shown."""

    key = _key()
    text = _text(_("text"), 100)

    class Meta:
        icon = "list-ul"
        label = _("choice")
        label_format = "{text}"


class ShortQuestionBlock(blocks.StructBlock):
    """A question of the clinic's own, answered by a choice or in a few words."""

    key = _key()
    text = _text(_("question"), 150)
    answers = blocks.TextBlock(
        label=_("answers to choose from"),
        required=False,
        rows=3,
        max_length=500,
        validators=(validate_plain_text,),
        help_text=_("One a line. Empty: the patient writes a few words."),
    )
    required = blocks.BooleanBlock(label=_("must be answered"), required=False)

    class Meta:
        icon = "help"
        label = _("short question")
        label_format = "{text}"
