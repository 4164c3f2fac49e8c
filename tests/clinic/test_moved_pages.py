"""Old addresses of renamed, moved and copied pages: every part, every language, never in circles."""

from io import StringIO

import pytest
from django.core.management import call_command
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from education.models import GuideIndexPage, HomePage, StandardPage

PARTS = ["", "routine/", "print/", "print/pdf/"]
LANGUAGES = ["", "/es"]


@pytest.fixture
def rename(django_capture_on_commit_callbacks):
    def renamed(page, slug):
        page = page.specific_class.objects.get(pk=page.pk)
        page.slug = slug
        with django_capture_on_commit_callbacks(execute=True):
            page.save_revision().publish()
        return page.specific_class.objects.get(pk=page.pk)

    return renamed


def follow(client, address):
    """Where an address leads in the end, as its path and status."""
    seen = []
    while address not in seen:
        seen.append(address)
        response = client.get(address)
        if response.status_code not in (301, 302):
            return address, response.status_code
        address = response["Location"].removeprefix("http://testserver")
    pytest.fail(f"in circles: {seen}")


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_rename_keeps_every_address(client, guide, rename, language, part):
    rename(guide, "psoas")

    old = f"{language}/guides/iliopsoas/{part}"

    assert follow(client, old) == (f"{language}/guides/psoas/{part}", 200)


def test_a_query_comes_along(client, guide, rename):
    rename(guide, "psoas")

    answer = client.get("/guides/iliopsoas/print/pdf/?paper=letter&size=large")

    assert answer["Location"].endswith("/guides/psoas/print/pdf/?paper=letter&size=large")
    assert answer["Cache-Control"] == "no-cache"


def test_an_unknown_part_is_not_found(client, guide, rename):
    rename(guide, "psoas")

    assert client.get("/guides/iliopsoas/nonsense/").status_code == 404


@pytest.mark.parametrize("address", ["/guides/iliopsoas/", "/es/guides/iliopsoas/print/"])
def test_renamed_back_and_taken_down(client, guide, rename, address):
    guide = rename(rename(guide, "psoas"), "iliopsoas")
    assert not Redirect.objects.filter(old_path="/guides/iliopsoas").exists()
    assert follow(client, "/guides/psoas/") == ("/guides/iliopsoas/", 200)

    guide.unpublish()

    assert follow(client, address)[1] in (404, 410)
    assert follow(client, "/guides/iliopsoas/")[1] == 410
    assert follow(client, "/guides/psoas/")[1] == 410


def test_two_pages_that_swapped_are_taken_down(client, guide, rename):
    other = guide.copy(update_attrs={"title": "Other", "slug": "other"})
    other.save_revision().publish()
    guide, other = rename(guide, "third"), rename(other, "iliopsoas")
    guide = rename(guide, "other")

    for page in (guide, other):
        page.unpublish()

    for slug in ("iliopsoas", "other", "third"):
        assert follow(client, f"/guides/{slug}/")[1] == 410


def test_a_new_page_takes_an_old_address(client, guide, rename):
    rename(guide, "psoas")
    new = guide.copy(update_attrs={"title": "New", "slug": "iliopsoas"})
    new.save_revision().publish()

    assert follow(client, "/guides/iliopsoas/print/") == ("/guides/iliopsoas/print/", 200)


@pytest.mark.postgresql
def test_a_redirect_to_itself_is_ignored(client, seeded):
    Redirect.add_redirect("/nowhere/", redirect_to="/nowhere/")

    assert client.get("/nowhere/").status_code == 404


def test_a_drafts_rename_leaves_nothing(client, guide, rename):
    draft = guide.copy(update_attrs={"title": "Draft", "slug": "draft"}, keep_live=False)
    draft.slug = "other-draft"
    draft.save()
    rename(draft, "published")

    assert client.get("/guides/draft/").status_code == 404
    assert not Redirect.objects.exists()


@pytest.mark.postgresql
def test_a_moved_draft_leaves_nothing(client, seeded):
    home = HomePage.objects.get()
    above = home.add_child(instance=StandardPage(title="Above", slug="above"))
    draft = home.add_child(instance=StandardPage(title="Draft", slug="draft", live=False))

    draft.move(Page.objects.get(pk=above.pk), pos="last-child")

    assert not Redirect.objects.exists()


@pytest.mark.postgresql
def test_a_moved_page_takes_those_below(client, seeded):
    home = HomePage.objects.get()
    new = home.add_child(instance=StandardPage(title="New", slug="new"))
    old = home.add_child(instance=StandardPage(title="Old", slug="old"))
    for page in (new, old):
        page.save_revision().publish()
    below = old.add_child(instance=StandardPage(title="Below", slug="below"))
    below.save_revision().publish()

    old.refresh_from_db()
    old.move(Page.objects.get(pk=new.pk), pos="last-child")

    for language in LANGUAGES:
        assert follow(client, f"{language}/old/") == (f"{language}/new/old/", 200)
        assert follow(client, f"{language}/old/below/") == (f"{language}/new/old/below/", 200)


def test_a_renamed_list_takes_its_guides_along(client, guide, rename):
    rename(GuideIndexPage.objects.get(), "muscles")

    for language in LANGUAGES:
        for part in PARTS:
            old = f"{language}/guides/iliopsoas/{part}"
            assert follow(client, old) == (f"{language}/muscles/iliopsoas/{part}", 200)


def test_a_renamed_translation_keeps_its_address(client, guide, rename):
    call_command("start_translation", "es", "/guides/iliopsoas/", stdout=StringIO())
    for page in Page.objects.filter(locale__language_code="es").order_by("depth").specific():
        page.save_revision().publish()

    rename(page, "psoas-iliaco")

    old, new = "/es/guides/iliopsoas/", "/es/guides/psoas-iliaco/"
    assert follow(client, f"{new}routine/") == (f"{new}routine/", 200)
    assert follow(client, f"{old}routine/") == (f"{new}routine/", 200)
    assert follow(client, "/guides/iliopsoas/routine/") == ("/guides/iliopsoas/routine/", 200)
