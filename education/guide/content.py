"""The contents of a guide's body, read once per page: exercises, sources, words to explain."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.functional import cached_property
from wagtail.rich_text import RichText

from education.guide.glossary import Glossary
from education.guide.page_links import addresses
from education.guide.read_once import read_once


@dataclass
class Guide:
    """Everything that templates and structured data need of a body, in reading order."""

    exercises: list[Any] = field(default_factory=list)
    routine: list[Any] = field(default_factory=list)
    routine_introduction: str = ""
    references: list[Any] = field(default_factory=list)
    muscles: list[Any] = field(default_factory=list)
    warnings: list[Any] = field(default_factory=list)
    care_cards: list[Any] = field(default_factory=list)
    before_you_start: str = ""
    """The anchor of the section with the first warning."""
    glossary: Glossary = field(default_factory=Glossary)
    links: dict[int, str] = field(default_factory=dict)

    @cached_property
    def numbers(self) -> dict[int, int]:
        """The number of each reference by its id, from 1 in order of first mention."""
        return {reference.pk: number for number, reference in enumerate(self.references, 1)}

    @property
    def practice(self) -> list[Any]:
        """The exercises of the practice page: the routine, or every exercise in order."""
        return self.routine or self.exercises


def children(body: Any) -> Iterator[Any]:
    """Every block inside the sections of a body, in reading order."""
    for section in body:
        yield from section.value["content"]


def exercise_ids(raw: Any) -> set[int]:
    """The ids of all exercises that a body names, read from its stored JSON without building blocks."""
    blocks = [block for section in raw for block in section["value"]["content"]]
    values = [block["value"] for block in blocks if block["type"] == "exercise"]
    for block in blocks:
        if block["type"] == "routine":
            values += [item.get("value", item) for item in block["value"]["exercises"]]
    return {int(value["exercise"]) for value in values if value["exercise"]}


def gather(body: Any, *, drafts: bool = False) -> Guide:
    """Read a body once. Leaves out unpublished exercises and sources unless `drafts`."""
    guide = Guide()
    with read_once():
        sections = [(section.value, list(section.value["content"])) for section in body]
    blocks = [block for _section, inside in sections for block in inside]
    warned = (one for one, inside in sections if any(b.block_type == "warning" for b in inside))
    guide.before_you_start = next((section.anchor for section in warned), "")
    guide.links = addresses(texts_of(blocks))
    references: dict[int, Any] = {}
    for block in blocks:
        if block.block_type == "exercise":
            guide.exercises.append(block.value)
        elif block.block_type == "routine":
            guide.routine.extend(block.value["exercises"])
            guide.routine_introduction = block.value["introduction"] or ""
        elif block.block_type == "muscle_facts":
            guide.muscles.append(block.value)
        elif block.block_type == "warning":
            guide.warnings.append(block.value)
        elif block.block_type == "care_card":
            guide.care_cards.append(block.value)
        for reference in references_of(block):
            if drafts or reference.live:
                references.setdefault(reference.pk, reference)
    guide.references = list(references.values())
    guide.exercises = shown(guide.exercises, drafts=drafts)
    guide.routine = shown(guide.routine, drafts=drafts)
    records = [value["exercise"] for value in guide.exercises + guide.routine]
    if any(record.start_image_id or record.end_image_id for record in records):
        prefetch_related_objects(records, "start_image__renditions", "end_image__renditions")
    return guide


def texts_of(blocks: Iterable[Any]) -> Iterator[RichText]:
    """Every rich text, whatever its name in the block."""
    for block in blocks:
        if hasattr(block.value, "values"):
            yield from (text for text in block.value.values() if isinstance(text, RichText))


def references_of(block: Any) -> list[Any]:
    """The sources that a block names, without deleted ones."""
    named = block.value.get("references") if hasattr(block.value, "get") else None
    return [reference for reference in named or [] if reference]


def shown(values: list[Any], *, drafts: bool) -> list[Any]:
    """Exercise values whose exercise still exists and may be seen; a draft translation as its original."""
    for value in values:
        exercise = value["exercise"]
        if exercise and not drafts and not exercise.live and exercise.translation_of_id:
            value["exercise"] = exercise.translation_of
    return [v for v in values if v["exercise"] and (drafts or v["exercise"].live)]
