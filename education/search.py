"""Finds guides, exercises and words by what a patient types."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from wagtail.models import ReferenceIndex
from wagtail.query import PageQuerySet
from wagtail.search.backends import get_search_backend

from education import word_forms
from education.guide.page_lookup import in_readers_language
from education.models import Exercise, GlossaryTerm, GuidePage

MAX_LENGTH = 100
MAX_RESULTS = 10


@dataclass
class Found:
    """The cleaned question, and what was found."""

    question: str
    instead: str = ""
    """The corrected spelling that was searched when the question itself found nothing."""
    guides: list[Any] = field(default_factory=list)
    exercises: list[tuple[Any, Any]] = field(default_factory=list)
    words: list[Any] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.guides) + len(self.exercises) + len(self.words)


def clean(question: str) -> str:
    """Without control characters (PostgreSQL refuses NUL), short, single spaces."""
    kept = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in question)
    return " ".join(kept.split())[:MAX_LENGTH]


def terms(question: str) -> str:
    """The words alone: quotes and signs have a meaning in one database or the other."""
    kept = "".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in question)
    return " ".join(kept.split())


def search(question: str) -> Found:
    """The words as asked; then their other forms, corrected spellings, everyday names, single words."""
    found = Found(clean(question))
    words = terms(found.question).lower()
    if not words:
        return found
    for tried in word_forms.attempts(words, known_words):
        look_up(found, tried)
        if found.count:
            found.instead = "" if word_forms.is_a_form(tried, words) else tried
            break
    return found


def guides() -> PageQuerySet:
    return in_readers_language(GuidePage.objects.live().public())


def look_up(found: Found, words: str) -> None:
    here = set(guides().values_list("id", flat=True))
    found.guides = matches(GuidePage.objects.filter(id__in=here), words)
    found.exercises = [
        (exercise, guide)
        for exercise in matches(read_here(Exercise), words)
        if (guide := guide_of(exercise))
    ]
    meant = matches(read_here(GlossaryTerm), words)
    found.words = sorted(meant, key=lambda word: word.term.casefold())


def read_here(model: Any) -> Any:
    """What is published in the reader's language, or only in the original's.

    By ids: the search accepts no more than that as a filter.
    """
    return model.objects.filter(id__in=set(library(model).values_list("id", flat=True)))


def library(model: Any) -> Any:
    return model.objects.for_reader().filter(live=True)


def known_words() -> list[str]:
    """Every word of our titles, exercises and glossary: the same on both databases."""
    return sorted({word for text in known_texts() for word in terms(text).lower().split()})


def known_texts() -> Iterator[str]:
    for texts in guides().values_list("title", "headline", "introduction", "search_description"):
        yield from texts
    yield from library(Exercise).values_list("name", flat=True)
    for texts in library(GlossaryTerm).values_list("term", "also"):
        yield from texts


def matches(rows: Any, question: str) -> list[Any]:
    backend = get_search_backend()
    return list(backend.search(question, rows)[:MAX_RESULTS]) or list(
        backend.autocomplete(question, rows)[:MAX_RESULTS]
    )


def guide_of(exercise: Exercise) -> GuidePage | None:
    """The first live guide that shows the exercise."""
    ids = [
        int(reference.object_id)
        for reference in ReferenceIndex.get_references_to(exercise)
        if reference.base_content_type.model == "page"
    ]
    return guides().filter(pk__in=ids).order_by("path").first()
