"""An editor changes the guide, a reviewer approves it, a visitor sees it, and the seed keeps it."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from playwright.sync_api import Page, expect

from education.models import GuidePage

PASSWORD = "a long enough password"  # noqa: S105
SENTENCE = "Deep in your hip is a muscle that works whenever you take the stairs."


@pytest.fixture
def guide(live_server) -> GuidePage:
    call_command("seed_guides", verbosity=0)
    for name, group in (("eda", "Editor"), ("rhea", "Clinical reviewer")):
        user = get_user_model().objects.create_user(name, password=PASSWORD)
        user.groups.add(Group.objects.get(name=group))
    return GuidePage.objects.get(slug="iliopsoas")


def edit_page(page: Page, user: str, guide: GuidePage) -> None:
    page.goto(f"/admin/pages/{guide.pk}/edit/")
    page.locator("input[name=username]").fill(user)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("button[type=submit]").first.click()
    expect(page).to_have_url(re.compile(r"/edit/$"))


def more_actions(page: Page) -> None:
    """Open the menu beside "Save draft"."""
    page.locator("footer .w-dropdown__toggle").first.click()


def test_edit_review_publish(guide, new_context, check_page) -> None:
    visitor = new_context().new_page()
    editor = new_context().new_page()
    edit_page(editor, "eda", guide)
    editor.locator("textarea[name=introduction]").fill(SENTENCE)
    more_actions(editor)
    editor.get_by_role("button", name=re.compile("Submit to")).click()
    expect(editor.locator("body")).to_contain_text("submitted")
    editor.goto(f"/admin/pages/{guide.pk}/view_draft/")
    expect(editor.locator("main")).to_contain_text(SENTENCE)
    visitor.goto("/guides/iliopsoas/")
    expect(visitor.locator("main")).not_to_contain_text(SENTENCE)

    reviewer = new_context().new_page()
    edit_page(reviewer, "rhea", guide)
    more_actions(reviewer)
    reviewer.get_by_role("button", name=re.compile("^Approve and Publish|^Approve$")).first.click()
    expect(reviewer.locator("body")).to_contain_text("published")

    visitor.goto("/guides/iliopsoas/")
    expect(visitor.locator("main")).to_contain_text(SENTENCE)
    check_page(visitor)
    call_command("seed_guides", verbosity=0)
    visitor.goto("/guides/iliopsoas/")
    expect(visitor.locator("main")).to_contain_text(SENTENCE)
