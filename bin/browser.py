"""Which browser of this computer tests, pictures and rehearsals drive."""

import os
import shutil
from contextlib import suppress
from typing import Any

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


def find_browser() -> str | None:
    """`CHROME_PATH`, or what is installed."""
    return os.environ.get("CHROME_PATH") or next(filter(None, map(shutil.which, NAMES)), None)


def settle(page: Any) -> None:
    """Until the page has asked for nothing for a while, or five seconds: without a window Playwright
    sometimes waits for ever."""
    from playwright.sync_api import TimeoutError as TooLong

    with suppress(TooLong):
        page.wait_for_load_state("networkidle", timeout=5000)
