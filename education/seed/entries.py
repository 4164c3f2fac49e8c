"""Makes the first exercises, sources and words of the library."""

from typing import Any

from education.models import Exercise, GlossaryTerm, Reference
from education.seed import back_library, library
from education.seed.records import draft, once, publish

PUBLISHED = [
    (Reference, library.REFERENCES),
    (GlossaryTerm, library.GLOSSARY),
    (Exercise, library.EXERCISES),
    (Reference, back_library.REFERENCES),
]
DRAFTS = [(GlossaryTerm, back_library.GLOSSARY), (Exercise, back_library.EXERCISES)]


def make_library() -> int:
    """How many exercises, sources and words were new."""
    return make_entries(PUBLISHED, create) + make_entries(DRAFTS, create_draft)


def make_entries(groups: list[tuple[Any, list[dict[str, Any]]]], make: Any) -> int:
    return sum(
        once(f"{model._meta.model_name}:{row['key']}", make, model, row)
        for model, rows in groups
        for row in rows
    )


def create(model: Any, row: dict[str, Any]) -> None:
    publish(model.objects.create(**row))


def create_draft(model: Any, row: dict[str, Any]) -> None:
    draft(model.objects.create(**row, live=False))
