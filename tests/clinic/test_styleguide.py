"""The styleguide is whole: no component, block or mail of the site lacks a place in it."""

import importlib
import pkgutil
from collections import Counter

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from wagtail.blocks import Block

from bookings.messages.defaults import KINDS
from education import blocks

pytestmark = pytest.mark.django_db
COMPONENTS = settings.BASE_DIR / "templates"


def block_classes():
    """Every class below education/blocks that draws with a template of its own."""
    for module in pkgutil.iter_modules(blocks.__path__):
        for value in vars(importlib.import_module(f"education.blocks.{module.name}")).values():
            if isinstance(value, type) and issubclass(value, Block):
                own = value.__module__.startswith("education.blocks")
                if own and getattr(value._meta_class, "template", None):
                    yield value.__name__


@pytest.fixture
def answer(client):
    return client.get("/styleguide/")


@pytest.fixture
def page(answer):
    return BeautifulSoup(answer.content, "html.parser")


def test_every_block_has_its_place(page):
    for name in set(block_classes()):
        place = page.select_one(f"#block-{name}")
        assert place, f"{name} is missing: name it in education/blocks/__init__.py"
        assert len(place.find_all(recursive=False)) > 1, f"{name} shows nothing"


def test_every_mail_has_its_place_and_its_frame(client, page):
    for kind in [*KINDS, "digest"]:
        frame = page.select_one(f"#mail-{kind} iframe")
        mail = client.get(frame["src"])
        assert mail.status_code == 200
        assert "frame-ancestors 'self'" in mail["Content-Security-Policy"]
        assert mail["X-Frame-Options"] == "SAMEORIGIN"
        assert b"<h1" in mail.content
    assert "choose one here" in page.select_one("#mail-password-reset").text
    assert "If it was not you" in page.select_one("#mail-email-changed").text


def test_unknown_mail_is_not_there(client):
    assert client.get("/styleguide/mail/nothing/").status_code == 404
    assert client.get("/styleguide/mail/password-reset/").status_code == 404


def test_every_component_has_its_place(client, answer):
    drawn = {
        template.name
        for response in (answer, client.get("/styleguide/home/"))
        for template in response.templates
    }
    every = {
        path.relative_to(COMPONENTS).as_posix()
        for path in (COMPONENTS / "clinic/components").rglob("*.html")
    }
    assert every - drawn == set()


def test_no_id_is_there_twice(page):
    ids = Counter(tag["id"] for tag in page.select("[id]"))
    assert [name for name, count in ids.items() if count > 1] == []
