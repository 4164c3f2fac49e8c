"""Finds guides, exercises and words by what a patient types."""

import unicodedata
from dataclasses import dataclass, field
from typing import Any

from wagtail.models import ReferenceIndex
from wagtail.search.backends import get_search_backend

from education.models import Exercise, GlossaryTerm, GuidePage

LONGEST = 100
MOST = 10


@dataclass
class Found:
    """What was asked, cleaned, and what was found."""

    question: str
    guides: list[Any] = field(default_factory=list)
    exercises: list[tuple[Any, Any]] = field(default_factory=list)
    words: list[Any] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.guides) + len(self.exercises) + len(self.words)


def clean(question: str) -> str:
    """Without control characters (PostgreSQL refuses NUL), short, single spaces."""
    kept = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in question)
    return " ".join(kept.split())[:LONGEST]


def terms(question: str) -> str:
    """The words alone: quotes and signs mean something to one database or the other."""
    kept = "".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in question)
    return " ".join(kept.split())


def search(question: str) -> Found:
    """Whole words first; where a kind has none, beginnings of words."""
    found = Found(clean(question))
    words = terms(found.question)
    if not words:
        return found
    found.guides = matches(GuidePage.objects.live().public(), words)
    found.exercises = [
        (exercise, guide)
        for exercise in matches(Exercise.objects.filter(live=True), words)
        if (guide := guide_of(exercise))
    ]
    found.words = matches(GlossaryTerm.objects.filter(live=True), words)
    return found


def matches(rows: Any, question: str) -> list[Any]:
    backend = get_search_backend()
    return list(backend.search(question, rows)[:MOST]) or list(
        backend.autocomplete(question, rows)[:MOST]
    )


def guide_of(exercise: Exercise) -> GuidePage | None:
    """The first live guide that shows the exercise."""
    ids = [
        int(reference.object_id)
        for reference in ReferenceIndex.get_references_to(exercise)
        if reference.base_content_type.model == "page"
    ]
    return GuidePage.objects.live().filter(pk__in=ids).order_by("path").first()
