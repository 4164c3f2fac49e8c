"""Finds a page by its address, and in the reader's language.

An address takes two queries, where Wagtail takes two for each part of the address.
"""

from collections.abc import Sequence
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import DEFERRED, Exists, Q, QuerySet
from wagtail.models import Locale, Page, PageViewRestriction
from wagtail.query import PageQuerySet

from clinic.languages import active, translations
from clinic.prepared import prepared

if TYPE_CHECKING:
    from education.models.shared import SharedPage


class Row(NamedTuple):
    """What is shown of the pages above one, and of its translations: names and addresses alone."""

    id: int
    path: str
    depth: int
    translation_key: UUID
    locale_id: int
    live: bool
    title: str
    slug: str
    content_type_id: int
    url_path: str
    alias_of_id: int | None
    locale__language_code: str


# Anybody can ask for an address of any length, and each length is a query of its own.
MOST_PARTS = 12


@prepared
def _at(addresses: Sequence[str]) -> QuerySet[Page, Any]:
    here = Q(url_path__in=addresses)
    same = Page.objects.filter(here).order_by().values("translation_key")
    found = Page.objects.filter(here | Q(live=True, translation_key__in=same)).order_by()
    return found.values_list(*Row._fields)


def below(home: Page, parts: list[str]) -> tuple[list[Row], list[Row]]:
    """The rows of the pages along the path `parts` below `home`, from the top down.

    They end where no page has the next part as its slug; the last page may know what the rest means. The
    same query finds the rows of its live translations, which the head of the page names.
    """
    deep = min(len(parts), MOST_PARTS)
    addresses = [f"{home.url_path}{'/'.join(parts[:n])}/" for n in range(1, deep + 1)]
    rows = [Row(*columns) for columns in _at(addresses)]
    by_address = {row.url_path: row for row in rows}
    line: list[Any] = list(takewhile(bool, map(by_address.get, addresses)))
    if not line:
        return [], []
    key = line[-1].translation_key
    others = [
        row for row in rows if row.translation_key == key and row.live and row is not line[-1]
    ]
    return line, sorted(others, key=lambda row: str(row.path))


def model_of(row: Row) -> Any:
    """The type of the row's page; the plain one where that is no longer part of the site."""
    return ContentType.objects.get_for_id(row.content_type_id).model_class() or Page


def page_of(row: Row) -> Any:
    """The page, whose other fields are read once they are asked for."""
    model, values = model_of(row), row._asdict()
    fields = model._meta.concrete_fields
    page = model(*[values.get(f.attname, row.id if f.primary_key else DEFERRED) for f in fields])
    page._state.adding = False
    page.locale = locale_of(row)
    return page


def locale_of(row: Row) -> Locale:
    return Locale(pk=row.locale_id, language_code=row.locale__language_code)


def page_at(home: "SharedPage", parts: list[str]) -> tuple[Any, list[str]] | None:
    """The page for a path below `home`, with its texts, and the parts of the path that are left."""
    line, translated = below(home, parts)
    if not line:
        return None
    last = line[-1]
    # An alias has its original's restrictions.
    alias = bool(home.alias_of_id or any(one.alias_of_id for one in line))
    page = next(iter(_with_texts(last.id, paths_to(last), model=model_of(last), alias=alias)), None)
    if page is None:
        return None
    page.locale = locale_of(last)
    above = [home, *(page_of(row) for row in line[:-1])]
    page.live_translations = [page_of(row) for row in translated]
    page.trail = [one for one in above if one.live]
    page._cached_parent_obj = above[-1]  # as Wagtail's own routing leaves it
    return page, parts[len(line) :]


def paths_to(row: Row) -> list[str]:
    """Where the page and every page above it stand in the tree."""
    return [row.path[:end] for end in range(Page.steplen, len(row.path) + 1, Page.steplen)]


@prepared
def _with_texts(pk: int, paths: Sequence[str], *, model: Any, alias: bool) -> QuerySet[Any]:
    """The page; `restricted` says whether there are view restrictions for one on its paths."""
    rows = model._default_manager.filter(pk=pk).order_by()
    if together := getattr(model, "read_together", ()):  # without names, Django reads all there are
        rows = rows.select_related(*together)
    restrictions = PageViewRestriction.objects.filter(page__path__in=paths)
    return rows if alias else rows.annotate(restricted=Exists(restrictions))


def in_readers_language(pages: PageQuerySet) -> PageQuerySet:
    """Each page once: in the reader's language, or in the original if it is not translated."""
    written = pages.filter(locale__language_code=settings.LANGUAGE_CODE)
    if active() == settings.LANGUAGE_CODE:
        return written
    translated = pages.filter(locale__language_code=active())
    return translated | written.exclude(translation_key__in=translated.values("translation_key"))


def translation_of(page: Page) -> Any:
    """A page's live translation into the active language; None for one that is in it already."""
    if page.locale.language_code == active() or not page.live:
        return None
    found = (one for one in translations(page) if one.locale.language_code == active())
    translated = next(found, None)
    return translated.specific_deferred if translated else None
