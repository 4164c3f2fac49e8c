"""Search over guides, exercises and words; the worker for offline reading."""

import pytest
from django.urls import reverse

from education.models import Exercise
from education.search import clean


def ask(client, question):
    return client.get(reverse("search"), {"q": question})


def test_finds_a_guide_an_exercise_and_a_word(client, guide):
    html = ask(client, "kneeling").content.decode()
    assert f'href="{guide.url}#half-kneeling-stretch"' in html
    html = ask(client, "iliopsoas").content.decode()
    assert f'href="{guide.url}"' in html
    assert "deep in its front" in html


def test_finds_by_the_beginning_of_a_word(client, guide):
    assert "The Iliopsoas" in ask(client, "iliop").content.decode()


@pytest.mark.parametrize("misspelt", ["ilopsoas", "Illiopsoas", "hamstrngs", "iliopsoas strech"])
def test_a_misspelt_word_is_understood(client, guide, misspelt):
    html = ask(client, misspelt).content.decode()

    assert "Nothing found for" in html
    assert guide.url in html
    assert "All guides" not in html


@pytest.mark.parametrize("everyday", ["hip flexor", "groin", "psoas", "tight hip"])
def test_finds_the_guide_by_what_people_call_it(client, guide, everyday):
    assert "Nothing found" not in ask(client, everyday).content.decode()


@pytest.mark.parametrize("forms", ["hip flexors", "tight hips", "Stretches", "hamstring", "knees"])
def test_finds_plurals_and_other_forms(client, guide, forms):
    html = ask(client, forms).content.decode()

    assert "Nothing found" not in html
    assert guide.url in html[html.index("<main") :]


@pytest.mark.parametrize("near", ["ileo psoas", "ilio psoas", "hip flexer", "psoass"])
def test_finds_near_misses(client, guide, near):
    assert guide.url in ask(client, near).content.decode()
    assert "All guides" not in ask(client, near).content.decode()


@pytest.mark.parametrize(
    "said", ["groin strain", "my hip hurts", "flexores de la cadera", "dolor en la ingle", "muslo"]
)
@pytest.mark.parametrize("language", ["", "/es"])
def test_finds_what_people_call_it(client, guide, said, language):
    found = client.get(f"{language}/search/", {"q": said}).context["found"]

    assert found.count


@pytest.mark.parametrize(
    "question", ["hip flexer", "iliopsos strech", "ileo psoas", "groin strain"]
)
def test_what_it_suggests_finds_something(client, guide, question):
    suggested = ask(client, question).context["found"].instead

    assert not suggested or ask(client, suggested).context["found"].count


@pytest.mark.postgresql
def test_nothing_found_leads_on(client, guide):
    html = ask(client, "zzzz").content.decode()

    assert "Nothing found" in html
    main = html[html.index("<main") : html.index("</main>")]
    assert 'href="tel:+442079460123"' in main
    assert "All guides" in html
    assert guide.url in html


@pytest.mark.parametrize(
    "question",
    [
        "",
        "   ",
        '"',
        "' OR 1=1 --",
        "hip*",
        "NOT",
        "a" * 5000,
        "😀",
        "<script>x",
        "%",
        "\\",
    ],
)
def test_odd_questions_are_answered(client, guide, question):
    response = ask(client, question)

    assert response.status_code == 200
    assert b"<script>x" not in response.content


@pytest.mark.postgresql
def test_drafts_are_not_found(client, guide):
    Exercise.objects.update(live=False)
    guide.unpublish()

    html = ask(client, "kneeling").content.decode()

    assert "half-kneeling-stretch" not in html


def test_clean():
    assert clean("  hip\x00\n  stretch\u202e ") == "hip stretch"
    assert len(clean("x" * 500)) == 100


def test_the_worker_keeps_to_the_guides(client, seeded):
    response = client.get("/guides/sw.js")
    script = response.content.decode()

    assert response["Content-Type"].startswith("text/javascript")
    assert "/book" not in script
    assert 'startsWith("/guides/")' in script
