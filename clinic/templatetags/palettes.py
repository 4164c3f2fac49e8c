"""Files that there are once for each of the clinic's colours."""

from django import template
from django.templatetags.static import static

from clinic.palettes import coloured

register = template.Library()


@register.simple_tag
def static_in(palette: str, path: str) -> str:
    """As `static`, in the colours that the clinic chose."""
    return static(coloured(path, palette))
