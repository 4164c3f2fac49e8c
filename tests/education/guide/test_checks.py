"""Content checks: reading age, long sentences, absolute claims, what an exercise lacks."""

import pytest
from django.core.management import call_command

from education.guide import checks, reading_age
from education.models import Exercise, GuidePage, StandardPage
from education.seed import blocks


def page(*content):
    return GuidePage(
        title="T", introduction="Short and plain.", body=[blocks.section("Part", *content)]
    )


def test_the_seeded_guide_passes(guide):
    found = checks.measure(guide)

    assert found.words > 800
    assert 6 <= found.age <= 12
    assert checks.problems(guide) == []


def test_guides_explain_to_readers_of_eleven(seeded):
    """What warns and what tells how is shorter on purpose: it is not in this figure."""
    found = {g.slug: checks.measure_explaining(g).years for g in GuidePage.objects.all()}
    found.pop("template-guide")

    assert len(found) == 3
    assert {slug: age for slug, age in found.items() if not 10.5 <= age <= 12.5} == {}


def test_other_pages_explain_no_less_plainly(seeded):
    found = {p.slug: checks.measure_explaining(p).years for p in StandardPage.objects.all()}

    assert len(found) == 5
    assert {slug: age for slug, age in found.items() if not 9.5 <= age <= 12.5} == {}


def test_a_primer_is_a_problem(db):
    short = "You sit a lot. The muscle gets short. It pulls on the hip. " * 10

    found = [problem.what for problem in checks.problems(page(blocks.text(f"<p>{short}</p>")))]

    assert any("join short sentences" in what for what in found)


def test_a_primer_is_told_of_english_alone():
    short = ["Usted pasa mucho tiempo sentado. El músculo se acorta. Tira de la cadera."] * 10

    assert checks.is_a_primer(reading_age.measure(["You sit. It gets short."] * 30, "en-gb"))
    assert not checks.is_a_primer(reading_age.measure(short, "es"))


def test_lists_are_no_explaining(db):
    listed = page(blocks.text("<p>You can:</p><ul><li>read</li><li>print</li></ul>"))

    assert checks.explaining_texts(listed) == ["Short and plain.", "You can:"]


def test_spanish_has_a_formula_of_its_own():
    text = ["El psoas empieza en la columna lumbar, en la parte baja de la espalda."]

    assert reading_age.measure(text, "es").age < 12 < reading_age.measure(text).age


@pytest.mark.parametrize(
    ("word", "count"), [("día", 2), ("ejercicio", 4), ("que", 1), ("ahora", 3)]
)
def test_spanish_syllables(word, count):
    assert reading_age.syllables(word, "es") == count


@pytest.mark.postgresql
def test_command_lists_each_page(seeded, capsys):
    call_command("reading_age")

    listed = capsys.readouterr().out.splitlines()
    assert len(listed) == 1 + GuidePage.objects.count() + StandardPage.objects.count()
    assert any(line.endswith(" en-gb The Iliopsoas") for line in listed)


def test_hard_text_is_older():
    hard = (
        "Electromyographic investigations demonstrate considerable interindividual variability "
        "regarding neuromuscular activation during unilateral stabilisation manoeuvres."
    )

    assert reading_age.measure([hard]).age > 18
    assert reading_age.measure(["The cat sat on the mat. It was warm."]).age < 8
    assert reading_age.measure([]).age == 0


@pytest.mark.parametrize(("word", "count"), [("muscle", 2), ("hip", 1), ("iliacus", 4)])
def test_syllables(word, count):
    assert reading_age.syllables(word) in (count, count - 1)


def test_a_long_sentence(db):
    long = "one " * 26 + "end."

    found = checks.problems(page(blocks.text(f"<p>{long}</p>")))

    assert any("A sentence of 27 words" in problem.what for problem in found)


@pytest.mark.parametrize("claim", ["This cures pain.", "It always works.", "100% safe."])
def test_an_absolute_claim(db, claim):
    found = checks.problems(page(blocks.text(f"<p>{claim}</p>")))

    assert any("promises too much" in problem.what for problem in found)


def test_an_exercise_without_dose_or_stop(db):
    exercise = Exercise(
        key="x", name="X", kind="stretch", position="lying", steps="Lie.", reps=0, drawing="x"
    )

    found = [problem.what for problem in checks.exercise_problems(exercise)]

    assert found == [
        "Say how much: repeats, or a hold.",
        "Say when to stop.",
        "Say in words what the pictures show.",
    ]


def test_the_editor_sees_the_checks(client, guide, admin_user):
    client.force_login(admin_user)

    html = client.get(f"/admin/pages/{guide.pk}/edit/").content.decode()

    assert "Reading age:" in html
    assert "Nothing to look at" in html
