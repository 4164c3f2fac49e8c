"""Tags and filters of the guide's templates."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import starmap
from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from wagtail.rich_text import RichText, expand_db_html

from clinic import languages
from clinic.markup import elements, filled
from education.blocks.text import FigureValue
from education.enums import Evidence
from education.guide.content import Guide
from education.guide.drawings import Picture
from education.guide.page_links import linked

register = template.Library()
KINDS = frozenset(Evidence.values)
KIND = '<span class="evidence__kind evidence__kind--{}">{}</span>'
PICTURE = """<picture>{}<img{} src="{}"{} alt="{}" width="{}" height="{}" loading="{}" \
decoding="async"></picture>"""
CITATION = """
      <li id="source-{}">
        <span{}>{}. {}.{} {}.</span>
        <span class="small">{}</span>
      </li>
    """
EXPLAINED = """
            <div popover class="word" id="term-{}"{}><strong>{}</strong>: {}</div>
          """
POSE = """
      <figure class="pose">
        {}
        <figcaption>{}</figcaption>
      </figure>
    """
SOURCE = ' <a href="#source-{}" aria-label="{}">[{}]</a>'


@register.simple_tag(takes_context=True)
def blocks(context: Context, stream: Iterable[Any]) -> SafeString:
    """Each block by its own template, which sees all that the page's template sees.

    As Wagtail's `include_block`, which copies the page's whole context for each block.
    """
    assert context.template
    drawn, engine = [], context.template.engine
    for child in stream:
        block, value = child.block, child.value
        template = engine.get_template(block.get_template(value))
        with context.push(block.get_context(value)):
            drawn.append(template.render(context))
    return SafeString("".join(drawn))


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
    return filled("<div{}>{}</div>", language, html) if language else html


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
    said = kind_of_evidence(kind, languages.active()) if kind in KINDS else ""
    if not said and not listed:
        return SafeString("")
    aloud = gettext("Source %(number)s") if listed else ""
    links = [filled(SOURCE, number, aloud % {"number": number}, number) for number in listed]
    return SafeString(f'<p class="evidence">{said}{"".join(links)}</p>')


@register.simple_tag
def citations(references: Iterable[Any]) -> SafeString:
    """The list of sources that the numbers of `sources` lead to, each in its own language."""
    return SafeString("".join(starmap(citation, enumerate(references, 1))))


def citation(number: int, source: Any) -> SafeString:
    title = filled("<cite>{}</cite>", source.title)
    if source.link:
        title = filled('<a href="{}" rel="noopener">{}</a>', source.link, source.title)
    where = filled(" {},", source.source) if source.source else ""
    said = (source.authors, title, where, source.year, source.kind_label)
    return filled(CITATION, number, languages.written(source), *said)


@register.simple_tag(takes_context=True)
def explained(context: Context, terms: Iterable[Any]) -> SafeString:
    """What opens at the buttons that `prose` made of glossary words."""
    language = context.get("lang_attrs", "")
    drawn = [filled(EXPLAINED, one.key, language, one.term, one.meaning) for one in terms]
    return SafeString("".join(drawn))


@lru_cache
def kind_of_evidence(kind: str, language: str) -> SafeString:
    """In the active language, which is `language`."""
    return filled(KIND, kind, Evidence(kind).label)


@register.simple_tag(takes_context=True, name="picture")
def picture_element(
    context: Context, picture: Picture, sizes: str, loading: str = ""
) -> SafeString:
    """A picture that leaves room for itself; `sizes` as in HTML, for an upload's widths."""
    fine = '<source type="image/avif" srcset="{}" sizes="{}">'
    return filled(
        PICTURE,
        filled(fine, picture.smallest, sizes) if picture.smallest else "",
        context.get("lang_attrs", ""),
        picture.url,
        filled(' srcset="{}" sizes="{}"', picture.small, sizes) if picture.small else "",
        picture.alt,
        picture.width,
        picture.height,
        loading or "lazy",
    )


@register.simple_tag(takes_context=True)
def poses(context: Context, pictures: Iterable[Picture]) -> SafeString:
    """Start and end of an exercise; `loading` is that of the context."""
    loading, names = context.get("loading") or "", {"start": gettext("Start")}
    sizes, end = "(min-width: 40em) 20em, 45vw", gettext("End")
    drawn = [(picture_element(context, one, sizes, loading), one.phase) for one in pictures]
    return SafeString("".join(filled(POSE, html, names.get(phase, end)) for html, phase in drawn))


@register.simple_tag(takes_context=True)
def figure_picture(context: Context, value: FigureValue) -> Picture | None:
    """What a figure shows, with its words in the language of the page."""
    return value.picture_in(languages.of(context.get("page")))


@register.simple_tag
def list_items(lines: Iterable[str]) -> SafeString:
    """A list element for each. Not a loop in the template, of which a guide has dozens."""
    return elements("li", lines)
