"""What an editor should look at before review. Advice only: nothing is blocked."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext

from education.guide import reading_age
from education.guide.content import children, gather

TAGS = re.compile(r"</(?:p|li|h\d)>|<br/?>")
LISTS = re.compile(r"<(ul|ol)>.*?</\1>", re.DOTALL)
EXPLAINS = {"paragraph", "expander"}
STRUCK_OUT = re.compile(r"<(s|del|strike)>.*?</\1>", re.DOTALL)
ABSOLUTE = re.compile(
    r"\b(cures?|cured|always|never fails|guarantee[sd]?|completely safe|miracle|proven to)\b|\b100 ?%",
    re.IGNORECASE,
)

CHOSEN = {"references", "drawing", "image", "level", "kind", "evidence", "page", "purpose"}
CHOSEN |= {"film", "captions", "still"}
"""Names inside a block whose values are chosen, not written."""

# Marks in the template guide what an editor should replace.
TEMPLATE = "Template:"
HINT = "Hint:"

FEW_WORDS = 100
"""Of fewer words a reading age says little."""


@dataclass(frozen=True)
class Problem:
    """A place in the guide, and what to do there."""

    where: str
    what: str


def plain(source: str) -> list[str]:
    """Rich text as plain texts, one per paragraph or list item, without what was struck out."""
    pieces = TAGS.split(STRUCK_OUT.sub("", source))
    texts = (html.unescape(re.sub(r"<[^>]+>", "", piece)) for piece in pieces)
    return [text for text in (re.sub(" +", " ", each).strip() for each in texts) if text]


def texts_of(value: Any) -> Iterator[str]:
    """Every text of a block's value that a reader sees, without sources, keys and choices."""
    for name, inner in value.items():
        if name in CHOSEN:
            continue
        if name == "exercise" and inner:
            yield from exercise_texts(inner)
        elif hasattr(inner, "source"):
            yield from plain(inner.source)
        elif isinstance(inner, str):
            if inner:
                yield inner
        elif hasattr(inner, "items"):
            yield from texts_of(inner)
        elif hasattr(inner, "__iter__"):
            for item in inner:
                yield from [item] if isinstance(item, str) else texts_of(item)


def exercise_texts(exercise: Any) -> Iterator[str]:
    yield from exercise.step_list + exercise.caution_list + exercise.stop_list
    yield from (t for t in (exercise.summary, exercise.easier, exercise.harder) if t)


def page_texts(page: Any) -> list[tuple[str, str]]:
    """Section heading and text, for every text of a page."""
    found = [(gettext("Introduction"), page.introduction)] if page.introduction else []
    for section in page.body:
        heading = section.value["heading"]
        for block in section.value["content"]:
            if hasattr(block.value, "items") and block.block_type != "routine":
                found += [(heading, text) for text in texts_of(block.value)]
    return found


def explaining_texts(page: Any) -> list[str]:
    """What says how things are and why. Lists, steps, warnings and signs are to be short, so not those."""
    found = [page.introduction] if page.introduction else []
    for block in children(page.body):
        if block.block_type in EXPLAINS:
            found += plain(LISTS.sub("", block.value["text"].source))
    return found


def language_of(page: Any) -> str:
    return str(page.locale.language_code if page.locale_id else settings.LANGUAGE_CODE)


def measure(page: Any) -> reading_age.Reading:
    """The reading age of a page's whole text."""
    return reading_age.measure((text for _, text in page_texts(page)), language_of(page))


def measure_explaining(page: Any) -> reading_age.Reading:
    """The reading age of the text that explains."""
    return reading_age.measure(explaining_texts(page), language_of(page))


def problems(page: Any) -> list[Problem]:
    """All problems, by kind of check."""
    return [
        *left_from_template(page),
        *wording(page),
        *pictures(page),
        *exercises(page),
        *unpublished(page),
        *age(page),
    ]


def left_from_template(page: Any) -> Iterator[Problem]:
    """The template's hints that nobody has replaced: one problem per section."""
    if page.title.startswith(TEMPLATE):
        yield Problem(gettext("Title"), gettext("Give the guide its own title."))
    hints = [heading for heading, text in page_texts(page) if HINT in text]
    if HINT in page.headline:
        hints.insert(0, gettext("Headline"))
    for heading in dict.fromkeys(hints):
        yield Problem(heading, gettext("Replace the template’s hints: they begin with “Hint:”."))


def wording(page: Any) -> Iterator[Problem]:
    for heading, text in page_texts(page):
        for sentence in reading_age.long_sentences([text]):
            count = len(reading_age.words(sentence))
            yield Problem(
                heading,
                gettext("A sentence of %(count)s words: split it. “%(start)s…”")
                % {"count": count, "start": sentence[:60]},
            )
        for found in ABSOLUTE.finditer(text):
            yield Problem(heading, gettext("“%s” promises too much.") % found[0])


def pictures(page: Any) -> Iterator[Problem]:
    for block in children(page.body):
        if block.block_type == "figure" and not block.value.is_said:
            yield Problem(gettext("Figure"), gettext("Say in words what the picture shows."))


def exercises(page: Any) -> Iterator[Problem]:
    for block in children(page.body):
        if block.block_type != "exercise":
            continue
        exercise = block.value.get("exercise")
        if exercise is None:
            yield Problem(gettext("Exercise"), gettext("This exercise was deleted."))
        else:
            yield from exercise_problems(exercise, block.value.dose)


def unpublished(page: Any) -> Iterator[Problem]:
    """Exercises and sources that visitors would not see, because they wait for their own review."""
    guide = gather(page.body, drafts=True)
    records = [value["exercise"] for value in guide.exercises + guide.routine]
    for record in dict.fromkeys([*records, *guide.references]):
        if not record.live:
            yield Problem(
                str(record),
                gettext("Visitors do not see it yet: send it for review in the guide library."),
            )


def exercise_problems(exercise: Any, dose: Any = None) -> Iterator[Problem]:
    """The problems of one exercise; also shown on its own page."""
    if not (dose or exercise.dose).is_set:
        yield Problem(exercise.name, gettext("Say how much: repeats, or a hold."))
    if not exercise.stop_list:
        yield Problem(exercise.name, gettext("Say when to stop."))
    for picture, words in (("start", exercise.start_alt), ("end", exercise.end_alt)):
        shown = exercise.drawing or getattr(exercise, f"{picture}_image_id")
        if shown and not words:
            yield Problem(exercise.name, gettext("Say in words what the pictures show."))
            return


def is_a_primer(explaining: reading_age.Reading) -> bool:
    """In English alone: Spanish of the same sentences counts a year younger by its formula."""
    english = explaining.language.startswith("en")
    return english and explaining.words > FEW_WORDS and explaining.age < reading_age.FROM


def age(page: Any) -> Iterator[Problem]:
    """Too hard for anybody in the whole of it, or a primer where it explains."""
    found, explaining = measure(page), measure_explaining(page)
    if max(found.age, explaining.age) > reading_age.AIM:
        yield Problem(
            gettext("Whole guide"),
            gettext("The reading age is %(age)s. Aim at 11 to 12: shorter sentences and words.")
            % {"age": max(found.age, explaining.age)},
        )
    elif is_a_primer(explaining):
        yield Problem(
            gettext("Whole guide"),
            gettext(
                "The text that explains has a reading age of %(age)s. Aim at 11 to 12: join short "
                "sentences that belong together. Leave warnings and steps as short as they are."
            )
            % {"age": explaining.age},
        )
