"""What the guide's templates need beyond Django's own filters."""

import json
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from wagtail.models import Page
from wagtail.rich_text import RichText
from wagtail.templatetags.wagtailcore_tags import richtext

from clinic.templatetags.languages import written
from education.enums import Evidence
from education.guide.content import Guide
from education.guide.page_links import linked

register = template.Library()
KINDS = frozenset(Evidence.values)
KIND = '<span class="evidence__kind evidence__kind--{}">{}</span>'
SOURCE = ' <a href="#source-{}" aria-label="{}">[{}]</a>'
# As in django.utils.html.json_script: no character that could end the script element.
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.simple_tag(takes_context=True)
def prose(context: Context, text: RichText) -> SafeString:
    """A block's rich text as HTML, marked where it is not in the reader's language.

    In a guide or page of ours with glossary words explained at first mention.
    """
    guide = context.get("guide")
    if isinstance(guide, Guide):
        text = RichText(guide.glossary.explain(linked(text, guide.links)))
    language = written(context.get("page"))
    return format_html("<div{}>{}</div>", language, text) if language else richtext(text)


@register.simple_tag(takes_context=True)
def in_every_language(context: Context) -> list[tuple[str, str]]:
    """Language and full address of a page and its translations; nothing where it has none."""
    page, request = context["page"], context["request"]
    # As `page.get_translations()`, but without their texts.
    translations = (
        Page.objects.filter(translation_key=page.translation_key)
        .exclude(pk=page.pk)
        .live()
        .select_related("locale")
    )
    every = [page, *translations] if translations else []
    return [(one.locale.language_code, one.get_full_url(request)) for one in every]


@register.simple_tag(takes_context=True)
def sources(context: Context, value: Any) -> SafeString:
    """How sure a block is of what it says, and the numbers of its sources in the page's list."""
    kind, guide = value.get("evidence"), context.get("guide")
    numbers = guide.numbers if isinstance(guide, Guide) else {}
    listed = [numbers[one.pk] for one in value.get("references") or [] if one and one.pk in numbers]
    said = format_html(KIND, kind, Evidence(kind).label) if kind in KINDS else ""
    links = format_html_join(
        "", SOURCE, ((n, gettext("Source %(number)s") % {"number": n}, n) for n in listed)
    )
    return format_html('<p class="evidence">{}{}</p>', said, links) if said or links else links


@register.filter
def json_ld(graph: dict[str, Any]) -> SafeString:
    """Structured data for a `script` element of type application/ld+json."""
    text = json.dumps(dict(graph), ensure_ascii=False).translate(ESCAPES)
    return mark_safe(text)  # noqa: S308 (every character that HTML minds is escaped above)


@register.filter
def published(page: Any) -> str:
    """Which text of a page stands in the address, for `kept`."""
    return f"{page.pk} {page.live_revision_id}"
