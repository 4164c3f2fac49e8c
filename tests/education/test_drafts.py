"""The two further guides, and the template for the next: complete drafts, never live by default."""

import pytest
from django.contrib.auth import get_user_model
from wagtail.models import Page

from education.guide import checks
from education.models import Exercise, GlossaryTerm, GuidePage, Reference
from education.seed import back_library

DRAFTS = ("gluteus-maximus", "hamstrings")


@pytest.fixture(params=DRAFTS)
def draft(request, seeded):
    return GuidePage.objects.get(slug=request.param)


def problems(page):
    return [p for p in checks.problems(page) if "Visitors do not see it" not in p.what]


def test_they_wait_for_review(client, draft):
    assert not draft.live
    assert draft.last_reviewed is None
    assert draft.get_latest_revision()
    assert client.get(f"/guides/{draft.slug}/").status_code == 404
    assert draft.slug not in client.get("/guides/").content.decode()
    assert draft.slug not in client.get("/sitemap.xml").content.decode()


@pytest.mark.postgresql
def test_their_exercises_and_words_wait_too(seeded):
    for model, rows in ((Exercise, "EXERCISES"), (GlossaryTerm, "GLOSSARY")):
        keys = [row["key"] for row in getattr(back_library, rows)]
        assert model.objects.filter(key__in=keys, live=False).count() == len(keys)
    assert not Reference.objects.filter(live=False).exists()


def test_they_are_plain_and_pass_the_checks(draft):
    found = checks.measure(draft)

    assert found.words > 400
    assert 6 <= found.age <= 12
    assert problems(draft) == []


def test_they_are_complete(draft):
    guide = draft.guide(drafts=True)

    assert len(guide.muscles) == 1
    assert [str(card["level"]) for card in guide.care_cards] == [
        "emergency",
        "urgent",
        "non-urgent",
    ]
    assert len(guide.exercises) >= 2
    for value in guide.exercises:
        record = value["exercise"]
        assert value.dose.is_set
        assert record.stop_list and record.caution_list and record.easier and record.harder
        assert len(record.pictures) == 2
        assert all(picture.alt for picture in record.pictures)
    assert len(guide.references) >= 4
    assert {"textbook", "guideline"} <= {reference.kind for reference in guide.references}


@pytest.mark.postgresql
def test_the_reviewer_sees_the_whole_draft(rf, draft):
    response = draft.make_preview_request(rf.get("/"), draft.default_preview_mode)
    html = response.render().content.decode()

    for value in draft.guide(drafts=True).exercises:
        assert value["exercise"].name in html
    assert "Stop if" in html
    assert "do not replace" in html


def test_editor_is_told_of_unpublished_exercises(draft):
    told = [p.where for p in checks.problems(draft) if "Visitors do not" in p.what]

    assert "Bridge" in told


def test_the_template_says_what_to_replace(client, seeded):
    template = GuidePage.objects.get(slug="template-guide")
    hints = [p for p in checks.problems(template) if "Replace the template" in p.what]

    assert not template.live
    assert {p.where for p in hints} >= {"Headline", "Introduction", "What it is", "Stretch it"}
    assert any("own title" in p.what for p in checks.problems(template))
    used = {block.block_type for block in checks.children(template.body)}
    every = set(type(template.body[0].block.child_blocks["content"])().child_blocks)
    assert used == every - {"film"}  # it cannot be published without a real film


@pytest.mark.postgresql
def test_copy_of_template_belongs_to_its_copier(seeded):
    from clinic.review.authorship import wrote

    template = GuidePage.objects.get(slug="template-guide")
    editor = get_user_model().objects.create_user("edith")
    other = get_user_model().objects.create_user("rita")

    copy = template.copy(
        to=Page.objects.get(slug="guides"),
        update_attrs={"slug": "calf", "title": "The Calf"},
        user=editor,
    )

    assert not copy.live
    assert wrote(editor, copy)
    assert not wrote(other, copy)
