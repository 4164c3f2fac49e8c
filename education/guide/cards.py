"""Guides as cards, each with the picture of its first exercise."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest

from education.models.snippets import Exercise


def cards(guides: Iterable[Any], request: HttpRequest) -> list[dict[str, Any]]:
    """`guides` are guide pages; the result is for the card component. One query for all pictures.

    The picture is decoration: the card's words say where it leads, so it has no alt text.
    """
    guides = list(guides)
    keys = {guide.pk: first_exercise(guide.body.raw_data) for guide in guides}
    exercises = (
        Exercise.objects.filter(live=True)
        .select_related("start_image", "end_image")
        .prefetch_related("start_image__renditions", "end_image__renditions")
        .in_bulk([key for key in keys.values() if key])
    )
    return [
        {
            "title": guide.title,
            "url": guide.get_url(request),
            "text": guide.headline or guide.introduction,
            "image_url": picture(exercises.get(keys[guide.pk])),
        }
        for guide in guides
    ]


def first_exercise(body: Any) -> int | None:
    """Its id, read from the stored JSON: building every block would cost queries."""
    for section in body:
        for block in section["value"]["content"]:
            if block["type"] == "exercise":
                found: int | None = block["value"]["exercise"]
                return found
    return None


def picture(exercise: Exercise | None) -> str:
    """The address of the exercise's end picture; empty if there is none."""
    pictures = exercise.pictures if exercise else []
    return pictures[-1].url if pictures else ""
