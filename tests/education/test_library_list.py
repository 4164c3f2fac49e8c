"""The library's lists in the admin: which language each entry is in, and which translation is behind."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from education.models import Exercise, GlossaryTerm, Reference
from education.translation import start_snippet
from tests.education.review import person

MODELS = [Exercise, GlossaryTerm, Reference]


@pytest.fixture
def editor(seeded, client):
    user = person("edith", "Editor")
    client.force_login(user)
    return user


def listed(client, model, **chosen):
    page = client.get(reverse(model.snippet_viewset.get_url_name("list")), chosen)
    assert page.status_code == 200
    rows = BeautifulSoup(page.content, "html.parser").select("table.listing tbody tr")
    return [" ".join(row.text.split()) for row in rows]


def translated(model, *, behind):
    """A new Spanish draft, whose original has changed since or not."""
    original = model.objects.filter(live=True, translation_of=None).first()
    made = start_snippet(original, "es")
    if behind:
        field = {Exercise: "steps", GlossaryTerm: "meaning", Reference: "title"}[model]
        model.objects.filter(pk=original.pk).update(**{field: "Something else."})
    return made


@pytest.mark.parametrize("model", MODELS)
def test_each_row_names_its_language(client, editor, model):
    translated(model, behind=True)

    rows = listed(client, model)

    assert sum("Español" in row and "Behind its original" in row for row in rows) == 1
    assert all("English" in row or "Español" in row for row in rows)


@pytest.mark.postgresql
@pytest.mark.parametrize("model", MODELS)
def test_a_list_of_one_language(client, editor, model):
    translated(model, behind=False)

    spanish, english = (listed(client, model, language=code) for code in ("es", "en-gb"))

    assert len(spanish) == 1 and "Español" in spanish[0] and "Up to date" in spanish[0]
    assert english and not any("Español" in row for row in english)


@pytest.mark.postgresql
@pytest.mark.parametrize("model", MODELS)
def test_a_list_of_what_is_behind(client, editor, model):
    translated(model, behind=True)
    other = model.objects.filter(live=True, translation_of=None).last()
    start_snippet(other, "es")

    assert len(listed(client, model, translation="behind")) == 1
    assert len(listed(client, model, translation="nonsense")) == model.objects.count()


def test_a_row_asks_for_its_schedule_alone(client, editor, django_assert_max_num_queries):
    """That one question is Wagtail's own; originals, sign-offs and reviews are read at once."""
    for original in Exercise.objects.filter(translation_of=None):
        start_snippet(original, "es")

    rows = Exercise.objects.count()

    with django_assert_max_num_queries(35 + rows):
        assert len(listed(client, Exercise)) == rows == 16
