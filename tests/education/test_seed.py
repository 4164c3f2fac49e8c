"""Seeding: each thing once, ever."""

import pytest
from django.core.management import call_command
from wagtail.models import Site

from education.models import Exercise, GuidePage, HomePage, Reference, SeedRecord, StandardPage

pytestmark = pytest.mark.django_db


def seed():
    call_command("seed_guides", verbosity=0)


@pytest.fixture
def seeded_once():
    """Not once a module here: one test wants a site without it."""
    seed()


def test_the_migration_makes_only_site_and_home():
    assert HomePage.objects.count() == 1
    assert Site.objects.get().root_page.specific == HomePage.objects.get()
    assert not GuidePage.objects.exists()
    assert not SeedRecord.objects.exists()


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


def test_the_tree_stays_sound(seeded):
    from wagtail.models import Page

    assert not any(Page.find_problems())


def test_the_site_follows_site_url(settings):
    settings.SITE_URL = "https://clinic.example.org"

    seed()

    site = Site.objects.get(is_default_site=True)
    assert (site.hostname, site.port) == ("clinic.example.org", 443)


def test_the_seeded_guide_claims_no_review(guide):
    assert guide.live
    assert guide.clinical_reviewer is None
    assert guide.last_reviewed is None
