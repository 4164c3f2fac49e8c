import pytest
from django.urls import reverse

from bookings.messages.defaults import KINDS
from bookings.models import MessageTemplate

pytestmark = pytest.mark.django_db
URL = "/admin/messages/wording/received/en-gb/"
OWN = {"subject": "For {reference}", "heading": "Hello", "body": "Dear {name},\n\nthank you. <b>"}


@pytest.fixture
def lead_client(client, make_user):
    client.force_login(make_user("Front desk lead"))
    return client


def test_each_message_in_each_language_is_listed(lead_client):
    page = lead_client.get(reverse("desk:wordings")).content.decode()
    for kind in KINDS:
        for language in ("en-gb", "es"):
            assert reverse("desk:wording", args=[kind, language]) in page


def test_saved_with_who_and_when(lead_client, monday):
    assert lead_client.post(URL, OWN).url == URL
    row = MessageTemplate.objects.get()
    assert (row.kind, row.language, row.heading) == ("received", "en-gb", "Hello")
    assert row.changed_at == monday and row.changed_by.username == "front-desk-lead"
    lead_client.post(URL, OWN | {"heading": "Again"})
    assert MessageTemplate.objects.get().heading == "Again"


def test_a_preview_saves_nothing(lead_client, clinic):
    page = lead_client.post(URL, OWN | {"action": "preview"})
    assert page.status_code == 200 and not MessageTemplate.objects.exists()
    text = page.content.decode()
    assert "For K7MB-4QX9" in text and "Dear Maria Example," in text
    # Escaped once for the mail, and once more as an attribute of the frame.
    assert "thank you. &amp;lt;b&amp;gt;" in text and "thank you. <b>" not in text


def test_a_broken_placeholder_is_refused_with_the_reason(lead_client):
    page = lead_client.post(URL, OWN | {"body": "Dear {nmae}", "heading": "Kept {"})
    text = page.content.decode()
    assert page.status_code == 422 and not MessageTemplate.objects.exists()
    assert "Did you mean {name}?" in text and "There is a single brace { or }." in text
    assert "Dear {nmae}" in text


def test_line_breaks_and_hidden_characters_are_refused(lead_client):
    for bad in (
        {"subject": "a\u202eb"},
        {"heading": "a\u2028b"},
        {"body": "\u200b"},
        {"body": " "},
    ):
        assert lead_client.post(URL, OWN | bad).status_code == 422, bad


def test_reset_brings_the_default_back(lead_client):
    lead_client.post(URL, OWN)
    assert lead_client.get(URL + "reset/").status_code == 405
    for _twice in range(2):
        assert lead_client.post(URL + "reset/").url == URL
    assert not MessageTemplate.objects.exists()
    assert KINDS["received"].default["subject"] in lead_client.get(URL).content.decode()


@pytest.mark.parametrize("path", ["nothing/en-gb/", "received/xx/"])
def test_unknown_is_404(lead_client, path):
    assert lead_client.get(f"/admin/messages/wording/{path}").status_code == 404
