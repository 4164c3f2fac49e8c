"""The clinic's own colours and logo, chosen in the settings and seen everywhere."""

from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from django.core.files.base import ContentFile
from django.template.loader import render_to_string
from PIL import Image as Picture
from wagtail.images.models import Image
from wagtail.models import Site

from clinic.models import ClinicSettings
from clinic.palettes import COLOURS, Palette

pytestmark = [pytest.mark.django_db, pytest.mark.looks]


@pytest.fixture
def clinic():
    return ClinicSettings.for_site(Site.objects.get())


def page(client, address):
    return BeautifulSoup(client.get(address).content, "html.parser")


def test_chosen_colours_are_everywhere(client, admin_client, clinic):
    clinic.palette = Palette.SEA
    clinic.save()

    assert page(client, "/styleguide/").html["data-palette"] == "sea"
    assert page(client, "/styleguide/500/").html["data-palette"] == "sea"
    assert page(admin_client, "/admin/").select("link[href$='clinic/admin-sea.css']")
    assert client.get("/manifest.webmanifest").json()["theme_color"] == "#204f7b"
    mail = render_to_string("emails/base.html", {"clinic": clinic, "button_url": "https://x.test"})
    assert COLOURS[Palette.SEA].deep in mail
    assert COLOURS[Palette.PINE].deep not in mail


def test_pine_needs_nothing(client, admin_client, clinic):
    assert "data-palette" not in page(client, "/styleguide/").html.attrs
    assert not page(admin_client, "/admin/").select("link[href*='clinic/admin-']")


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # Wagtail leaves a file open
def test_a_logo_stands_for_the_name(client, clinic):
    file = BytesIO()
    Picture.new("RGB", (400, 100), "red").save(file, "PNG")
    clinic.logo = Image.objects.create(
        title="Logo", file=ContentFile(file.getvalue(), name="logo.png")
    )
    clinic.save()

    logo = page(client, "/styleguide/").select_one("header .wordmark img")

    assert logo["alt"] == clinic.name
    assert int(logo["height"]) <= 96
