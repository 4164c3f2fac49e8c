"""The README's picture, from a site that runs: `.venv/bin/python bin/pictures.py http://localhost:8000`.

Three screens of a phone side by side: the home page, the guide, the choice of a time.
"""

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

OUT = Path(__file__).parents[1] / "docs" / "pictures" / "phone.png"
SIZE = {"width": 390, "height": 800}
GAP = 24


def home(page: Page, site: str) -> None:
    page.goto(site)


def guide(page: Page, site: str) -> None:
    page.goto(f"{site}/guides/iliopsoas/")
    page.evaluate("document.querySelector('[id*=half-kneeling]')?.scrollIntoView()")
    page.wait_for_timeout(500)


def time(page: Page, site: str) -> None:
    page.goto(f"{site}/book/")
    page.get_by_label("None of these").check()
    page.locator("main button[type=submit]").click()
    for name in ("reason", "side", "goal"):
        page.locator(f"input[name={name}]").first.check()
    page.locator("main button[type=submit]").click()
    page.locator("input[name=first]").nth(4).check(force=True)
    page.evaluate("window.scrollTo(0, 260)")


def main(site: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport=SIZE, reduced_motion="reduce")
        shots = []
        for screen in (home, guide, time):
            screen(page, site)
            shots.append(Image.open(io.BytesIO(page.screenshot())))
        browser.close()
    width, height = SIZE["width"], SIZE["height"]
    sheet = Image.new("RGB", (3 * width + 4 * GAP, height + 2 * GAP), "#d9d2c5")
    for number, shot in enumerate(shots):
        sheet.paste(shot, (GAP + number * (width + GAP), GAP))
    sheet.quantize(96).save(OUT, optimize=True)
    print(f"{OUT.relative_to(OUT.parents[2])}: {OUT.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
