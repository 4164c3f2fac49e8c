"""`{{ part.text|mail_text:clinic }}`: text of a mail as HTML, escaped."""

import re

from django import template
from django.template.defaultfilters import linebreaksbr
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from clinic.models import ClinicSettings

register = template.Library()
REFERENCE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")


@register.filter
def mail_text(text: str, clinic: ClinicSettings) -> SafeString:
    """The clinic's number can be pressed, however its spaces are written; no line breaks a reference."""
    html = REFERENCE.sub(
        lambda found: f'<span style="white-space:nowrap;">{found[0]}</span>', linebreaksbr(text)
    )
    number = clinic.phone.as_national
    link = format_html(
        '<a href="tel:{}" style="color:{};white-space:nowrap;"><bdi dir="ltr">{}</bdi></a>',
        *(clinic.phone.as_e164, clinic.colours.link, number),
    )
    pattern = r"(?<!\w)" + r"[ \xa0]".join(map(re.escape, escape(number).split())) + r"(?!\w)"
    return mark_safe(re.sub(pattern, lambda found: link, html))  # noqa: S308 (escaped above)
