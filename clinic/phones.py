"""Phone numbers as people type them, as we store them and as we show them.

Stored: E.164 with the extension behind it, such as "+442079460123;ext=205", where one string has to
hold both (drafts, `Contact`). In the tables the extension has a column of its own, so that a search for
the number finds it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import phonenumbers
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber
from phonenumbers import ValidationResult

EXTENSION = re.compile(
    r"(?:;ext=|,|\b(?:extension|extn|ext|extensi[oó]n|int(?:erno)?|anexo)\b\.?:?|(?<=\d|\s|\))x\.?|#)\s*(\d{1,7})$",
    re.IGNORECASE,
)
NUMBER = re.compile(r"\+?[\d\s().\-/‐‑‒–—]+")
"""What may stand in a number: digits, and what people put between them."""


def parse(text: str) -> PhoneNumber:
    """The number with its extension. Raises `ValidationError` for words and for what cannot be dialled.

    A number that is possible but in no number plan that we know is taken: plans grow. See `is_known`.
    """
    refused = ValidationError(_("Enter a phone number such as 020 7946 0123."), code="invalid")
    bare = "".join(each for each in text if unicodedata.category(each) != "Cf").strip()
    bare = re.sub(r"^tel:", "", bare, flags=re.IGNORECASE)
    extension = EXTENSION.search(bare)
    digits = bare[: extension.start()].strip() if extension else bare
    if not NUMBER.fullmatch(digits):
        raise refused
    try:
        found = PhoneNumber.from_string(digits, region=settings.PHONENUMBER_DEFAULT_REGION)
    except phonenumbers.NumberParseException as error:
        raise refused from error
    if phonenumbers.is_possible_number_with_reason(found) != ValidationResult.IS_POSSIBLE:
        raise refused
    found.extension = extension[1] if extension else None
    return found


def stored(number: PhoneNumber) -> str:
    """One string for number and extension: "+442079460123;ext=205"."""
    # format_number leaves the extension out of E.164.
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{e164};ext={number.extension}" if number.extension else e164


def split(text: str) -> tuple[str, str]:
    """The number (E.164) and the extension of what `stored` made."""
    number, _separator, extension = text.partition(";ext=")
    return number, extension


def label(number: PhoneNumber, extension: str = "") -> str:
    """As people read it: "020 7946 0123 ext. 205"; a foreign number with its country code."""
    extension = extension or number.extension or ""
    bare = PhoneNumber()
    bare.merge_from(number)
    bare.extension = None
    home = phonenumbers.country_code_for_region(settings.PHONENUMBER_DEFAULT_REGION)
    text = bare.as_national if number.country_code == home else bare.as_international
    if not extension:
        return text
    return _("%(number)s ext. %(extension)s") % {"number": text, "extension": extension}


def dial(number: PhoneNumber, extension: str = "") -> str:
    """The address of a link that calls it (RFC 3966)."""
    e164, own = split(stored(number))
    extension = extension or own
    return f"tel:{e164};ext={extension}" if extension else f"tel:{e164}"


def is_known(number: PhoneNumber) -> bool:
    """Whether the number stands in a number plan; if not, the desk should read it back."""
    return phonenumbers.is_valid_number(number)


def national(number: PhoneNumber) -> str:
    """As people of its country write it: "020 7946 0123".

    Remembered: every page and mail names the clinic's, and to format it takes as long as two queries.
    """
    return _national(stored(number))


@lru_cache(maxsize=512)
def _national(number: str) -> str:
    return str(PhoneNumber.from_string(number).as_national)
