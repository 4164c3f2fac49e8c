"""Pictures and films without their words: they are not published, whichever way publication comes."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext
from wagtail.blocks import StreamValue, StructValue
from wagtail.fields import StreamField

DECORATION = "decoration"


class WithoutWords(PermissionDenied):
    """Raised instead of publishing; its message says what is missing where."""


def without_words(thing: Any) -> list[str]:
    """What keeps a page or an exercise from being published, a sentence each."""
    return [*_blocks(thing), *_uploads(thing)]


def refuse_without_words(thing: Any) -> None:
    """Raises `WithoutWords`."""
    if missing := without_words(thing):
        raise WithoutWords(" ".join(missing))


def _blocks(thing: Any) -> Iterator[str]:
    for field in thing._meta.get_fields():
        if isinstance(field, StreamField):
            yield from _inside(getattr(thing, field.name), str(thing))


def _inside(blocks: StreamValue, heading: str) -> Iterator[str]:
    """Of these blocks and of those inside them; `heading` says where they stand."""
    for block in blocks:
        if problem := _problem(block):
            yield gettext("“%(heading)s”: %(problem)s") % {"heading": heading, "problem": problem}
        elif isinstance(block.value, StructValue):
            below = str(block.value.get("heading") or heading)
            for part in block.value.values():
                if isinstance(part, StreamValue):
                    yield from _inside(part, below)


def _problem(block: Any) -> str:
    value = block.value
    if block.block_type == "figure" and not value.is_said:
        return gettext("say in words what the picture shows, or mark it as decoration.")
    if block.block_type == "film" and not (value.is_whole and value["transcript"]):
        return gettext("a film needs captions (a .vtt file) and a transcript.")
    return ""


def _uploads(thing: Any) -> Iterator[str]:
    """Of an exercise, whose pictures are its steps, and so never decoration."""
    if getattr(thing, "start_image_id", None) and not thing.start_alt:
        yield gettext("Say in words what the picture of the start shows.")
    if getattr(thing, "end_image_id", None) and not thing.end_alt:
        yield gettext("Say in words what the picture of the end shows.")
