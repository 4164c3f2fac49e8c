"""The first pages, exercises and words in Spanish, made from `guides.po` as translations of the English.

What nobody has changed is published like the English, with the notice that no clinician has signed it.
On a site that already ran, and for any text without Spanish, it is a draft.
"""

import gettext
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from wagtail.fields import StreamField

from clinic.review.text import NOT_TEXT
from education.models import Exercise, GlossaryTerm, HomePage, SeedRecord
from education.models.shared import SharedPage
from education.seed.records import once, publish
from education.translation import start_one_page, start_snippet

LANGUAGE = "es"
LOCALE = Path(__file__).parent / "locale"
FRESH = timedelta(hours=1)
"""What was seeded so lately has been changed by nobody."""

NOT_WORDS = {
    "type",
    "id",
    "level",
    "kind",
    "evidence",
    "drawing",
    "image",
    "page",
    "references",
    "exercise",
    "purpose",
}
"""Names inside a body whose values are no words."""


def make_spanish() -> int:
    """How many translations were new. None where the site does not speak Spanish."""
    if LANGUAGE not in dict(settings.LANGUAGES):
        return 0
    made = 0
    for key, original in originals():
        fresh = SeedRecord.objects.filter(key=key, made_at__gte=timezone.now() - FRESH).exists()
        made += once(f"{LANGUAGE}:{key}", translate, original, fresh)
    return made


def lines_to_translate() -> list[str]:
    """Every line of the seeded English, each once, in reading order."""
    found: list[str] = []

    def collect(text: str) -> str:
        found.extend(text.split("\n"))
        return text

    for _key, original in originals():
        for field in text_fields(type(original)):
            value = getattr(original, field.name)
            stored = list(value.raw_data) if isinstance(field, StreamField) else value
            replaced(stored, collect)
    return list(dict.fromkeys(line for line in found if is_words(line)))


def is_words(line: str) -> bool:
    return any(letter.islower() for letter in line)


def originals() -> Iterator[tuple[str, Any]]:
    """Key of the seed and the published original: words and exercises first, then pages from home down."""
    for model in (GlossaryTerm, Exercise):
        name = model._meta.model_name
        for row in model.objects.filter(written_in="", live=True):
            yield f"{name}:{row.key}", row
    home = HomePage.objects.filter(locale__language_code=settings.LANGUAGE_CODE).first()
    if home is None:
        return
    for page in home.get_descendants(inclusive=True).live().order_by("path").specific():
        kind = "guide" if page.specific_class.__name__ == "GuidePage" else "page"
        yield f"{kind}:{'home' if page.pk == home.pk else page.slug}", page


def translate(original: Any, fresh: bool) -> None:
    """Start a translation and write the Spanish over it. One that staff have begun stays as it is."""
    is_page = isinstance(original, SharedPage)
    before = has_translation(original)
    made = start_one_page(original, LANGUAGE) if is_page else start_snippet(original, LANGUAGE)
    if before:
        return
    missing: list[str] = []
    write_over(made, missing.append)
    made.save()
    if fresh and not missing:
        publish(made)
    else:
        made.save_revision()


def has_translation(original: Any) -> bool:
    if isinstance(original, SharedPage):
        return bool(original.get_translations().filter(locale__language_code=LANGUAGE).exists())
    return bool(original.translations.filter(written_in=LANGUAGE).exists())


class Missing(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return ""


@cache
def catalogue() -> gettext.NullTranslations:
    """Answers with an empty text where there is no Spanish."""
    found = gettext.translation("guides", LOCALE, [LANGUAGE])
    found.add_fallback(Missing())
    return found


def spanish(text: str, missing: Callable[[str], Any]) -> str:
    """Line by line. A line without a translation stays as it is, and is passed to `missing`."""
    lines = []
    for line in text.split("\n"):
        said = catalogue().gettext(line) if line else ""
        if not said and is_words(line):
            missing(line)
        lines.append(said or line)
    return "\n".join(lines)


def write_over(thing: Any, missing: Callable[[str], Any]) -> None:
    """Replace every text of a page or an entry of the library by its Spanish, in memory."""
    for field in text_fields(type(thing)):
        value = getattr(thing, field.name)
        if isinstance(field, StreamField):
            body = replaced(list(value.raw_data), lambda text: spanish(text, missing))
            setattr(thing, field.name, json.dumps(body))
        elif value:
            setattr(thing, field.name, spanish(value, missing))


def text_fields(model: Any) -> Iterator[Any]:
    """The fields with words for a reader."""
    for field in model._meta.concrete_fields:
        is_text = isinstance(field, models.CharField | models.TextField) and not field.choices
        if field.name not in NOT_TEXT | {"drawing"} and (is_text or isinstance(field, StreamField)):
            yield field


def replaced(value: Any, change: Callable[[str], str]) -> Any:
    """The stored JSON of a body with each text changed."""
    if isinstance(value, dict):
        return {n: one if n in NOT_WORDS else replaced(one, change) for n, one in value.items()}
    if isinstance(value, list):
        return [replaced(one, change) for one in value]
    return change(value) if isinstance(value, str) else value
