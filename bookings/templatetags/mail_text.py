"""`{{ part.text|mail_text:clinic }}`: text of a mail as HTML, escaped."""

import re
from functools import lru_cache

from django import template
from django.template.defaultfilters import linebreaksbr
from django.utils.safestring import SafeString

from clinic import phones
from clinic.markup import filled
from clinic.models import ClinicSettings

register = template.Library()
FILLER = SafeString("&#847;&zwnj;&nbsp;" * 72)
REFERENCE = r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b"


@register.simple_tag
def filler() -> SafeString:
    """Fills the line behind the preheader, so that an inbox does not show the body after it."""
    return FILLER


@register.filter
def mail_text(text: str, clinic: ClinicSettings) -> SafeString:
    """The clinic's number can be pressed, however its spaces are written; no line breaks a reference."""
    number = phones.national(clinic.phone)
    parts = _pattern(number).split(text)
    parts[::2] = map(linebreaksbr, parts[::2])
    parts[1::2] = [_found(part, number, clinic) for part in parts[1::2]]
    return SafeString("".join(parts))


@lru_cache
def _pattern(number: str) -> re.Pattern[str]:
    """A reference, or this number."""
    digits = r"[ \xa0]".join(map(re.escape, number.split()))
    return re.compile(rf"({REFERENCE}|(?<!\w){digits}(?!\w))")


def _found(part: str, number: str, clinic: ClinicSettings) -> SafeString:
    if re.fullmatch(REFERENCE, part):
        return filled('<span style="white-space:nowrap;">{}</span>', part)
    link = '<a href="tel:{}" style="color:{};white-space:nowrap;"><bdi dir="ltr">{}</bdi></a>'
    return filled(link, clinic.phone.as_e164, clinic.colours.link, number)
