"""Asking, measured in three ways: a cheap phone, the keyboard with large letters, a screen reader.

Its figures stand in `benchmarks/README.md`. SLOW has a cheap phone's network and processor as well, which
changes the seconds alone:

    SLOW=yes pytest -s tests/journeys/test_asking.py
"""

from __future__ import annotations

import os
import re
import sys
import time
from dataclasses import dataclass, field

import pytest
from django.core.management import call_command
from playwright.sync_api import BrowserContext, Locator, Page, expect

PHONE = {"width": 360, "height": 640}
SLOW = {"latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
"""Milliseconds and bytes a second: a slow third generation."""
LARGE = "document.documentElement.style.fontSize = '200%'"


@dataclass
class Measured:
    """A visitor who counts what they do."""

    page: Page
    touch: bool = True
    taps: int = 0
    typed: int = 0
    screens: int = 1
    scrolled: float = 0
    tabs: list[int] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def tap(self, what: Locator) -> None:
        self.taps += 1
        what.check(force=True)

    def type(self, label: str, text: str) -> None:
        self.typed += 1
        self.page.get_by_label(label).fill(text)

    def go_on(self) -> None:
        """As many screenfuls as the visitor has seen of the page when the button is in sight."""
        self.taps += 1
        self.screens += 1
        button = self.page.locator("main button[type=submit]").first
        button.scroll_into_view_if_needed()
        self.scrolled += self.page.evaluate("(scrollY + innerHeight) / innerHeight")
        with self.page.expect_navigation():
            button.click()

    def says(self, way: str, **more: object) -> None:
        figures = {
            "screens": self.screens,
            "taps": self.taps,
            "typed": self.typed,
            "screenfuls": round(self.scrolled, 1),
            "seconds": round(time.monotonic() - self.began, 1),
        }
        said = ", ".join(f"{name} {value}" for name, value in (figures | more).items())
        sys.stdout.write(f"\n{way}: {said}\n")


@pytest.fixture
def site() -> None:
    call_command("seed_clinic", verbosity=0)


def about(visitor: Measured) -> None:
    for label in ("For me", "None of these", "feels tight", "Left"):
        visitor.tap(visitor.page.get_by_label(re.compile(label)))
    visitor.go_on()


def first_time(page: Page) -> Locator:
    return page.locator("input[name=times]").first


def reach_and_send(visitor: Measured) -> None:
    visitor.type("Your full name", "Maria Example")
    visitor.type("Email address", "maria@example.org")
    visitor.tap(visitor.page.get_by_label("I agree"))
    visitor.go_on()
    visitor.go_on()
    expect(visitor.page.locator("h1")).to_contain_text("confirm your email address")


def slow(context: BrowserContext, page: Page) -> None:
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", {"offline": False, **SLOW})
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(True, id="script"),
        pytest.param(False, id="no-script", marks=pytest.mark.thorough),
    ],
)
def test_a_cheap_phone_asks_in_ten_taps(site, new_context, script) -> None:
    context = new_context(viewport=PHONE, has_touch=True, java_script_enabled=script)
    page = context.new_page()
    if "SLOW" in os.environ:
        slow(context, page)
    visitor = Measured(page)
    page.goto("/book/")
    about(visitor)
    chip = page.locator(f"label[for={first_time(page).get_attribute('id')}]").bounding_box()
    assert chip
    visitor.tap(first_time(page))
    visitor.go_on()
    reach_and_send(visitor)
    visitor.says("phone" if script else "phone, no script", first_time=f"{chip['y']:.0f}px")
    assert (visitor.screens, visitor.typed) == (5, 2) and visitor.taps <= 10
    assert chip["y"] + chip["height"] <= PHONE["height"]


def tab_to(page: Page, wanted: Locator, *, most: int = 60) -> int:
    """How many times Tab is pressed until the focus is there."""
    wanted.wait_for()
    for pressed in range(1, most):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return pressed
    raise AssertionError(f"{wanted} is not reached in {most} tabs")


def test_the_first_time_is_eight_tabs_away(site, new_context, check_fits) -> None:
    """With letters of twice the size, where nothing lies beyond the edge."""
    context = new_context(viewport={"width": 390, "height": 844})
    context.add_init_script(f"addEventListener('DOMContentLoaded', () => {{ {LARGE} }})")
    page = context.new_page()
    visitor = Measured(page)
    page.goto("/book/")
    check_fits(page)
    about(visitor)
    check_fits(page)
    tabs = tab_to(page, first_time(page))
    page.keyboard.press("Space")
    visitor.taps += 1
    visitor.go_on()
    check_fits(page)
    reach_and_send(visitor)
    check_fits(page)
    visitor.says("keyboard, 200 % letters", tabs_to_first_time=tabs)
    assert tabs <= 8


def test_a_screen_reader_is_told_each_choice(site, page) -> None:
    visitor = Measured(page)
    page.goto("/book/")
    tree = page.locator("main").aria_snapshot()
    assert tree.index("Who is the consultation for?") < tree.index("Does any of these apply")
    assert "Has a doctor" not in tree
    about(visitor)
    name = page.locator(f"label[for={first_time(page).get_attribute('id')}]").inner_text().strip()
    visitor.tap(first_time(page))
    tree = page.locator("main").aria_snapshot()
    assert re.search(rf'checkbox "{re.escape(name)}, chosen.*" \[checked\]', tree), tree
    visitor.go_on()
    reach_and_send(visitor)
    tree = page.locator("main").aria_snapshot()
    assert 'link "Change this address"' in tree and 'button "Send again"' in tree
    assert "Back to the guide" not in tree
    visitor.says("screen reader", headings=tree.count("- heading"))
