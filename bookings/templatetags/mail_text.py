"""`{{ part.text|mail_text:clinic }}`: text of a mail as HTML, escaped."""

import re
from collections.abc import Iterator

from django import template
from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from clinic.models import ClinicSettings

register = template.Library()
REFERENCE = r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b"


@register.filter
def mail_text(text: str, clinic: ClinicSettings) -> SafeString:
    """The clinic's number can be pressed, however its spaces are written; no line breaks a reference."""
    return format_html_join("", "{}", ((part,) for part in _parts(text, clinic)))


def _parts(text: str, clinic: ClinicSettings) -> Iterator[SafeString]:
    shown = clinic.phone.as_national
    number = r"(?<!\w)" + r"[ \xa0]".join(map(re.escape, shown.split())) + r"(?!\w)"
    link = format_html(
        '<a href="tel:{}" style="color:{};white-space:nowrap;"><bdi dir="ltr">{}</bdi></a>',
        *(clinic.phone.as_e164, clinic.colours.link, shown),
    )
    for part in re.split(f"({REFERENCE}|{number})", text):
        if re.fullmatch(REFERENCE, part):
            yield format_html('<span style="white-space:nowrap;">{}</span>', part)
        elif re.fullmatch(number, part):
            yield link
        else:
            yield linebreaksbr(part)
