"""What the guide's templates need beyond Django's own filters."""

import json
from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString, mark_safe
from wagtail.rich_text import RichText

from education.enums import Evidence
from education.guide.content import Guide
from education.guide.page_links import linked

register = template.Library()
# As in django.utils.html.json_script: no character that could end the script element.
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.simple_tag(takes_context=True)
def explained(context: Context, text: RichText) -> RichText:
    """Rich text with glossary words explained at first mention; as it is outside a guide."""
    guide = context.get("guide")
    return guide.glossary.explain(linked(text, guide.links)) if isinstance(guide, Guide) else text


@register.simple_tag(takes_context=True)
def in_every_language(context: Context) -> list[tuple[str, str]]:
    """Language and full address of a page and its translations; nothing where it has none."""
    page, request = context["page"], context["request"]
    translations = page.get_translations().live().select_related("locale")
    every = [page, *translations] if translations else []
    return [(one.locale.language_code, one.get_full_url(request)) for one in every]


@register.filter
def evidence_label(value: str) -> str:
    return str(Evidence(value).label) if value in Evidence.values else ""


@register.simple_tag(takes_context=True)
def numbered(context: Context, references: Any) -> list[tuple[int, Any]]:
    """Number and source of each reference that this page lists."""
    guide = context.get("guide")
    if not isinstance(guide, Guide):
        return []
    return [(guide.number(r), r) for r in references or [] if r in guide.references]


@register.filter
def json_ld(graph: dict[str, Any]) -> SafeString:
    """Structured data for a `script` element of type application/ld+json."""
    text = json.dumps(dict(graph), ensure_ascii=False).translate(ESCAPES)
    return mark_safe(text)  # noqa: S308 (every character that HTML minds is escaped above)


@register.simple_tag
def exercise_book_url(page: Any, key: str) -> str:
    """Where to ask for help with one exercise of a guide."""
    return str(page.book_url(exercise=key)) if hasattr(page, "book_url") else ""


@register.filter
def published(page: Any) -> str:
    """Which text of a page stands in the address, for `kept`."""
    return f"{page.pk} {page.live_revision_id}"
