"""An editor changes the guide, a reviewer approves it, a visitor sees it, and the seed keeps it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from playwright.sync_api import Page, expect

from education.models import Exercise, GuidePage

PASSWORD = "a long enough password"  # noqa: S105
SENTENCE = "Deep in your hip is a muscle that works whenever you take the stairs."


@pytest.fixture
def guide(short_guide, settings) -> GuidePage:
    # On a slow computer Wagtail saves once more while a button's own save is on its way, and refuses it.
    settings.WAGTAIL_AUTOSAVE_INTERVAL = 0
    for name, group in (("eda", "Editor"), ("rhea", "Clinical reviewer")):
        user = get_user_model().objects.create_user(name, password=PASSWORD)
        user.groups.add(Group.objects.get(name=group))
    return short_guide


def log_in(page: Page, user: str, address: str) -> None:
    """Asked for an address of the admin, and led there after the login."""
    page.goto(address)
    page.locator("input[name=username]").fill(user)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("button[type=submit]").first.click()
    expect(page).to_have_url(re.compile(re.escape(address) + "$"))


@pytest.fixture
def edit_page(new_context, let_in) -> Callable[[str, GuidePage], Page]:
    """The editor's page of a guide, in a browser in which somebody has logged in."""

    def edit(user: str, guide: GuidePage) -> Page:
        context = new_context()
        let_in(context, get_user_model().objects.get(username=user))
        page = context.new_page()
        page.goto(f"/admin/pages/{guide.pk}/edit/")
        return page

    return edit


def submit(page: Page) -> None:
    more_actions(page)
    page.get_by_role("button", name=re.compile("Submit to")).click()
    expect(page.locator(".messages")).to_contain_text("submitted")


def approve(page: Page) -> None:
    more_actions(page)
    page.get_by_role("button", name=re.compile("^Approve and Publish|^Approve$")).first.click()
    expect(page.locator(".messages")).to_contain_text("has been updated")


def more_actions(page: Page) -> None:
    """Open the menu beside "Save draft", once its script is there."""
    page.wait_for_load_state()
    page.locator("footer .w-dropdown__toggle").first.click()


def test_edit_review_publish(guide, new_context, edit_page, check_page) -> None:
    visitor = new_context().new_page()
    editor = edit_page("eda", guide)
    editor.locator("textarea[name=introduction]").fill(SENTENCE)
    submit(editor)
    editor.goto(f"/admin/pages/{guide.pk}/view_draft/")
    expect(editor.locator("main")).to_contain_text(SENTENCE)
    visitor.goto("/guides/iliopsoas/")
    expect(visitor.locator("main")).not_to_contain_text(SENTENCE)

    reviewer = edit_page("rhea", guide)
    approve(reviewer)

    visitor.goto("/guides/iliopsoas/")
    expect(visitor.locator("main")).to_contain_text(SENTENCE)
    check_page(visitor)
    call_command("seed_guides", "--one-language", verbosity=0)
    visitor.goto("/guides/iliopsoas/")
    expect(visitor.locator("main")).to_contain_text(SENTENCE)


@pytest.mark.thorough
def test_a_new_guide_from_the_template(guide, new_context, edit_page, check_page) -> None:
    """Copied, written, sent in by an editor; approved by somebody else; read by a visitor."""
    template = GuidePage.objects.get(slug="template-guide")
    editor = new_context().new_page()
    log_in(editor, "eda", f"/admin/pages/{template.pk}/copy/")
    editor.locator("input[name=new_title]").fill("The Calf")
    editor.locator("input[name=new_slug]").fill("calf")
    editor.get_by_role("button", name="Copy this page").click()
    expect(editor.locator(".messages")).to_contain_text("copied")
    calf = GuidePage.objects.get(slug="calf")
    editor.goto(f"/admin/pages/{calf.pk}/edit/")
    expect(editor.locator("body")).to_contain_text("Replace the template’s hints")
    editor.locator("input[name=headline]").fill("What lifts your heel")
    editor.locator("textarea[name=introduction]").fill(SENTENCE)
    submit(editor)

    visitor = new_context().new_page()
    visitor.goto("/guides/calf/")
    expect(visitor.locator("h1")).not_to_contain_text("The Calf")
    reviewer = edit_page("rhea", calf)
    approve(reviewer)

    visitor.goto("/guides/")
    visitor.get_by_role("link", name="The Calf").click()
    expect(visitor.locator("h1")).to_contain_text("What lifts your heel")
    expect(visitor.locator("main")).to_contain_text("A clinician of our team")
    check_page(visitor)
    visitor.get_by_role("link", name=re.compile("Practise")).first.click()
    expect(visitor.get_by_role("button", name="Start")).to_be_visible()


@pytest.mark.thorough
def test_a_translation_from_the_button_to_its_reader(guide, new_context, edit_page) -> None:
    editor = edit_page("eda", guide)
    editor.get_by_role("link", name="Translate it").click()
    editor.locator("select[name=language]").select_option("es")
    editor.get_by_role("button", name="Start the translation").click()
    expect(editor.locator(".messages")).to_contain_text("is ready to be translated")
    editor.locator("input[name=title]").fill("El iliopsoas")
    editor.locator("input[name=headline]").fill("El músculo de la cadera")
    submit(editor)
    spanish = GuidePage.objects.get(locale__language_code="es")
    visitor = new_context().new_page()
    visitor.goto("/guides/iliopsoas/")
    expect(visitor.get_by_role("heading", name="The Iliopsoas", level=1)).to_be_visible()

    # The pages above it were begun as well; a reader needs them first.
    for above in spanish.get_ancestors().filter(depth__gte=2):
        above.specific.get_latest_revision().publish()
    approve(edit_page("rhea", spanish))

    visitor.goto("/guides/iliopsoas/")
    visitor.get_by_role("link", name="Español").click()
    expect(visitor.get_by_role("heading", name="El iliopsoas", level=1)).to_be_visible()
    expect(visitor.locator("html")).to_have_attribute("lang", "es")


@pytest.mark.thorough
def test_a_renamed_guide_keeps_its_old_address(guide, new_context, edit_page) -> None:
    editor = edit_page("eda", guide)
    editor.get_by_role("tab", name="Promote").click()
    editor.locator("input[name=slug]").fill("hip-flexor")
    submit(editor)
    approve(edit_page("rhea", guide))
    visitor = new_context().new_page()

    for part, text in (("", "Sources"), ("routine/", "Practise"), ("print/", "Seated knee lift")):
        visitor.goto(f"/guides/iliopsoas/{part}")
        expect(visitor).to_have_url(re.compile(f"/guides/hip-flexor/{part}$"))
        expect(visitor.locator("main")).to_contain_text(text)
    answer = visitor.request.get("/guides/iliopsoas/print/pdf/")
    assert answer.url.endswith("/guides/hip-flexor/print/pdf/")
    assert answer.body().startswith(b"%PDF-")


def test_a_handout_of_any_text_opens(guide, new_context) -> None:
    exercise = Exercise.objects.get(key="seated-knee-lift")
    exercise.steps = "Sit tall 🪑 坐直\nاجلس #panic(1) \\ $x$ <b>\n\u202eLift\u0007 it"
    exercise.save_revision().publish()
    visitor = new_context().new_page()
    visitor.goto("/guides/iliopsoas/print/")

    expect(visitor.locator("main")).to_contain_text("Sit tall 🪑 坐直")
    for link in visitor.locator("main a[href*='/print/pdf/']").all():
        assert visitor.request.get(link.get_attribute("href") or "").body().startswith(b"%PDF-")


PASTE = """(editor, html) => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  data.setData("text/plain", "without its table");
  const paste = { clipboardData: data, bubbles: true, cancelable: true };
  editor.dispatchEvent(new ClipboardEvent("paste", paste));
}"""


@pytest.mark.thorough
def test_a_pasted_table_keeps_its_rows(guide, edit_page) -> None:
    page = edit_page("eda", guide)
    text = page.locator(".public-DraftEditor-content").first
    text.scroll_into_view_if_needed()
    text.click()
    page.keyboard.press("Control+A")
    table = (
        "<table><tr><th>Week</th><th><p>Hold</p><p>seconds</p></th></tr>"
        "<tr><td>1</td><td><s>60</s> 10</td></tr></table><p>After it.</p>"
    )

    text.evaluate(PASTE, table)

    expect(text).to_contain_text("Week · Hold seconds")
    lines = [line for line in text.inner_text().splitlines() if line.strip()]
    assert lines[:3] == ["Week · Hold seconds", "1 · 60 10", "After it."]
    expect(text.locator("[style*='line-through']")).to_have_text("60")
