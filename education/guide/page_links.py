"""Links between pages, resolved once per page. Wagtail would query for each text and link."""

import re
from collections.abc import Iterable
from html import escape

from django.conf import settings
from django.utils.translation import get_language
from wagtail.coreutils import get_supported_content_language_variant
from wagtail.models import Page
from wagtail.rich_text import RichText

LINK = re.compile(r'<a\b(?=[^>]*\blinktype="page")[^>]*\bid="(\d+)"[^>]*>')


def addresses(texts: Iterable[RichText]) -> dict[int, str]:
    """The address of each page that the texts link to and that still exists, by its id."""
    ids = {int(found) for text in texts for found in LINK.findall(text.source)}
    if not ids:
        return {}
    spoken = get_supported_content_language_variant(get_language() or settings.LANGUAGE_CODE)
    pages = Page.objects.filter(pk__in=ids).select_related("locale")
    here = [page if page.locale.language_code == spoken else page.localized for page in pages]
    return {page.pk: then.url or "" for page, then in zip(pages, here, strict=True)}


def linked(text: RichText, known: dict[int, str]) -> str:
    """The text as HTML with real addresses. A link to a deleted page gets no address."""

    def opened(found: re.Match[str]) -> str:
        address = known.get(int(found[1]), "")
        return f'<a href="{escape(address)}">' if address else "<a>"

    return LINK.sub(opened, text.source)
