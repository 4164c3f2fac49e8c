"""Wagtail's own screens under the admin's policy: the watch fails on anything that it stops."""

import re
import struct
import zlib

import pytest
from playwright.sync_api import expect
from wagtail.models import Page as CmsPage


def png() -> bytes:
    """A picture of two by two pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    rows = b"".join(b"\x00" + b"\x20\x80\x60" * 2 for _ in range(2))
    header = struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


@pytest.fixture
def owner_page(new_context, django_user_model, let_in):
    context = new_context(viewport={"width": 1400, "height": 900})
    let_in(context, django_user_model.objects.create_superuser("owner"))
    return context.new_page()


@pytest.mark.thorough
def test_the_page_editor_works_and_previews(seeded, owner_page, watch):
    guide = CmsPage.objects.get(slug="iliopsoas")
    owner_page.goto(f"/admin/pages/{guide.pk}/edit/")
    watch.settle(owner_page)
    editor = owner_page.locator(".public-DraftEditor-content").first
    editor.click()
    owner_page.keyboard.type("Typed by a test. ")
    expect(editor).to_contain_text("Typed by a test.")
    owner_page.locator(
        "[data-side-panel-toggle=preview], [aria-label='Toggle preview']"
    ).first.click()
    # While the preview is drawn anew, a second frame stands in for the first.
    owner_page.wait_for_function(
        """title => [...document.querySelectorAll("iframe[title=Preview]")].some(
            frame => frame.contentDocument?.querySelector("h1")?.textContent.includes(title))""",
        arg=guide.title,
    )


def test_a_picture_is_uploaded(owner_page, watch):
    owner_page.goto("/admin/images/add/")
    owner_page.locator("input[type=file]").set_input_files(
        {"name": "two.png", "mimeType": "image/png", "buffer": png()}
    )
    owner_page.get_by_role("button", name=re.compile("Update|Upload")).first.wait_for()
    watch.settle(owner_page)


def test_other_screens(owner_page, watch):
    for path in (
        "/admin/",
        "/admin/clinic/hours/new/",
        "/admin/clinic/services/new/",
        "/admin/users/",
        "/admin/reports/site-history/",
    ):
        owner_page.goto(path)
        watch.settle(owner_page)
        assert watch.problems == [], path
