"""Search over guides, exercises and words; “Was this helpful?”; the worker for offline reading."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from education.models import Exercise, HelpfulCount
from education.models.helpful import MOST_A_DAY
from education.search import clean


@pytest.fixture
def indexed(guide):
    call_command("update_index", verbosity=0)
    return guide


def ask(client, question):
    return client.get(reverse("search"), {"q": question})


def test_finds_a_guide_an_exercise_and_a_word(client, indexed):
    html = ask(client, "kneeling").content.decode()
    assert f'href="{indexed.url}#half-kneeling-stretch"' in html
    html = ask(client, "iliopsoas").content.decode()
    assert f'href="{indexed.url}"' in html
    assert "deep in its front" in html


def test_finds_by_the_beginning_of_a_word(client, indexed):
    assert "The Iliopsoas" in ask(client, "iliop").content.decode()


@pytest.mark.parametrize("misspelt", ["ilopsoas", "Illiopsoas", "hamstrngs", "iliopsoas strech"])
def test_a_misspelt_word_is_understood(client, indexed, misspelt):
    html = ask(client, misspelt).content.decode()

    assert "Nothing found for" in html
    assert indexed.url in html
    assert "All guides" not in html


@pytest.mark.parametrize("everyday", ["hip flexor", "groin", "psoas", "tight hip"])
def test_finds_the_guide_by_what_people_call_it(client, indexed, everyday):
    assert "Nothing found" not in ask(client, everyday).content.decode()


def test_nothing_found_leads_on(client, indexed):
    html = ask(client, "zzzz").content.decode()

    assert "Nothing found" in html
    assert "020 7946 0123" in html
    assert "All guides" in html
    assert indexed.url in html


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
def test_odd_questions_are_answered(client, indexed, question):
    response = ask(client, question)

    assert response.status_code == 200
    assert b"<script>x" not in response.content


def test_drafts_are_not_found(client, indexed):
    Exercise.objects.update(live=False)
    indexed.unpublish()

    html = ask(client, "kneeling").content.decode()

    assert "half-kneeling-stretch" not in html


def test_clean():
    assert clean("  hip\x00\n  stretch\u202e ") == "hip stretch"
    assert len(clean("x" * 500)) == 100


def answer(client, guide, value="yes", **headers):
    headers = headers or {"sec-fetch-site": "same-origin"}
    return client.post(reverse("helpful", args=[guide.pk]), {"answer": value}, headers=headers)


def test_an_answer_is_counted_without_a_cookie(client, guide):
    response = answer(client, guide)
    answer(client, guide)
    answer(client, guide, "no")

    assert response.status_code == 302
    assert response["Location"] == f"{guide.url}?thanks=1#helpful"
    assert not response.cookies
    assert HelpfulCount.totals(guide.pk) == {"yes": 2, "no": 1}
    assert "Thank you" in client.get(f"{guide.url}?thanks=1").content.decode()


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"origin": "https://other.example"},
        {"x-nothing": "1"},
    ],
)
def test_another_site_cannot_answer(client, guide, headers):
    assert answer(client, guide, **headers).status_code == 403
    assert not HelpfulCount.objects.exists()


def test_an_old_browser_can_answer(client, guide):
    assert answer(client, guide, origin="http://testserver").status_code == 302
    assert HelpfulCount.totals(guide.pk) == {"yes": 1}


def test_reading_never_counts_and_nonsense_neither(client, guide):
    assert client.get(reverse("helpful", args=[guide.pk])).status_code == 405
    answer(client, guide, "maybe")
    assert client.post(reverse("helpful", args=[2**40]), {"answer": "yes"}).status_code == 404
    assert not HelpfulCount.objects.exists()


def test_the_report_counts_and_names_nobody(client, guide, admin_user):
    answer(client, guide)
    answer(client, guide)
    answer(client, guide, "no")
    client.force_login(admin_user)

    response = client.get(reverse("guide_helpful"))
    export = client.get(reverse("guide_helpful"), {"export": "xlsx"})

    counted = {page.title: (page.yes, page.no) for page in response.context["object_list"]}
    assert counted["The Iliopsoas"] == (2, 1)
    assert counted["The Hamstrings"] == (0, 0)
    assert "spreadsheet" in export["Content-Type"]


def test_a_flood_stops_counting(client, guide):
    answer(client, guide)
    HelpfulCount.objects.update(count=MOST_A_DAY)

    answer(client, guide)

    assert HelpfulCount.totals(guide.pk) == {"yes": MOST_A_DAY}


def test_the_worker_keeps_to_the_guides(client, seeded):
    response = client.get("/guides/sw.js")
    script = response.content.decode()

    assert response["Content-Type"].startswith("text/javascript")
    assert "/book" not in script
    assert 'startsWith("/guides/")' in script
