"""Starts a translation: drafts with the words of the original, for somebody to write over."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db import transaction
from wagtail.models import GroupPagePermission, Locale, Page, WorkflowPage

from clinic.review.text import NOT_TEXT, fingerprint_of
from education.guide.content import exercise_ids
from education.models import Exercise, GlossaryTerm, GuidePage

BEGINS_EMPTY = NOT_TEXT | {"written_in", "translation_of"}


@transaction.atomic
def start_page(page: Page, language: str) -> list[Page]:
    """Drafts of the page and of every page above it, from home down; those that exist stay as they are.

    The exercises of a guide, and the words explained in it, get drafts as well. Any page but an original
    raises `ValueError`.
    """
    return [start_one_page(each, language) for each in from_home(page)]


def from_home(page: Page) -> Iterator[Any]:
    if page.locale.language_code != settings.LANGUAGE_CODE:
        raise ValueError("Only an original can be translated.")
    yield from page.get_ancestors(inclusive=True).filter(depth__gte=2).order_by("depth").specific()


def start_one_page(page: Any, language: str) -> Any:
    """The page alone; its parent has been translated before."""
    locale, _made = Locale.objects.get_or_create(language_code=language)
    made = page.get_translation_or_none(locale)
    if made is None:
        made = page.copy_for_translation(locale).specific
        if isinstance(made, GuidePage):
            name_translated_exercises(made, language)
        made.follows = fingerprint_of(page)
        made.save(update_fields=["follows"])
        made.save_revision()
    share_roles(page, made)
    return made


def share_roles(page: Page, made: Page) -> None:
    """A translated home page is a tree of its own: give it the same editors, reviewers and workflow."""
    for row in GroupPagePermission.objects.filter(page=page):
        GroupPagePermission.objects.get_or_create(
            group=row.group, page=made, permission=row.permission
        )
    for row in WorkflowPage.objects.filter(page=page):
        WorkflowPage.objects.get_or_create(page=made, defaults={"workflow": row.workflow})


def name_translated_exercises(guide: GuidePage, language: str) -> None:
    """Let the guide show its exercises in its own language, and explain words in it."""
    originals = Exercise.objects.filter(pk__in=exercise_ids(guide.body.raw_data), written_in="")
    translated = {one.pk: start_snippet(one, language).pk for one in originals}
    guide.body = json.dumps([swapped(section, translated) for section in guide.body.raw_data])
    guide.save(update_fields=["body"])
    for term in GlossaryTerm.objects.filter(written_in="", live=True):
        start_snippet(term, language)


def swapped(value: Any, translated: dict[int, int]) -> Any:
    """The stored JSON of a body with other ids wherever an exercise is named."""
    if isinstance(value, dict):
        return {
            name: translated.get(inner, inner) if name == "exercise" else swapped(inner, translated)
            for name, inner in value.items()
        }
    return [swapped(one, translated) for one in value] if isinstance(value, list) else value


@transaction.atomic
def start_snippet(original: Any, language: str) -> Any:
    """The translation, with the original's words as a draft where it is new."""
    if original.translation_of_id:
        raise ValueError("Only an original can be translated.")
    model: Any = type(original)
    made = model.objects.filter(translation_of=original, written_in=language).first()
    if made is None:
        words = {name: getattr(original, name) for name in text_fields(model)}
        made = model.objects.create(
            **words,
            key=f"{original.key}-{language}"[:50],
            written_in=language,
            translation_of=original,
            follows=fingerprint_of(original),
            live=False,
        )
        made.save_revision()
    return made


def text_fields(model: Any) -> Iterable[str]:
    """The fields that a translation begins with."""
    return (f.name for f in model._meta.concrete_fields if f.name not in BEGINS_EMPTY)
