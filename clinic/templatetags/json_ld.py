"""Structured data for search engines, in a page."""

import json
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
# As in django.utils.html.json_script: no character that could end the script element.
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.filter
def json_ld(graph: dict[str, Any]) -> SafeString:
    """Structured data for a `script` element of type application/ld+json."""
    text = json.dumps(dict(graph), ensure_ascii=False).translate(ESCAPES)
    return mark_safe(text)  # noqa: S308 (every character that HTML minds is escaped above)
