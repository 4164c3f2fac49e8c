"""The first pages, exercises and words in Spanish, on a site that has just been seeded."""

import re

import pytest
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse
from wagtail.models import Page

from clinic.review import sign_offs
from education import word_forms
from education.models import Exercise, GlossaryTerm, GuidePage, HomePage, StandardPage
from education.seed import spanish

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def spanish_once(seeded_once, django_db_blocker):
    """Once for this file, each test in a savepoint of its own below it."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed_guides", verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def in_spanish(spanish_once, seeded):
    return GuidePage.objects.get(slug="iliopsoas", locale__language_code="es")


@pytest.fixture
def guide(in_spanish):
    return in_spanish.original


def published(thing):
    thing.save_revision().publish()
    thing.refresh_from_db()
    return thing


@pytest.mark.postgresql
def test_every_seeded_line_has_spanish(in_spanish):
    missing = []
    for line in spanish.lines_to_translate():
        spanish.spanish(line, missing.append)
    assert missing == []


@pytest.mark.postgresql
def test_a_new_site_speaks_spanish_throughout(in_spanish, client):
    assert in_spanish.live
    assert {p.live for p in StandardPage.objects.filter(locale__language_code="es")} == {True}
    assert HomePage.objects.get(locale__language_code="es").live
    body = client.get("/es/guides/iliopsoas/").content.decode()
    assert "Elevación de rodilla en la silla" in body
    assert "Todavía sin firmar" in body or "aún no" in body.lower() or "clínico" in body.lower()
    assert 'lang="en' not in body.partition('class="sources"')[0].partition("<main")[2]
    assert "Seated knee lift" not in body
    for part in ("routine/", "print/"):
        assert "Elevación de rodilla" in client.get(f"/es/guides/iliopsoas/{part}").content.decode()
    assert client.get("/es/guides/iliopsoas/print/pdf/").content.startswith(b"%PDF")


def test_its_safety_links_lead_somewhere(in_spanish, client):
    routine = client.get("/es/guides/iliopsoas/routine/").content.decode()
    guide = client.get("/es/guides/iliopsoas/").content.decode()
    assert 'href="/es/guides/iliopsoas/#antes-de-empezar"' in routine + guide
    assert 'id="antes-de-empezar"' in guide


@pytest.mark.postgresql
def test_seeding_again_changes_nothing(in_spanish):
    before = [m.objects.count() for m in (Page, Exercise, GlossaryTerm)]
    in_spanish.title = "Nuestro iliopsoas"
    published(in_spanish)
    call_command("seed_guides", verbosity=0)
    in_spanish.refresh_from_db()
    assert in_spanish.title == "Nuestro iliopsoas"
    assert [m.objects.count() for m in (Page, Exercise, GlossaryTerm)] == before


@pytest.mark.postgresql
def test_draft_translation_shows_the_original_exercise(in_spanish, client):
    Exercise.objects.get(key="seated-knee-lift-es").unpublish()
    body = client.get("/es/guides/iliopsoas/").content.decode()
    assert 'id="seated-knee-lift-name" lang="en-gb"' in body
    assert "Lift one knee, so that" in body


def test_words_in_its_drawings_are_spanish(in_spanish, client, guide):
    spanish = client.get("/es/guides/iliopsoas/").content.decode()
    english = client.get(guide.url).content.decode()
    drawings = {"iliopsoas-anatomy", "side-view-muscles"}

    assert drawings == set(re.findall(r"illustrations/([\w-]+)\.es\.svg", spanish)) & drawings
    assert not re.search(r"\.es\.svg", english) and "iliopsoas-anatomy.svg" in english


def test_a_translation_is_signed_for_itself(in_spanish, guide, django_user_model):
    reviewer = django_user_model.objects.create_user("dr")
    sign_offs.sign(guide, reviewer)
    assert in_spanish.claim is None
    sign_offs.sign(in_spanish, reviewer)
    assert GuidePage.objects.get(pk=in_spanish.pk).claim.is_whole
    exercise = Exercise.objects.get(key="seated-knee-lift-es")
    exercise.steps += "\nOtro paso."
    published(exercise)
    assert GuidePage.objects.get(pk=in_spanish.pk).claim.changed_names == exercise.name


def test_it_says_when_the_original_changed(in_spanish, guide, client):
    assert not in_spanish.original_changed
    guide.introduction = "Newer advice."
    published(guide)
    fresh = GuidePage.objects.get(pk=in_spanish.pk)
    assert fresh.original_changed
    assert "ha cambiado desde" in client.get("/es/guides/iliopsoas/").content.decode()
    assert not GuidePage.objects.get(pk=published(fresh).pk).original_changed
    assert "ha cambiado desde" not in client.get("/es/guides/iliopsoas/").content.decode()


def test_signing_the_original_again_changes_nothing(in_spanish, guide):
    published(guide)
    assert not GuidePage.objects.get(pk=in_spanish.pk).original_changed


def test_words_are_explained_in_their_language(in_spanish, client):
    assert 'id="term-pelvis-es"' in client.get("/es/guides/iliopsoas/").content.decode()
    assert 'id="term-pelvis"' in client.get("/guides/iliopsoas/").content.decode()


@pytest.mark.postgresql
def test_search_finds_each_language(in_spanish, client):
    found = client.get("/es/search/?q=rodilla").content.decode()
    assert "Elevación de rodilla en la silla" in found
    assert "Seated knee lift" not in found
    assert "Elevación" not in client.get("/search/?q=knee").content.decode()
    assert "El hueso del muslo, de la cadera" in client.get("/es/search/?q=femur").content.decode()
    both = client.get("/es/search/?q=pelvis").content.decode()
    assert "El anillo de hueso" in both and "The ring of bone" not in both


def test_only_originals_are_translated(in_spanish, admin_client):
    for thing in (in_spanish, Exercise.objects.get(key="lying-stretch-es")):
        address = reverse("start_translation", args=[thing._meta.label_lower, thing.pk])
        assert admin_client.get(address).status_code == 404
    assert admin_client.get("/admin/translate/auth.user/1/").status_code == 404
    assert admin_client.get("/admin/translate/nonsense/1/").status_code == 404


@pytest.mark.parametrize(
    "said",
    [
        "flexores de la cadera",
        "caderas rígidas",
        "ileo psoas",
        "psoas ilíaco",
        "distensión de la ingle",
        "tirón en la ingle",
        "isquiotibiales",
        "glúteos",
        "lumbago",
        "caderra",
        "me duele la cadera",
        "estar sentado",
        "hip flexor",
    ],
)
def test_a_spanish_question_finds_the_spanish_guide(in_spanish, client, said):
    """And what it was corrected to finds as much when it is asked for itself."""
    found = client.get("/es/search/", {"q": said}).context["found"]

    assert found.count
    assert all(page.pk == in_spanish.pk for page in found.guides)
    assert found.instead not in word_forms.SMALL_WORDS
    if found.instead:
        again = client.get("/es/search/", {"q": found.instead}).context["found"]
        assert again.count == found.count
