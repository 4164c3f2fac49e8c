"""docs/triage.md and the questions that every site begins with say the same of each sign."""

import re

import pytest
from django.conf import settings

from tests.bookings.questions import hip_questions

pytestmark = pytest.mark.django_db
TEXT = (settings.BASE_DIR / "docs" / "triage.md").read_text()
SIGNS, ASK_FIRST = (
    [tuple(cell.strip() for cell in line.split("|")[1:-1]) for line in part.splitlines()[2:]]
    for part in re.findall(r"(?:^\|.*\n)+", TEXT, re.MULTILINE)
)
# Limits of single exercises. They stand on the exercises' cards: a visit is where to talk about them.
ON_CARDS = {
    "hip that pinches (impingement, torn rim)",
    "hernia",
    "blood thinners, no pain",
    "new or sore knee",
    "back pain, pain down the leg",
    "poor balance, heart or blood pressure",
}
JUDGED = "clinical judgement"


def source_names():
    """The name of each source by its number."""
    listed = TEXT.partition("## Sources")[2]
    return dict(
        re.findall(r"(?:^|(?<=\. ))(\d+)\. (.+?)(?=\. \d\d?\. |\n|$)", listed, re.MULTILINE)
    )


@pytest.fixture
def asked(db):
    """Each sign's level, days and sources, as they stand in the questions."""
    shown = hip_questions().as_shown()
    return {
        sign.text: (group.level, sign.days, sign.source)
        for group in shown.groups
        for sign in group.signs
    }


def test_the_tables_are_read():
    assert len(SIGNS) == 30 and len(ASK_FIRST) == 14
    assert len(source_names()) == 37


@pytest.mark.parametrize("row", SIGNS, ids=lambda row: row[0])
def test_a_sign_is_routed_as_documented(asked, row):
    text, _may_be, route, cited = row
    level, days, sources = asked[text]
    assert level == route.partition(":")[0].partition(",")[0]
    assert days == (
        int(found[0]) * unit_of(route) if (found := re.findall(r"\d+", route)) else None
    )
    agree(cited, sources)


def unit_of(route):
    return 7 if "week" in route else 1


@pytest.mark.parametrize("row", ASK_FIRST, ids=lambda row: row[0])
def test_who_asks_first_is_asked_for(asked, row):
    text, cited = row[0], row[-1]
    if text in ON_CARDS:
        assert text not in asked
        return
    level, _days, sources = asked[text]
    assert level == "hold"
    agree(cited, sources)


def agree(cited, sources):
    names = source_names()
    for number in re.findall(r"\[(\d+)\]", cited):
        name = next(part for part in sources.split("; ") if part in names[number])
        assert name
    assert ("CJ" in cited) == (JUDGED in sources)
    judged = sum(JUDGED in part or "the clinic" in part for part in sources.split("; "))
    assert len(sources.split("; ")) == len(re.findall(r"\[\d+\]", cited)) + judged


def test_no_sign_is_asked_without_a_row(asked):
    documented = {row[0] for row in [*SIGNS, *ASK_FIRST]}
    assert set(asked) == documented - ON_CARDS


def test_fever_or_weight_loss_is_never_soon(asked):
    for text, (level, _days, _sources) in asked.items():
        if "fever" in text or "weight loss" in text:
            assert level == "urgent", text


@pytest.mark.parametrize("language", ["en-gb", "es"])
def test_red_never_stands_without_a_changed_colour(language):
    words = {"en-gb": (r"\bred\b", "changed colour"), "es": (r"\broj|enrojec", "otro color")}
    red, other = words[language]
    shown = hip_questions().in_language(language).as_shown()
    for line in (line for group in shown.groups for line in group.lines):
        assert not re.search(red, line) or other in line
