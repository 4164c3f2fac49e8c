"""Finds a page by its address, and in the reader's language.

An address takes two queries, where Wagtail takes two for each part of the address.
"""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Exists, Q, QuerySet
from wagtail.models import Page, PageViewRestriction
from wagtail.query import PageQuerySet

from clinic.languages import active, translations

if TYPE_CHECKING:
    from education.models.shared import SharedPage


def below(home: Page, parts: list[str]) -> list[Any]:
    """The pages along the path `parts` below `home`, from the top down, without their texts.

    Ends where no page has the next part as its slug; the last page may know what the rest means. The same
    query finds their live translations, which the head of the page names.
    """
    addresses = [f"{home.url_path}{'/'.join(parts[:n])}/" for n in range(1, len(parts) + 1)]
    here = Q(url_path__in=addresses)
    same = Page.objects.filter(here).order_by().values("translation_key")
    rows = list(
        Page.objects.filter(here | Q(live=True, translation_key__in=same))
        .select_related("locale")
        .order_by()
    )
    by_address = {row.url_path: row for row in rows}
    found: list[Any] = []
    for address in addresses:
        if (row := by_address.get(address)) is None:
            break
        page = row.specific_deferred
        page.locale = row.locale
        key = row.translation_key
        others = [one for one in rows if one.translation_key == key and one.live and one is not row]
        page.live_translations = sorted(others, key=lambda one: str(one.path))
        found.append(page)
    return found


def page_at(home: "SharedPage", parts: list[str]) -> tuple[Any, list[str]] | None:
    """The page for a path below `home`, with its texts, and the parts of the path that are left."""
    line = below(home, parts)
    if not line:
        return None
    above, model = [home, *line[:-1]], type(line[-1])
    rows = model._default_manager.select_related(*getattr(model, "read_together", ["locale"]))
    if not any(
        one.alias_of_id for one in [home, *line]
    ):  # an alias has its original's restrictions
        rows = rows.annotate(restricted=Exists(restrictions(line[-1])))
    page = rows.get(pk=line[-1].pk)
    page.live_translations = line[-1].live_translations
    page.trail = [one for one in above if one.live]
    page._cached_parent_obj = above[-1]  # as Wagtail's own routing leaves it
    return page, parts[len(line) :]


def restrictions(page: Page) -> QuerySet[PageViewRestriction]:
    """The view restrictions of the page and of every page above it."""
    steps = range(page.steplen, len(page.path) + 1, page.steplen)
    return PageViewRestriction.objects.filter(page__path__in=[page.path[:end] for end in steps])


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
