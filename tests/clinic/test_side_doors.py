"""Ways in that nobody thinks of: forged forms, spreadsheets, embeds, and what is not mounted."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, reverse
from wagtail.embeds.embeds import get_embed
from wagtail.embeds.exceptions import EmbedUnsupportedProviderException
from wagtail.log_actions import log
from wagtail.models import Site

from clinic.spreadsheets import neutral
from tests.clinic.test_headers import POSTED

pytestmark = pytest.mark.django_db


def test_a_form_of_another_site_is_refused_everywhere():
    strict = Client(enforce_csrf_checks=True)
    forms = [path for path in POSTED if "/hooks/" not in path]  # whose secret is the address
    for path in [*forms, "/admin/", "/admin/logins/end/x/", "/admin/account/"]:
        assert strict.post(path, {}).status_code == 403, path
    page = strict.post("/book/", {}).content.decode()
    assert "020 7946 0123" in page


@pytest.mark.parametrize(
    ("referer", "leads_to"),
    [
        ("http://testserver/request/find/", "http://testserver/request/find/"),
        ("http://evil.example/", ""),
    ],
)
def test_an_expired_form_leads_to_itself(referer, leads_to):
    strict = Client(enforce_csrf_checks=True)
    page = strict.post("/request/find/", {}, headers={"referer": referer}).text
    assert f'class="nhsuk-button" href="{leads_to}">Open the form again' in page


@pytest.mark.postgresql
def test_no_list_leaves_as_formulas(client, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("owner"))
    home = Site.objects.get(is_default_site=True).root_page
    home.draft_title = "=cmd|' /C calc'!A1"
    log(instance=home, action="wagtail.edit")
    answer = client.get("/admin/reports/site-history/", {"export": "csv"})
    text = b"".join(answer.streaming_content).decode()
    assert "'=cmd|" in text and ",=cmd" not in text


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_whatever_a_spreadsheet_would_run_is_text(start):
    assert neutral(f"{start}1+1") == f"'{start}1+1"
    assert neutral(-1) == -1 and neutral("1+1") == "1+1"


@pytest.mark.postgresql
def test_the_server_fetches_nothing_that_an_editor_names():
    assert settings.WAGTAILEMBEDS_FINDERS == []
    with pytest.raises(EmbedUnsupportedProviderException):
        get_embed("https://169.254.169.254/latest/meta-data/")


@pytest.mark.parametrize(
    "name", ["admin:index", "wagtailimages_generate", "wagtailapi:pages:listing"]
)
def test_not_mounted(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)
