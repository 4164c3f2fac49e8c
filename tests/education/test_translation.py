"""Starting a translation, by seeding and in the admin."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from education.models import Exercise, GuidePage, SeedRecord
from education.translation import start_page, start_snippet
from tests.education.review import person

pytestmark = pytest.mark.django_db


def test_a_running_site_gets_spanish_as_drafts(seeded):
    SeedRecord.objects.update(made_at="2026-01-01T00:00:00Z")
    call_command("seed_guides", verbosity=0)
    assert not GuidePage.objects.get(slug="iliopsoas", locale__language_code="es").live
    assert not Exercise.objects.filter(written_in="es", live=True).exists()


def test_a_changed_text_stays_a_draft(guide):
    guide.introduction = "Words of our own."
    guide.save_revision().publish()
    call_command("seed_guides", verbosity=0)
    made = GuidePage.objects.get(slug="iliopsoas", locale__language_code="es")
    assert not made.live
    assert made.introduction == "Words of our own."


def test_what_staff_began_stays_theirs(guide):
    begun = start_page(guide, "es")[-1]
    begun.title = "El nuestro"
    begun.save_revision()
    call_command("seed_guides", verbosity=0)
    assert begun.get_latest_revision_as_object().title == "El nuestro"


def test_untranslated_guide_begins_with_emergency_advice(seeded, client):
    body = client.get("/es/guides/iliopsoas/").content.decode()
    head = body.partition("<main")[0]
    assert "Llame al 999" in head
    assert "no haga los ejercicios" in head


@pytest.mark.parametrize("role", ["Editor", "Clinical reviewer", "Front desk", "Practitioner"])
def test_editors_alone_start_translations(seeded, client, role):
    exercise = Exercise.objects.get(key="seated-knee-lift")
    guide = GuidePage.objects.get(slug="iliopsoas")
    client.force_login(person("una", role))
    for thing in (exercise, guide):
        address = reverse("start_translation", args=[thing._meta.label_lower, thing.pk])
        before = Exercise.objects.filter(written_in="es").count()
        client.get(address)
        assert Exercise.objects.filter(written_in="es").count() == before
        answer = client.post(address, {"language": "es"})
        assert client.get(answer["Location"]).status_code == 200
        assert ("edit" in answer.get("Location", "")) is (role == "Editor")
    assert Exercise.objects.filter(written_in="es").exists() is (role == "Editor")


@pytest.mark.postgresql
def test_a_second_translation_is_refused(seeded):
    original = Exercise.objects.get(key="lying-stretch")
    first = start_snippet(original, "es")
    assert start_snippet(original, "es") == first
    with pytest.raises(IntegrityError), transaction.atomic():
        Exercise.objects.create(
            key="again", name="x", kind="stretch", position="lying", steps="x",
            written_in="es", translation_of=original,
        )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Exercise.objects.create(
            key="again", name="x", kind="stretch", position="lying", steps="x",
            translation_of=original,
        )  # fmt: skip
