"""Every role at the editor's page of a guide, an exercise and safety questions: what it offers and does."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from wagtail.admin.admin_url_finder import AdminURLFinder

from bookings.roles import make_roles
from education.models import Exercise, GuidePage
from tests.education.review import person
from tests.factories import make_clinic

ROLES = {
    "editor": "Editor",
    "reviewer": "Clinical reviewer",
    "desk": "Front desk",
    "practitioner": "Practitioner",
    "owner": "",
}
VERBS = ("Save draft", "Submit", "Approve", "Request changes", "Publish", "Unpublish")
VERBS += ("Copy", "Move", "Delete", "Set schedule")
EDITS = {"Save draft", "Submit"}
OFFERED = {
    ("editor", "guide"): EDITS | {"Copy", "Set schedule"},
    ("editor", "exercise"): EDITS | {"Copy"},
    ("editor", "questions"): EDITS | {"Copy"},
    ("reviewer", "guide"): EDITS | {"Unpublish", "Set schedule", "Copy", "Move", "Delete"},
    ("reviewer", "exercise"): EDITS | {"Unpublish"},
    ("reviewer", "questions"): EDITS | {"Unpublish"},
    ("owner", "guide"): {*VERBS} - {"Approve", "Request changes"},
    ("owner", "exercise"): EDITS | {"Publish", "Unpublish", "Copy", "Delete"},
    ("owner", "questions"): EDITS | {"Publish", "Unpublish", "Copy", "Delete"},
}
FIELD = {
    "guide": "textarea[name=introduction]",
    "exercise": "textarea[name=steps]",
    "questions": "input[name=name]",
}


@pytest.fixture
def things(seeded, settings):
    # Wagtail saves once more while a button's own save is on its way, and refuses it.
    settings.WAGTAIL_AUTOSAVE_INTERVAL = 0
    make_roles()
    service = make_clinic()[0]
    return {
        "guide": GuidePage.objects.get(slug="iliopsoas"),
        "exercise": Exercise.objects.get(key="lying-stretch"),
        "questions": service.questions,
    }


@pytest.fixture
def pages(things, new_context, let_in) -> dict[str, Page]:
    """A browser of each role."""
    found = {}
    for role, group in ROLES.items():
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


def offered(page: Page) -> set[str]:
    """What buttons and links of the page say, both menus open."""
    for which in ("footer", "header"):
        if page.locator(f"{which} .w-dropdown__toggle").count():
            menu(page, which)
    words = page.locator("footer, header, [data-side-panel=status], .w-dropdown__content")
    buttons = " ".join(words.locator("button, a").all_text_contents())
    return {verb for verb in VERBS if re.search(rf"\b{verb}\b", buttons)}


def press(page: Page, words: str) -> None:
    """A button of the menu that saves, and waits for the page after it."""
    menu(page, "footer")
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile(words)).first.click()


@pytest.mark.alike
def test_what_each_role_is_offered(things, pages):
    for role, page in pages.items():
        for kind, thing in things.items():
            if (role, kind) in OFFERED:
                assert offered(edit(page, thing)) == OFFERED[role, kind], (role, kind)
                continue
            # Not theirs: back to their own first screen, with the reason.
            address = AdminURLFinder(pages["owner"].user).get_edit_url(thing)
            page.goto(address)
            assert page.url.endswith("/admin/"), (role, kind)
            expect(page.locator(".messages")).to_contain_text("permission")
    # What Wagtail offers a reviewer all the same, pressed.
    page = pages["reviewer"]
    page.goto(f"/admin/pages/{things['guide'].pk}/delete/")
    expect(page.locator(".messages")).to_contain_text("Unpublish it instead")
    page.goto(f"/admin/pages/{things['guide'].pk}/copy/")
    page.locator("input[name=new_slug]").fill("copy")
    page.get_by_role("button", name="Copy this page").click()
    expect(page.locator("main")).to_contain_text("do not have permission to copy")
    assert not GuidePage.objects.filter(slug="copy").exists()


@pytest.mark.alike
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
    assert offered(edit(editor, thing)) & {"Approve", "Publish"} == set()  # their own words
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
