"""Finds guides, exercises and words by what a patient types."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from wagtail.models import ReferenceIndex
from wagtail.query import PageQuerySet
from wagtail.search.backends import get_search_backend

from education.guide.page_lookup import in_readers_language
from education.models import Exercise, GlossaryTerm, GuidePage

MAX_LENGTH = 100
MAX_RESULTS = 10
NEAR = 0.75  # how similar a misspelt word must be, from 0 to 1


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
    """Whole words first, then beginnings of words, then corrected spellings."""
    found = Found(clean(question))
    words = terms(found.question)
    if not words:
        return found
    look_up(found, words)
    if not found.count and (near := nearest(words)):
        look_up(found, near)
        found.instead = near if found.count else ""
    return found


def guides() -> PageQuerySet:
    return in_readers_language(GuidePage.objects.live().public())


def look_up(found: Found, words: str) -> None:
    here = set(guides().values_list("id", flat=True))
    found.guides = matches(GuidePage.objects.filter(id__in=here), words)
    found.exercises = [
        (exercise, guide)
        for exercise in matches(Exercise.objects.filter(live=True), words)
        if (guide := guide_of(exercise))
    ]
    meant = matches(GlossaryTerm.objects.filter(live=True), words)
    found.words = sorted(meant, key=lambda word: word.term.casefold())


def nearest(words: str) -> str:
    """The words as our titles, exercises and glossary spell them; empty where nothing changes.

    Compared in Python: the same on both databases, and no extension is needed.
    """
    known = sorted({word for text in known_texts() for word in terms(text).lower().split()})
    asked = words.lower().split()
    found = [(get_close_matches(word, known, 1, NEAR) or [word])[0] for word in asked]
    return " ".join(found) if found != asked else ""


def known_texts() -> Iterator[str]:
    yield from guides().values_list("title", flat=True)
    yield from Exercise.objects.filter(live=True).values_list("name", flat=True)
    yield from GlossaryTerm.objects.filter(live=True).values_list("term", flat=True)


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
