"""Rules for typed text, shared by forms and tables."""

import unicodedata
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

FORBIDDEN_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn"}
ALLOWED_CONTROLS = {"\n", "\r", "\t"}
# Zero-width joiners are part of ordinary words in Persian, Arabic and Indic scripts, and of emoji.
ALLOWED_FORMATS = {"\u200c", "\u200d"}


# A soft hyphen, a zero-width space or no-break space, and the marks of direction that come along when a
# name is copied from a page. Overrides and isolates (U+202A to U+202E, U+2066 to U+2069) are not among
# them: they hide what a text says.
INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200e\u200f\u061c\u2060\ufeff"))


def without_invisible(value: str) -> str:
    """Without the characters that somebody pastes and never sees."""
    return value.translate(INVISIBLE)


def validate_plain_text(value: str) -> None:
    """No control, bidirectional-override, zero-width or unassigned characters.

    They can hide what a text says (Unicode TR 36) or break a mail header. Joiners are allowed.
    """
    for character in value:
        if character in ALLOWED_CONTROLS or character in ALLOWED_FORMATS:
            continue
        if unicodedata.category(character) in FORBIDDEN_CATEGORIES:
            raise ValidationError(
                _("This has a character that cannot be shown. Please type it again."),
                code="unprintable",
            )


def validate_one_line(value: str) -> None:
    """Plain text without line breaks: for names, because they go into mail headers."""
    if any(character in value for character in "\r\n\t\u2028\u2029"):
        raise ValidationError(_("Please write this on one line."), code="line_break")
    validate_plain_text(value)


def validate_time_zone(value: str) -> None:
    """A name from the IANA time zone database."""
    if value not in available_timezones():
        raise ValidationError(_("This is not a known time zone, such as Europe/London."))


validate_source_path = RegexValidator(r"^/(?:[\w-]+/)*$", _("This is not the path of a page."))
