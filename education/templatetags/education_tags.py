"""Tags and filters of the guide's templates."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from wagtail.rich_text import RichText, expand_db_html

from clinic import languages
from education.enums import Evidence
from education.guide.content import Guide
from education.guide.drawings import Picture
from education.guide.page_links import linked

register = template.Library()
KINDS = frozenset(Evidence.values)
KIND = '<span class="evidence__kind evidence__kind--{}">{}</span>'
PICTURE = """<picture>{}<img{} src="{}"{} alt="{}" width="{}" height="{}" loading="{}" \
decoding="async"></picture>"""
SOURCE = ' <a href="#source-{}" aria-label="{}">[{}]</a>'


@register.simple_tag(takes_context=True)
def prose(context: Context, text: RichText) -> SafeString:
    """A block's rich text as HTML, with its language where that is not the reader's.

    In our pages, glossary words are explained at first mention.
    """
    guide = context.get("guide")
    source = text.source
    if isinstance(guide, Guide):
        source = guide.glossary.explain(linked(text, guide.links))
    # What `RichText` does, without its template, which holds nothing else.
    html = SafeString(expand_db_html(source))
    language = context.get("lang_attrs")
    return format_html("<div{}>{}</div>", language, html) if language else html


@register.simple_tag(takes_context=True)
def in_every_language(context: Context) -> list[tuple[str, str]]:
    """Language and full address of a page and its translations; empty if it has none."""
    page, request = context["page"], context["request"]
    others = languages.translations(page)
    every = [page, *others] if others else []
    return [(one.locale.language_code, one.get_full_url(request)) for one in every]


@register.simple_tag(takes_context=True)
def sources(context: Context, value: Any) -> SafeString:
    """A block's kind of evidence, and links to its sources by number."""
    kind, guide = value.get("evidence"), context.get("guide")
    numbers = guide.numbers if isinstance(guide, Guide) else {}
    listed = [numbers[one.pk] for one in value.get("references") or [] if one and one.pk in numbers]
    said = format_html(KIND, kind, Evidence(kind).label) if kind in KINDS else ""
    links = format_html_join(
        "", SOURCE, ((n, gettext("Source %(number)s") % {"number": n}, n) for n in listed)
    )
    return format_html('<p class="evidence">{}{}</p>', said, links) if said or links else links


@register.simple_tag(takes_context=True, name="picture")
def picture_element(
    context: Context, picture: Picture, sizes: str, loading: str = ""
) -> SafeString:
    """A picture that leaves room for itself; `sizes` as in HTML, for an upload's widths."""
    fine = '<source type="image/avif" srcset="{}" sizes="{}">'
    return format_html(
        PICTURE,
        format_html(fine, picture.smallest, sizes) if picture.smallest else "",
        context.get("lang_attrs", ""),
        picture.url,
        format_html(' srcset="{}" sizes="{}"', picture.small, sizes) if picture.small else "",
        picture.alt,
        picture.width,
        picture.height,
        loading or "lazy",
    )


@register.simple_tag
def list_items(lines: Iterable[str]) -> SafeString:
    """A list element for each. Not a loop in the template, of which a guide has dozens."""
    return format_html_join("", "<li>{}</li>", ((line,) for line in lines))
