"""`{% site_icon "phone" %}`: an icon of our own sprite; the styleguide shows them all."""

from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()
SVG = '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>\n'


@register.simple_tag
def site_icon(name: str) -> SafeString:
    """Always before words, so it is hidden from screen readers and a space follows."""
    return drawn(static("clinic/icons.svg"), name)


@lru_cache
def drawn(sprite: str, name: str) -> SafeString:
    return format_html(SVG, sprite, name)
