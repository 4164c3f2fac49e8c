"""Every block has a class, an icon, a description, a template and a preview that renders."""

import pytest
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.template.loader import get_template
from wagtail.models import Page

from education import blocks
from education.blocks.choices import PageBlock
from education.blocks.structure import ContentBlock
from education.guide.dose import Dose
from education.models import Exercise, Reference
from education.templatetags.education_tags import citation

BLOCKS = list(ContentBlock().child_blocks.items()) + [("section", blocks.SectionBlock())]
SHOWN = {
    "paragraph": "so that you can lift your knee",
    "figure": "Psoas: from the low back",
    "muscle_facts": "The femoral nerve",
    "care_card": "a joint is hot and swollen",
    "warning": "Choose the seated exercise",
    "do": "breathe all the way through",
    "dont": "do not hold your breath",
    "film": "lifts one knee",
    "expander": "One study measured it",
    "exercise": "Lie down.",
    "routine": "Strengthen first",
    "action_link": "Call the clinic",
    "references": "What we read",
    "section": "What it does",
}


@pytest.mark.parametrize(("name", "block"), BLOCKS)
def test_has_icon_description_template_and_preview(db, name, block):
    assert block.meta.icon != "placeholder"
    assert block.get_description()
    get_template(block.meta.template)
    assert block.is_previewable


@pytest.mark.postgresql
@pytest.mark.parametrize(("name", "block"), BLOCKS)
def test_preview_renders_its_value(db, name, block):
    value = block.get_preview_value()
    html = block.render(value, block.get_preview_context(value, {}))

    assert SHOWN[name] in html


def test_every_block_is_covered():
    assert {name for name, _ in BLOCKS} == set(SHOWN)


def test_figure_needs_a_picture():
    block = blocks.FigureBlock()
    value = block.normalize({"drawing": "", "image": None, "alt": "x", "labels": []})

    with pytest.raises(ValidationError):
        block.clean(value)


def test_action_link_to_a_page_needs_the_page():
    block = blocks.ActionLinkBlock()

    with pytest.raises(ValidationError):
        block.clean(block.normalize({"kind": "page", "text": "On", "page": None}))


def test_pages_are_read_beside_empty_choices(db):
    home = Page.objects.get(depth=2)

    assert PageBlock().bulk_to_python([None, home.pk, None]) == [None, home, None]


def test_dont_puts_do_not_before_each_item():
    html = blocks.DontBlock().render({"items": ["bounce"]})

    assert "do not bounce" in html


def test_care_card_takes_its_advice_from_the_settings():
    block = blocks.CareCardBlock()
    value = block.normalize({"level": "emergency", "items": ["you cannot move your leg"]})
    clinic = {"emergency_number": "112", "emergency_wording": "Ring 112 now."}

    html = block.render(value, context={"clinic": clinic})

    assert "Ring 112 now." in html
    assert 'href="tel:112"' in html


def test_block_text_is_escaped():
    html = blocks.DoBlock().render({"items": ["<script>alert(1)</script>"]})

    assert "<script>" not in html


@pytest.mark.parametrize(
    ("dose", "words"),
    [
        (Dose(reps=15), "15 times each side"),
        (Dose(reps=1, each_side=False), "1 time"),
        (Dose(reps=2, hold_from=30, hold_to=60), "Hold for 30 to 60 seconds, 2 times each side"),
        (Dose(reps=2, hold_from=20, hold_to=20), "Hold for 20 seconds, 2 times each side"),
        (Dose(reps=10, sets=3), "10 times each side, in 3 rounds"),
        (Dose(), ""),
    ],
)
def test_dose_in_words(dose, words):
    assert dose.text == words


def test_exercise_block_overrides_the_dose(db):
    exercise = Exercise(
        key="x", name="X", kind="strengthen", position="sitting", steps="One.", reps=15
    )
    value = blocks.ExerciseBlock().normalize({"exercise": exercise, "reps": 8})

    assert value.dose.reps == 8
    assert "8 times each side" in blocks.ExerciseBlock().render(value)


@pytest.mark.parametrize(
    ("doi", "title"),
    [("", "<cite>&lt;Hips&gt;</cite>."), ("10.1/2", 'rel="noopener">&lt;Hips&gt;</a>.')],
)
def test_sources_are_named_with_what_is_known(doi, title):
    source = Reference(authors="A & B", title="<Hips>", year=2024, doi=doi, kind="trial")

    html = " ".join(citation(3, source).split())

    assert html.startswith('<li id="source-3"> <span>A &amp; B. ')
    assert f"{title} 2024.</span>" in html and "Tested in a trial" in html


def test_blocks_are_drawn_as_wagtail_draws_them(db):
    section = blocks.SectionBlock()
    stream = section.get_preview_value()["content"]
    stream.append(("do", {"items": ["<breathe>"]}))
    context = {"stream": stream, "lang_attrs": ' lang="en"', "page_url": "/here/"}
    wagtail = "{% load wagtailcore_tags %}{% for b in stream %}{% include_block b %}{% endfor %}"

    ours = Template("{% load education_tags %}{% blocks stream %}").render(Context(context))

    assert ours == Template(wagtail).render(Context(context))
    assert "&lt;breathe&gt;" in ours
