"""The clinic's own colours and logo, chosen in the settings and seen everywhere."""

from importlib import import_module
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.template.loader import render_to_string
from PIL import Image as Picture
from wagtail.images.models import Image
from wagtail.models import Site

from clinic.models import ClinicSettings
from clinic.palettes import COLOURS, Palette, coloured
from tests.clinic.test_colours import SCHEMES

SIZES = (180, 192, 512)

pytestmark = pytest.mark.django_db


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
    manifest = client.get("/manifest.webmanifest").json()
    assert manifest["theme_color"] == "#204f7b"
    assert all("-sea." in icon["src"] for icon in manifest["icons"])
    assert manifest["icons"][-1]["purpose"] == "maskable"
    for address in ("/styleguide/", "/styleguide/500/", "/offline/"):
        icons = page(client, address).select("link[rel$=icon]")
        assert icons and all("-sea." in icon["href"] for icon in icons)
    assert "favicon-sea.svg" in client.get("/sw.js").content.decode()
    assert page(admin_client, "/admin/").select("link[rel=icon][href*='favicon-sea.svg']")
    mail = render_to_string("emails/base.html", {"clinic": clinic, "button_url": "https://x.test"})
    assert COLOURS[Palette.SEA].deep in mail
    assert COLOURS[Palette.PINE].deep not in mail


@pytest.mark.parametrize("palette", [palette for palette in Palette if palette != Palette.PINE])
@pytest.mark.parametrize("name", ["favicon.svg", "favicon.ico", *(f"icon-{s}.png" for s in SIZES)])
def test_each_palette_colours_the_mark(palette, name):
    """Of the same size as pine's, with the palette's `mark` where that one has its own."""
    folder = settings.BASE_DIR / "clinic/static/clinic"
    pine, chosen = folder / name, folder / coloured(name, palette)
    marks = [SCHEMES[f"{each} light"]["mark"] for each in (Palette.PINE, palette)]
    if name.endswith(".svg"):
        assert chosen.read_text() == pine.read_text().replace(*marks)
        return
    files = [BytesIO(path.read_bytes()) for path in (pine, chosen)]
    pictures = [Picture.open(file).convert("RGBA") for file in files]
    assert pictures[0].size == pictures[1].size
    at = (pictures[0].width // 2, pictures[0].height // 8)
    for picture, mark in zip(pictures, marks, strict=True):
        wanted = bytes.fromhex(mark[1:])
        # A picture of few colours is not exact in each.
        assert all(abs(a - b) < 4 for a, b in zip(picture.getpixel(at)[:3], wanted, strict=True))


@pytest.mark.parametrize("own", ["", "Ask us before you begin."])
def test_our_old_disclaimer_becomes_the_new(clinic, own):
    migration = import_module("clinic.migrations.0005_guides_are_general_advice")
    clinic.disclaimer = own or migration.BEFORE
    clinic.save()

    migration.say_it_of_all(apps, None)

    clinic.refresh_from_db()
    assert clinic.disclaimer == (own or migration.AFTER)
    assert ClinicSettings().disclaimer == migration.AFTER


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


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("words", "number"),
    [("Call your GP today, or 111 if it is closed.", "111"), ("Ring 116 117.", "")],
)
def test_clinics_elsewhere_get_no_british_number(clinic, words, number):
    type(clinic).objects.update(urgent_wording=words, urgent_number="111")
    migration = import_module("clinic.migrations.0007_urgent_number")

    migration.forget_where_not_named(apps, None)

    clinic.refresh_from_db()
    assert clinic.urgent_number == number


@pytest.mark.parametrize("kind", ["emergency", "urgent"])
@pytest.mark.parametrize(
    ("number", "words", "fits"),
    [
        ("999", "Call 999 or go to A&E now.", True),
        ("112", "Call 999 or go to A&E now.", False),
        ("1 1 2", "Call 112.", True),
        ("112", "Go to the hospital at 3 Harbour Street.", True),
        ("", "Call 999.", True),
    ],
)
def test_the_words_beside_a_button_name_its_number(clinic, kind, number, words, fits):
    setattr(clinic, f"{kind}_number", number)
    setattr(clinic, f"{kind}_wording", words)

    if fits:
        clinic.clean()
    else:
        with pytest.raises(ValidationError, match="The button calls 112"):
            clinic.clean()
