"""What a plan is made of: the words of an exercise, its dose, its pictures, and the paper."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.contrib.contenttypes.models import ContentType
from wagtail.models import Locale

from clinic.review import sign_offs
from clinic.review.text import fingerprint_of
from education.models import GlossaryTerm
from plans import agreed, library, sheet
from plans.models import PlanExercise
from plans.staff.beside import flagged
from tests.plans.conftest import make_exercise

TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)
of_database = pytest.mark.django_db


@pytest.mark.parametrize(
    ("days", "long", "short"),
    [
        (range(7), "every day", "every day"),
        (range(6), "Monday, Tuesday, Wednesday, Thursday, Friday, Saturday", None),
        ([1], "Tuesday", "Tue"),
        ([0, 6], "Monday, Sunday", "Mon, Sun"),
    ],
)
def test_days_in_words(days, long, short):
    assert agreed.days_in_words(days) == long
    assert short is None or agreed.days_in_words(days, short=True) == short


def row_of(**changes):
    words = {
        "name": "Bridge",
        "kind": "stretch",
        "position": "lying",
        "drawing": "bridge",
        "images": [None, None],
        "start_alt": "start",
        "end_alt": "end",
        "checked_on": "",
        "checked_by": "",
        "language": "en-gb",
        "steps": ["Lie down."],
        "cautions": ["Care."],
        "stop_if": ["Pain."],
    }
    dose = {"sets": 2, "reps": 3, "hold": 4, "side": "both", "weekdays": 127}
    about = {name: changes.pop(name) for name in list(changes) if name in words}
    return PlanExercise(key="bridge", words=words | about, **dose | changes)


@pytest.mark.parametrize(
    ("side", "each_side", "only", "both"),
    [
        ("both", True, "", True),
        ("left", True, "left", False),
        ("right", True, "right", False),
        ("none", False, "", False),
    ],
)
def test_on_which_side(side, each_side, only, both):
    item = agreed.Item(row_of(side=side))
    assert (item.exercise.each_side, item.exercise.only) == (each_side, only)
    dose = item.dose
    assert (dose.sets, dose.reps, dose.hold_from, dose.hold_to) == (2, 3, 4, 4)
    assert (dose.each_side, dose.only) == (both, only)


@pytest.mark.parametrize(
    ("drawing", "images", "moves"),
    [("bridge", [None, None], True), ("bridge", [None, 7], False), ("", [None, None], False)],
)
def test_only_a_drawing_moves(drawing, images, moves):
    assert agreed.Agreed(row_of(drawing=drawing, images=images)).moves is moves


def test_an_agreed_exercise_has_its_words():
    item = agreed.Item(row_of(line="Slowly.", checked_on="2026-11-01", checked_by="Rita"))
    exercise = item.exercise
    assert (exercise.key, exercise.name, exercise.language_code) == ("bridge", "Bridge", "en-gb")
    assert (exercise.kind_label, exercise.position_label) == ("Stretch", "Lying on your back")
    assert exercise.step_list == ["Lie down."] and exercise.caution_list == ["Care."]
    assert exercise.stop_list == ["Pain."] and exercise.how_often == "Every day. Slowly."
    assert item.checked_on == date(2026, 11, 1) and not agreed.unsigned([item])
    unsigned = agreed.Item(row_of(weekdays=1))
    assert unsigned.checked_on is None and agreed.unsigned([item, unsigned])
    assert unsigned.exercise.how_often == "Monday." and unsigned.days == "Mon"
    with pytest.raises(AttributeError, match="nothing"):
        _ = exercise.nothing


def test_pictures_of_start_and_end():
    found = agreed.Agreed(row_of()).pictures
    assert [picture.alt for picture in found] == ["start", "end"]
    assert agreed.Agreed(row_of(drawing="")).pictures == []


@pytest.mark.postgresql
@of_database
def test_an_uploaded_picture_wins(make_image):
    image = make_image()
    found = agreed.Agreed(row_of(images=[None, image.pk])).pictures
    assert len(found) == 2 and found[0].url != found[1].url
    gone = agreed.Agreed(row_of(images=[image.pk + 1, None], drawing="")).pictures
    assert gone == []


@pytest.fixture
def make_image(db):
    from wagtail.images import get_image_model
    from wagtail.images.tests.utils import get_test_image_file

    model = get_image_model()
    return lambda: model.objects.create(title="A picture", file=get_test_image_file())


@of_database
def test_the_words_of_today(exercises, make_user):
    one = make_exercise("signed", summary="Short.", cautions="Care.", hold_from=0, reps=8, sets=3)
    words = library.snapshot(one)
    assert (words["checked_by"], words["checked_on"], words["known_as"]) == ("", "", "")
    assert (words["name"], words["summary"], words["kind"]) == ("Signed", "Short.", "stretch")
    assert words["steps"] == ["Lie down.", "Breathe."] and words["cautions"] == ["Care."]
    reviewer = make_user("Owner", "rita")
    one.save_revision().publish()
    one.refresh_from_db()
    sign_offs.sign(one, reviewer, today=TODAY)
    found = library.published("en-gb")
    assert [exercise.key for exercise in found][-1] == "signed"
    words = library.fields_of(found[-1])
    assert (words["key"], words["revision"]) == ("signed", one.live_revision_id)
    assert (words["words"]["checked_by"], words["words"]["checked_on"]) == ("Rita", "2026-11-24")
    assert library.fields_of(exercises[0])["words"]["checked_by"] == ""


@of_database
def test_a_sign_off_of_something_else(exercises, django_assert_num_queries):
    one = exercises[0]
    about = {"object_id": str(one.pk), "fingerprint": fingerprint_of(one), "signed_on": TODAY}
    kind = ContentType.objects.get_for_model(GlossaryTerm)
    sign_offs.SignOff.objects.create(content_type=kind, next_review=TODAY, **about)
    found = library.published("en-gb")
    with django_assert_num_queries(0):
        assert [library.snapshot(one)["checked_on"] for one in found] == [""] * len(found)


@of_database
def test_published_exercises_by_name(db):
    for key, name in (("a", "Zebra"), ("b", "Ant"), ("c", "Mouse")):
        make_exercise(key, name=name)
    make_exercise("d", name="Bee", live=False)
    names = [one.name for one in library.published("en-gb")]
    assert [name for name in names if name in {"Ant", "Bee", "Mouse", "Zebra"}] == [
        "Ant",
        "Mouse",
        "Zebra",
    ]


@of_database
@pytest.mark.parametrize(
    ("dose", "usual"),
    [
        ({"sets": 3, "reps": 8, "hold_from": 5, "each_side": True}, (3, 8, 5, "both")),
        ({"sets": 1, "reps": 0, "hold_from": 30, "each_side": False}, (1, 1, 30, "none")),
        ({"sets": 0, "reps": 2, "hold_from": 0, "each_side": False}, (1, 2, 0, "none")),
    ],
)
def test_the_usual_dose(dose, usual):
    start = library.usual(make_exercise("one", **dose))
    assert (start.sets, start.reps, start.hold, start.side) == usual
    assert start.weekdays == 127 and start.line == ""


@pytest.mark.postgresql
@of_database
def test_as_it_was_agreed_or_not(plan, exercises):
    exercises[0].steps = "Another way."
    exercises[0].save()
    exercises[1].live = False
    exercises[1].save()
    known = library.today()
    states = [library.state(row, known) for row in plan.exercises.all()]
    assert states == ["changed", "withdrawn", ""]
    assert library.state(plan.exercises.last(), {}) == "withdrawn"
    found = [(name, state) for _plan, name, state in flagged([plan])]
    assert found == [("Exercise 1", "changed"), ("Exercise 2", "withdrawn")] and flagged([]) == []


@pytest.mark.postgresql
@of_database
def test_another_plan_starts_as_the_last(plan):
    PlanExercise.objects.update(line="Slowly.", sets=4, weekdays=3, side="left")
    rows = library.of_plan(plan, "en-gb")
    assert [(row.exercise.key, row.line, row.sets, row.side, row.weekdays) for row in rows] == [
        (f"exercise-{n}", "Slowly.", 4, "left", 3) for n in (1, 2, 3)
    ]


@of_database
def test_guides_of_a_language(guide):
    own = library.guides("en-gb")
    assert guide in own and own == sorted(own, key=lambda page: page.title)
    assert library.guides("en") == own and library.guides("xx") == own
    spanish = in_language(guide, "es")
    mexican = in_language(guide, "es-mx")
    assert set(library.guides("es")) == set(library.guides("es-ar")) == {spanish, mexican}
    assert library.guides("en-gb") == library.guides("xx") == own
    guide.unpublish()
    assert guide not in library.guides("en-gb")


def in_language(page, code):
    locale, _made = Locale.objects.get_or_create(language_code=code)
    return page.copy(
        update_attrs={"slug": f"guide-{code}", "locale": locale, "translation_key": uuid4()},
        reset_translation_key=False,
        keep_live=True,
    )


@of_database
def test_the_help_of_its_guide(plan, guide):
    newer = guide.copy(update_attrs={"slug": "newer", "title": "Newer"}, keep_live=True)
    assert sheet.guide_of(plan) == guide
    plan.guide = newer.pk
    assert sheet.guide_of(plan) == newer and len(sheet.care_cards(plan)) > 0
    newer.unpublish()
    assert sheet.guide_of(plan) == guide
    guide.unpublish()
    assert sheet.guide_of(plan) is None and sheet.care_cards(plan) == []


@pytest.mark.postgresql
@of_database
def test_what_the_paper_says(plan):
    paper = sheet.data(plan)
    assert paper["headline"] == "Until 5 Jan 2027"
    assert paper["shown_url"] == paper["url"].removeprefix("http://").rstrip("/")
    assert paper["own_lang"] == "en" and "waiting" in paper["review"]
    assert len(paper["exercises"]) == 3 and paper["warnings"] == []
    for row in plan.exercises.all():
        row.words["checked_by"] = "Rita"
        row.save()
    assert sheet.data(plan)["review"] == ""
    first = plan.exercises.first()
    first.words["language"] = "fr"
    first.save()
    assert sheet.data(plan)["own_lang"] == "fr"
    plan.exercises.all().delete()
    plan.locale = "es"
    assert sheet.data(plan)["own_lang"] == "es"
