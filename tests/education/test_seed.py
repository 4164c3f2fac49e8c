"""Seeding a site that has been seeded: each thing once, ever."""

import pytest
from django.core.management import call_command

from education.models import Exercise, GuidePage, Reference, StandardPage

pytestmark = pytest.mark.django_db


def seed():
    call_command("seed_guides", "--one-language", verbosity=0)


def test_seeding_twice_changes_nothing(seeded):
    before = [m.objects.count() for m in (GuidePage, StandardPage, Exercise, Reference)]

    seed()

    assert [m.objects.count() for m in (GuidePage, StandardPage, Exercise, Reference)] == before


def test_an_edit_survives(guide):
    guide.introduction = "Changed by an editor."
    guide.save_revision().publish()
    Exercise.objects.filter(key="seated-knee-lift").update(reps=12)

    seed()

    guide.refresh_from_db()
    assert guide.introduction == "Changed by an editor."
    assert Exercise.objects.get(key="seated-knee-lift").reps == 12


@pytest.mark.postgresql
def test_what_was_deleted_stays_deleted(guide):
    guide.delete()
    Reference.objects.get(key="acsm-11").delete()
    StandardPage.objects.get(slug="about").delete()

    seed()

    assert not GuidePage.objects.filter(slug="iliopsoas").exists()
    assert not Reference.objects.filter(key="acsm-11").exists()
    assert not StandardPage.objects.filter(slug="about").exists()


def test_a_renamed_page_is_not_made_again(guide):
    guide.slug = "psoas"
    guide.save_revision().publish()

    seed()

    assert not GuidePage.objects.filter(slug="iliopsoas").exists()


@pytest.mark.postgresql
def test_the_tree_stays_sound(seeded):
    from wagtail.models import Page

    assert not any(Page.find_problems())


def test_the_seeded_guide_claims_no_review(guide):
    assert guide.live
    assert guide.clinical_reviewer is None
    assert guide.last_reviewed is None


def old_advice(guide):
    """A site whose guide and exercise say what an earlier version said."""
    exercise = Exercise.objects.get(key="lying-stretch")
    exercise.cautions = "Use a firm, steady bed."
    exercise.save_revision().publish()
    guide.introduction = "What an earlier version said."
    guide.save_revision().publish()


def test_new_advice_comes_as_drafts(guide, capsys):
    old_advice(guide)
    call_command("seed_guides", "--as-drafts")

    assert {line.rpartition(": ")[2] for line in capsys.readouterr().out.splitlines()} == {
        "Lying stretch",
        "The Iliopsoas",
    }
    guide.refresh_from_db()
    exercise = Exercise.objects.get(key="lying-stretch")
    for thing in (guide, exercise):
        assert thing.live and thing.has_unpublished_changes
    assert guide.introduction == "What an earlier version said."
    assert exercise.cautions == "Use a firm, steady bed."
    assert "hip operation" in exercise.get_latest_revision_as_object().cautions


@pytest.mark.postgresql
def test_the_same_advice_is_no_draft(guide, capsys):
    call_command("seed_guides", "--as-drafts")
    call_command("seed_guides", "--as-drafts")

    assert capsys.readouterr().out == ""
