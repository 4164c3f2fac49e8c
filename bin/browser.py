"""Which browser of this computer tests, pictures and rehearsals drive."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import own_browser

HEADLESS = "chromium-headless-shell"
"""The same engine without windows, which are what costs most."""
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
NAMES = (HEADLESS, "chromium", "chromium-browser", "google-chrome", MAC)
# Nothing calls home, needs a GPU, or a sandbox that containers do not give.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    # Each page lives for a second or two: to compile its scripts twice costs more than it gives.
    "--js-flags=--no-opt",
    # Letters stand where they would in a window: the headless shell would move them to whole pixels.
    "--font-render-hinting=none",
]


PATIENCE = 120_000
"""Milliseconds, for a busy computer."""


def find_browser() -> str | None:
    """`CHROME_PATH`, or what is installed, or what own_browser.py fetched before."""
    if found := os.environ.get("CHROME_PATH") or next(filter(None, map(shutil.which, NAMES)), None):
        return found
    if own_browser.START.exists():
        own_browser.use()
    return os.environ.get("CHROME_PATH")


def settle(page: Any) -> None:
    """Until the page has asked for nothing for a while, or five seconds: without a window Playwright
    sometimes waits for ever."""
    from playwright.sync_api import TimeoutError as TooLong

    with suppress(TooLong):
        page.wait_for_load_state("networkidle", timeout=5000)


@contextmanager
def watched_page(name: str, port: int) -> Iterator[Any]:
    """A page, for which the host of this name is this computer's port, with any certificate.

    What the browser complains of on the way (its console, pages and files that fail) is an error.
    """
    from playwright.sync_api import sync_playwright

    # The last one also for the service worker, whose script Playwright's own setting leaves out.
    own = [f"--host-resolver-rules=MAP {name}:443 127.0.0.1:{port}", "--ignore-certificate-errors"]
    problems: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS + own)
        context = browser.new_context(ignore_https_errors=True, base_url=f"https://{name}")
        context.set_default_timeout(PATIENCE)
        context.on("console", lambda line: line.type == "error" and problems.append(line.text))
        context.on("weberror", lambda error: problems.append(str(error.error)))
        context.on("response", lambda it: it.status < 400 or problems.append(it.url))
        yield context.new_page()
        browser.close()
    # From a page of ours, which fades over, to one of Wagtail's, which does not.
    problems = [text for text in problems if "ViewTransition opt-in" not in text]
    if problems:
        raise AssertionError(problems)
