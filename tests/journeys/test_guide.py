"""The guide in a browser: reading it, practising, without a script, and on paper."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from education.models import GuidePage, ReadCount
from tests.journeys.watch import Watch, stop_clock

GUIDE = "/guides/iliopsoas/"
PAGES = ["/", "/guides/", GUIDE, f"{GUIDE}print/", f"{GUIDE}routine/", "/about/", "/privacy/"]
KEPT = pytest.mark.browser_context_args(service_workers="allow")
pytestmark = pytest.mark.usefixtures("seeded")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_sound(page: Page, watch: Watch, check_page: Callable, path: str) -> None:
    """Structured data inside the page is data: the content security policy has nothing to say."""
    page.goto(path)

    check_page(page)


def test_a_glossary_word_explains_itself_with_no_script(plain_page: Page) -> None:
    page = plain_page
    page.goto(GUIDE)
    meaning = page.locator("#term-femur")
    expect(meaning).to_be_hidden()

    page.locator("[popovertarget=term-femur]").click()

    expect(meaning).to_be_visible()


def test_practise_with_the_keyboard_alone(page: Page, watch: Watch) -> None:
    stop_clock(page)
    page.goto(f"{GUIDE}routine/")
    page.get_by_text("Pace, voice and how long to hold").click()
    page.get_by_label("Count the lifts for me").select_option("no, I count myself")
    page.get_by_role("button", name="Start").focus()
    page.keyboard.press("Enter")
    name = page.locator("[data-part=name]")
    expect(name).to_be_focused()
    expect(name).to_have_text("Seated knee lift: left side")

    page.get_by_role("button", name="Count one").focus()
    for _ in range(15):
        page.keyboard.press("Space")
    expect(name).to_have_text("Seated knee lift: right side")
    page.get_by_role("button", name="Next").focus()
    page.keyboard.press("Enter")

    expect(name).to_have_text("Half-kneeling stretch: left side")
    expect(page.get_by_role("timer")).to_have_text("20")
    page.get_by_role("button", name="Begin now").focus()
    page.keyboard.press("Enter")
    expect(name).to_be_focused()
    expect(page.get_by_role("timer")).to_have_text("30")
    page.get_by_role("button", name="Pause").focus()
    page.keyboard.press("Enter")
    page.clock.run_for(10_000)
    expect(page.get_by_role("timer")).to_have_text("30")
    page.keyboard.press("Enter")
    page.clock.run_for(31_000)
    expect(name).to_have_text("Half-kneeling stretch: right side")

    while page.locator("[data-part=stage]").is_visible():
        page.get_by_role("button", name="Next").focus()
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Well done")).to_be_focused()
    page.get_by_label("How much discomfort").select_option("3")
    page.get_by_role("button", name="Keep a note").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-part=said]")).to_have_text("Your note is kept in this browser.")
    expect(page.locator("[data-part=log-summary]")).to_be_focused()

    page.reload()
    page.get_by_text("Your notes in this browser").click()
    expect(page.locator("[data-part=log-rows] td").nth(2)).to_have_text("3")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as a file").click()
    assert "The Iliopsoas" in saved.value.path().read_text()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Erase all notes").click()
    expect(page.locator("[data-part=log]")).to_be_hidden()


def test_practise_with_no_hands(page: Page, watch: Watch) -> None:
    """Whoever lies on a mat is counted for, and has time to change sides."""
    stop_clock(page)
    page.goto(f"{GUIDE}routine/")
    page.get_by_role("button", name="Start").click()
    timer, name = page.get_by_role("timer"), page.locator("[data-part=name]")
    expect(page.get_by_role("button", name="Count one")).to_be_hidden()

    expect(timer).to_have_text("20")
    page.clock.run_for(20_400)
    expect(timer).to_have_text("0")
    page.clock.run_for(4_400)
    expect(timer).to_have_text("1")
    page.get_by_role("button", name="Pause").click()
    page.clock.run_for(10_000)
    expect(timer).to_have_text("1")
    page.get_by_role("button", name="Carry on").click()
    page.clock.run_for(14 * 4_000 + 600)

    expect(name).to_have_text("Seated knee lift: right side")
    expect(timer).to_have_text("10")


def test_practice_shows_and_says_the_side(page: Page, watch: Watch) -> None:
    """One announcement: a second one right after it would cut the first off."""
    stop_clock(page)
    page.goto(f"{GUIDE}routine/")
    page.get_by_role("button", name="Start").click()
    pictures = page.locator("[data-part=pictures]")
    said = page.locator("[data-part=live]")
    care = page.locator("[data-part=care-list] li").all_inner_texts()
    assert care
    expect(page.locator("[data-part=care-box]")).to_be_visible()
    expect(said).to_contain_text(f"Lift your left knee. Take care: {care[0]}")
    expect(pictures).to_have_attribute("data-mirrored", "")

    page.get_by_role("button", name="Begin now").click()
    page.clock.run_for(15 * 4_000 + 600)

    expect(said).to_contain_text("Relax. Change sides. Seated knee lift, right side.")
    expect(said).to_contain_text("Lift your right knee.")
    expect(pictures).not_to_have_attribute("data-mirrored", "")


@pytest.mark.parametrize("language", ["", "/es"])
def test_practice_fills_a_screen(page: Page, language: str) -> None:
    page.goto(f"{language}{GUIDE}routine/")
    page.locator("[data-part=start]").click()

    for width, height in ((360, 600), (390, 667), (740, 340), (1024, 700)):
        page.set_viewport_size({"width": width, "height": height})
        for shown in ("pictures", "leg", "figure", "pause", "next", "stop"):
            expect(page.locator(f"[data-part={shown}]")).to_be_in_viewport(ratio=1)
        for hidden in (".quick-bar", ".site-header", ".site-footer"):
            expect(page.locator(hidden)).to_be_hidden()
    page.locator("[data-part=stop]").click()
    expect(page.locator(".site-header")).to_be_visible()


FIRST_ANGLE = """() => document.querySelector('[data-part=pictures] svg animate[attributeName=d]')
    .parentElement.getBBox().y"""


@pytest.mark.thorough
def test_the_body_moves_with_the_count(page: Page, watch: Watch) -> None:
    """It stands still while paused, and goes on at another pace."""
    page.emulate_media(reduced_motion="no-preference")
    stop_clock(page)
    page.goto(f"{GUIDE}routine/")
    page.get_by_role("button", name="Start").click()
    drawing = page.locator("[data-part=pictures] svg")
    expect(drawing).to_have_attribute("aria-label", re.compile("lifts one knee"))
    page.get_by_role("button", name="Begin now").click()
    page.clock.run_for(100)
    low = page.evaluate(FIRST_ANGLE)

    page.clock.run_for(1_900)
    page.get_by_role("button", name="Pause").click()
    high = page.evaluate(FIRST_ANGLE)  # only now: the page's clock runs on while we press
    page.clock.run_for(1_000)

    assert high < low
    assert page.evaluate(FIRST_ANGLE) == high
    page.get_by_role("button", name="Carry on").click()
    page.get_by_role("button", name="Slower").click()
    expect(page.locator("[data-part=live]")).to_have_text("one every 5 seconds")
    page.clock.run_for(4_600)
    expect(page.get_by_role("timer")).to_have_text("0")
    page.clock.run_for(600)
    expect(page.get_by_role("timer")).to_have_text("1")


def test_an_exercise_moves_once_then_when_asked(page: Page, watch: Watch) -> None:
    page.emulate_media(reduced_motion="no-preference")
    stop_clock(page)
    page.goto(GUIDE)
    exercise = page.locator("#seated-knee-lift")
    moving = exercise.locator("[data-motion]")
    moving.scroll_into_view_if_needed()
    expect(moving.locator("> svg")).to_be_visible()
    time = "figure => figure.querySelector(':scope > svg').getCurrentTime()"
    page.clock.run_for(2_500)
    assert moving.evaluate(time) == 1
    page.clock.fast_forward(10_000)
    page.clock.run_for(100)
    assert moving.evaluate(time) == 0

    moving.get_by_role("button", name="Show the movement").click()
    page.clock.run_for(100)
    page.clock.fast_forward(11_500)
    page.clock.run_for(100)
    assert moving.evaluate(time) == 1
    moving.get_by_role("button", name="Stop").click()
    page.clock.run_for(2_000)
    assert moving.evaluate(time) == 1


@pytest.mark.thorough
def test_the_tuck_s_arrow_goes_on_the_way_back(page: Page, watch: Watch) -> None:
    page.emulate_media(reduced_motion="no-preference")
    stop_clock(page)
    page.goto(GUIDE)
    moving = page.locator("#half-kneeling-stretch [data-motion]")
    moving.scroll_into_view_if_needed()
    expect(moving.locator("> svg")).to_be_visible()
    arrow = moving.locator(".cue").first

    page.clock.run_for(500)
    expect(arrow).to_be_visible()
    page.clock.run_for(3_000)

    expect(arrow).to_be_hidden()


def test_reduced_motion_plays_only_when_asked(page: Page, watch: Watch) -> None:
    page.goto(GUIDE)
    moving = page.locator("#seated-knee-lift [data-motion]")
    moving.scroll_into_view_if_needed()
    expect(moving.locator("> img")).to_be_visible()

    moving.get_by_role("button", name="Show the movement").click()

    expect(moving.locator("> svg")).to_be_visible()


def test_the_left_side_is_the_right_side_mirrored(plain_page: Page) -> None:
    """Also with no script; on paper the drawing says which side it shows."""
    page = plain_page
    page.goto(GUIDE)
    exercise = page.locator("#lying-leg-lift")
    pictures = exercise.locator(".pose img:visible")
    assert (
        pictures.evaluate_all("all => all.map(one => getComputedStyle(one).transform)")
        == ["none"] * 2
    )

    exercise.get_by_label("left side").check()

    turned = pictures.evaluate_all("all => all.map(one => getComputedStyle(one).transform)")
    assert turned == ["matrix(-1, 0, 0, 1, 0, 0)"] * 2
    page.emulate_media(media="print")
    expect(exercise.get_by_text("left side")).to_be_visible()
    expect(exercise.get_by_text("right side")).to_be_hidden()
    expect(exercise.locator("[data-motion]")).to_be_hidden()


def test_a_practice_may_end_with_no_note(page: Page, watch: Watch) -> None:
    page.goto(f"{GUIDE}routine/")
    page.get_by_role("button", name="Start").click()
    while page.locator("[data-part=stage]").is_visible():
        page.get_by_role("button", name="Next").click()

    expect(page.get_by_role("link", name="check when to get help")).to_be_visible()
    page.get_by_role("button", name="Finish with no note").click()

    expect(page.get_by_role("button", name="Start")).to_be_focused()
    expect(page.locator("[data-part=log]")).to_be_hidden()


def test_without_script_the_routine_is_a_list(plain_page: Page) -> None:
    page = plain_page
    page.goto(f"{GUIDE}routine/")

    expect(page.get_by_role("heading", name="Seated knee lift")).to_be_visible()
    expect(page.get_by_role("heading", name="Lying stretch")).to_be_visible()
    expect(page.locator("[data-practice]")).to_be_hidden()


def test_left_and_right_differ_without_colour(page: Page, watch: Watch) -> None:
    page.goto(f"{GUIDE}routine/")
    page.get_by_role("button", name="Start").click()
    side = page.locator("[data-part=side]")
    left = side.evaluate("e => getComputedStyle(e).borderTopStyle + e.textContent")
    page.get_by_role("button", name="Next").click()

    assert side.evaluate("e => getComputedStyle(e).borderTopStyle + e.textContent") != left


@KEPT
def test_a_guide_opens_again_without_a_connection(page: Page, watch: Watch) -> None:
    page.goto(GUIDE)
    page.wait_for_selector("html[data-kept]")

    page.context.set_offline(True)
    page.reload()
    expect(page.locator("h1")).to_contain_text("The Iliopsoas")
    page.goto(f"{GUIDE}routine/")
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    page.goto(f"{GUIDE}print/")
    expect(page.get_by_role("heading", name="Lying stretch")).to_be_visible()
    expect(page.get_by_text("The PDF needs one")).to_be_visible()
    shown = page.locator("img[src*=lying-stretch-end]")
    shown.scroll_into_view_if_needed()
    assert shown.evaluate("async img => { await img.decode(); return img.naturalWidth > 0 }")
    kept = page.evaluate(
        """async () => { const all = [];
        for (const name of await caches.keys())
          for (const kept of await (await caches.open(name)).keys()) all.push(kept.url);
        return all }"""
    )
    page.get_by_role("link", name="PDF, A4").click()
    expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
    page.context.set_offline(False)
    watch.problems.clear()

    assert not [url for url in kept if "/book" in url or "/request" in url or "/admin" in url]


@KEPT
def test_a_withdrawn_guide_is_kept_no_longer(page: Page, watch: Watch) -> None:
    page.goto(GUIDE)
    page.wait_for_selector("html[data-kept]")
    GuidePage.objects.get(slug="iliopsoas").unpublish()
    page.goto(f"{GUIDE}?thanks=1")
    page.goto(GUIDE)

    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
    page.context.set_offline(False)
    watch.problems.clear()


@KEPT
def test_a_query_replaces_no_saved_guide(page: Page, watch: Watch) -> None:
    page.goto(GUIDE)
    page.wait_for_selector("html[data-kept]")
    page.goto(f"{GUIDE}print/?size=large")
    expect(page.get_by_role("link", name="Show this page in ordinary print")).to_be_visible()

    page.context.set_offline(True)
    page.goto(f"{GUIDE}print/")
    expect(page.get_by_role("link", name="Show this page in large print")).to_be_visible()
    page.context.set_offline(False)
    watch.problems.clear()


def test_reading_is_counted_once_and_opening_is_not(page: Page, watch: Watch) -> None:
    stop_clock(page)
    page.goto(GUIDE)
    page.clock.run_for(14_000)
    assert not ReadCount.objects.exists()

    with page.expect_response("**/guides/read/**") as told:
        page.clock.run_for(2_000)
    page.clock.run_for(60_000)

    assert told.value.status == 204
    assert "cookie" not in told.value.request.all_headers()
    assert list(ReadCount.objects.values_list("kind", "count")) == [("guide", 1)]
    assert not page.context.cookies()


def test_the_end_of_the_handout_is_reading_too(page: Page, watch: Watch) -> None:
    stop_clock(page)
    page.goto(f"{GUIDE}print/")
    page.locator("#main").evaluate("main => main.scrollIntoView({ block: 'end' })")

    with page.expect_response("**/guides/read/**"):
        page.clock.run_for(1_000)

    assert list(ReadCount.objects.values_list("kind", "count")) == [("print", 1)]


@pytest.mark.parametrize("sign", ["globalPrivacyControl: true", "doNotTrack: '1'"])
def test_do_not_track_is_not_counted(page: Page, watch: Watch, sign: str) -> None:
    name, value = sign.split(": ")
    page.add_init_script(f"Object.defineProperty(navigator, '{name}', {{ value: {value} }})")
    consultation: list[str] = []
    page.on("request", lambda request: consultation.append(request.method))
    stop_clock(page)
    page.goto(GUIDE)
    page.clock.run_for(60_000)

    assert "GET" in consultation and "POST" not in consultation


@pytest.mark.parametrize("path", [GUIDE, f"{GUIDE}print/"])
def test_paper_has_the_advice_without_buttons(page: Page, watch: Watch, path: str) -> None:
    page.goto(path)
    page.emulate_media(media="print")

    for name in ("Main", "Language"):
        expect(page.get_by_role("navigation", name=name)).to_be_hidden()
    expect(page.locator(".nhsuk-button:visible")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("do not replace")
    expect(page.locator("main")).to_contain_text("Stop if")
    expect(page.locator("main")).to_contain_text("020 7946 0123")
    assert page.pdf(format="A4").startswith(b"%PDF-")


def test_contents_show_where_one_is(page: Page, watch: Watch) -> None:
    page.goto(GUIDE)
    here = page.locator(".guide__contents [aria-current]")
    expect(here).to_have_count(0)

    page.get_by_role("link", name="Stretch it").click()

    expect(here).to_have_text("Stretch it")
    page.set_viewport_size({"width": 390, "height": 700})
    page.locator("#lying-stretch").scroll_into_view_if_needed()
    expect(page.locator(".guide__here")).to_have_text("Stretch it")
    page.locator(".guide__here").click()
    expect(page.locator(".guide__contents")).to_be_in_viewport()
    expect(page.locator(".guide__here")).to_be_hidden()
