"""A guide, an exercise and safety questions go through the review, each on the editor's own pages."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from wagtail.admin.admin_url_finder import AdminURLFinder

from bookings.roles import make_roles
from education.models import Exercise
from tests.education.review import person
from tests.factories import make_clinic

FIELD = {
    "guide": "textarea[name=introduction]",
    "exercise": "textarea[name=steps]",
    "questions": "input[name=name]",
}


@pytest.fixture
def things(short_guide, settings):
    # Wagtail saves once more while a button's own save is on its way, and refuses it.
    settings.WAGTAIL_AUTOSAVE_INTERVAL = 0
    make_roles()
    service = make_clinic()[0]
    return {
        "guide": short_guide,
        "exercise": Exercise.objects.get(key="lying-stretch"),
        "questions": service.questions,
    }


@pytest.fixture
def pages(things, new_context, let_in) -> dict[str, Page]:
    """A browser of each of the three."""
    found = {}
    for role, group in (("editor", "Editor"), ("reviewer", "Clinical reviewer"), ("owner", "")):
        user = person(role, group, owner=role == "owner")
        context = new_context()
        let_in(context, user)
        found[role] = context.new_page()
        found[role].user = user
    return found


def edit(page: Page, thing) -> Page:
    page.goto(AdminURLFinder(page.user).get_edit_url(thing))
    page.wait_for_load_state()
    return page


def menu(page: Page, which: str) -> None:
    page.locator(f"{which} .w-dropdown__toggle").first.click()


def press(page: Page, words: str) -> None:
    """A button of the menu that saves, and waits for the page after it."""
    menu(page, "footer")
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile(words)).first.click()


@pytest.mark.thorough
@pytest.mark.parametrize("kind", ["guide", "exercise", "questions"])
def test_the_way_through_the_review(things, pages, kind):
    thing, field = things[kind], FIELD[kind]
    before = getattr(thing, re.search(r"name=(\w+)", field)[1])

    def live():
        row = type(thing).objects.get(pk=thing.pk)
        return getattr(row, re.search(r"name=(\w+)", field)[1])

    editor = edit(pages["editor"], thing)
    editor.locator(field).fill("Words of the editor.")
    press(editor, "Submit to")
    menu(edit(editor, thing), "footer")
    own = editor.locator("footer").get_by_role("button", name=re.compile("Approve|Publish"))
    expect(own).to_have_count(0)  # nobody approves their own words
    assert live() == before

    reviewer = edit(pages["reviewer"], thing)
    menu(reviewer, "footer")
    reviewer.get_by_role("button", name="Request changes").first.click()
    dialog = reviewer.get_by_role("dialog")
    dialog.locator("textarea").fill("Which words?")
    with reviewer.expect_navigation():
        dialog.locator("[type=submit]").click()
    assert live() == before
    edit(editor, thing)
    press(editor, "Resubmit")
    edit(reviewer, thing)
    press(reviewer, "^Approve")
    assert live() == "Words of the editor."
    row = type(thing).objects.get(pk=thing.pk)
    assert row.claim.sign_off.reviewer == pages["reviewer"].user

    owner = edit(pages["owner"], thing)
    owner.locator(field).fill("Words past the review.")
    press(owner, "^Publish$")
    assert live() == "Words past the review."
    assert type(thing).objects.get(pk=thing.pk).claim is None  # nobody signed these
    if kind == "questions":
        said = "No clinician has signed this, so patients cannot book"
        expect(owner.locator(".messages")).to_contain_text(said)
    owner.goto(AdminURLFinder(owner.user).get_edit_url(thing).replace("edit", "delete"))
    if kind == "guide":
        expect(owner.locator("main")).to_contain_text("Are you sure you want to delete")
    else:
        expect(owner.locator(".messages")).to_contain_text(re.compile("used in|asked by a service"))
