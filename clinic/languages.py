"""The site in several languages: each has its own addresses, so that nothing about a visitor is kept.

The first language of the settings stands without a prefix (`/book/`), any other behind one
(`/es/book/`). A page that staff have not translated is shown there too: its own words in its own
language, everything around them in the visitor's.
"""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info, override, trans_real


def active() -> str:
    """The language that is spoken now; the site's own where none is active."""
    return get_language() or str(settings.LANGUAGE_CODE)


def others() -> list[tuple[str, str]]:
    """Code and own name of every language but the active one."""
    return [(code, name) for code, name in settings.LANGUAGES if code != active()]


def of(page: Any, field: str = "") -> str:
    """The language that staff wrote a page or snippet in; the site's own for what belongs to neither.

    With `field` it is that of one field, of a row that has each in its own (`bookings.models.spoken`).
    """
    if field and hasattr(page, "language_of"):
        return str(page.language_of(field))
    locale = getattr(page, "locale", None)
    if locale is None:
        return str(getattr(page, "language_code", settings.LANGUAGE_CODE))
    return str(locale.language_code)


def written(page: Any = None, field: str = "") -> SafeString:
    """The attributes of what staff wrote, where a visitor of another language reads it; else nothing.

    Only of that: labels and headings of a template speak the visitor's language anywhere.
    """
    own = of(page, field)
    if own == active():
        return SafeString("")
    return format_html(
        ' lang="{}" dir="{}"', own, "rtl" if get_language_info(own)["bidi"] else "ltr"
    )


def name(code: str) -> str:
    """A language as the active one calls it in running text: "inglés", whichever English it is."""
    for spelling in (code.partition("-")[0], code):
        try:
            return str(get_language_info(spelling)["name_translated"]).lower()
        except KeyError:
            continue
    return str(dict(settings.LANGUAGES)[code])


def local(path: str) -> str:
    """A path without a prefix, as it stands in the active language."""
    prefix = "" if active() == settings.LANGUAGE_CODE else f"/{active()}"
    return path if path.startswith(f"{prefix}/") and prefix else f"{prefix}{path}"


def translations(page: Any) -> list[Any]:
    """Live translations of a Wagtail page, asked for once in the page's life."""
    if not hasattr(page, "live_translations"):
        # For their addresses alone. Sorted here: to have it sorted, Django compares each column.
        rows = page.get_translations().live().select_related("locale").defer_streamfields()
        page.live_translations = sorted(rows.order_by(), key=lambda one: str(one.path))
    return list(page.live_translations)


def in_language(page: Any, part: str, language: str, request: HttpRequest) -> str:
    """The address of a Wagtail page, or of its part `routine/`, for readers of that language.

    Its live translation where there is one; else the original, which is shown there as well; else home.
    """
    found = {of(one): one for one in [page, *translations(page)]}
    best = found.get(language) or found.get(settings.LANGUAGE_CODE)
    with override(language):
        url = best.get_url(request) if best else None
        return f"{local(url)}{part}" if url else local("/")


def drop_empty_catalogs() -> None:
    """Ask no catalog of messages that translates nothing: of British English, 17 of 21 hold a header alone.

    Django asks one after the other for every message that a page shows. For the start of a web server.
    """
    for code, _name in settings.LANGUAGES:
        found: Any = trans_real.translation(code)
        catalog = found._catalog
        pairs = zip(catalog._catalogs, catalog._plurals, strict=True)
        kept = [(one, plural) for one, plural in pairs if len(one) > 1]
        if kept:
            catalog._catalogs, catalog._plurals = map(list, zip(*kept, strict=True))
        while following := found._fallback:
            empty = isinstance(following._catalog, dict) and len(following._catalog) < 2
            if empty:
                found._fallback = following._fallback
            else:
                found = following


def remember_messages() -> None:
    """Ask the catalogs once for each message: they do not change while a process runs."""
    for code, _name in settings.LANGUAGES:
        found: Any = trans_real.translation(code)
        found.gettext = lru_cache(maxsize=16384)(found.gettext)


def same_place(address: str, language: str, route: str) -> str:
    """The same page in another language, with the same query. `route`: the pattern of its address."""
    path, mark, query = address.partition("?")
    moved, spoken = _in_other_language(path, language), active()
    if (route, spoken, language) not in _HAS_LANGUAGES:
        translated = str(translate_url(path, language))
        if translated not in {path, moved}:
            return translated + mark + query
        _HAS_LANGUAGES[route, spoken, language] = translated == moved
    return (moved if _HAS_LANGUAGES[route, spoken, language] else path) + mark + query


_HAS_LANGUAGES: dict[tuple[str, str, str], bool] = {}
"""Whether an address of this pattern stands behind another prefix in another language: to find out takes
two walks through all patterns, for a link that every page has. There are as many as patterns."""


def _in_other_language(path: str, language: str) -> str:
    """A path of the active language with the prefix of another."""
    spoken = active()
    bare = path if spoken == settings.LANGUAGE_CODE else path.removeprefix(f"/{spoken}")
    return bare if language == settings.LANGUAGE_CODE else f"/{language}{bare}"
