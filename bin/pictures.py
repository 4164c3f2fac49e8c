"""`make pictures`: the pictures in README and docs, from a site of its own with made-up people.

README: three screens of a phone side by side (home, an exercise, the choice of a time). Front desk
guide: the list of requests, a request, the diary, closing a day. Small PNGs, committed.
"""

import io
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from browser import settle
from install import ROOT, VENV, install

FOLDER = ROOT / "docs" / "pictures"
PHONE = {"width": 390, "height": 800}
DESK = {"width": 1180, "height": 760}
GAP = 24
COLOURS = 192  # with fewer the one bright accent turns grey


def main() -> int:
    python = install("requirements.txt", "requirements-dev.txt")
    if Path(sys.prefix) != VENV.resolve() and sys.prefix != str(VENV):
        os.execv(python, [python, __file__])
    from screen_site import clinic_site

    with (
        tempfile.TemporaryDirectory(prefix="clinic-pictures-") as folder,
        clinic_site(folder) as (browser, site),
    ):
        phone(browser, site)
        desk(browser, site)
    return 0


def phone(browser: Any, site: Any) -> None:
    from PIL import Image

    page = browser.new_page(base_url=site.url, viewport=PHONE, reduced_motion="reduce")
    shots = []
    for screen in (home, exercise, times):
        screen(page)
        shots.append(Image.open(io.BytesIO(page.screenshot())))
    width, height = PHONE["width"], PHONE["height"]
    sheet = Image.new("RGB", (3 * width + 4 * GAP, height + 2 * GAP), "#d9d2c5")
    for number, shot in enumerate(shots):
        sheet.paste(shot, (GAP + number * (width + GAP), GAP))
    save(sheet, "phone")


def home(page: Any) -> None:
    page.goto("/")


def exercise(page: Any) -> None:
    page.goto("/guides/iliopsoas/")
    page.evaluate("document.querySelector('[id*=half-kneeling]')?.scrollIntoView()")
    page.wait_for_timeout(500)


def times(page: Any) -> None:
    from screens import fill_reason, go_on

    page.goto("/book/")
    page.get_by_label("None of these").check()
    go_on(page)
    fill_reason(page)
    go_on(page)
    page.locator(".day").nth(2).locator("input").nth(4).check(force=True)
    page.locator(".days-strip a").nth(2).click()
    page.mouse.move(0, 0)
    page.wait_for_timeout(500)


def desk(browser: Any, site: Any) -> None:
    from bookings.models import Appointment

    visit = Appointment.objects.filter(status="booked").latest("start")
    day = visit.start.astimezone(visit.location.zone).date()
    screens = {
        "requests": "/admin/requests/?queue=all",
        "request": f"/admin/requests/{site.references['submitted']}/",
        "diary": f"/admin/diary/?day={day:%Y-%m-%d}",
        "close-a-day": "/admin/clinic/closures/new/",
    }
    context = browser.new_context(
        base_url=site.url, viewport=DESK, storage_state=site.staff_login, reduced_motion="reduce"
    )
    page = context.new_page()
    for name, path in screens.items():
        page.goto(path)
        settle(page)
        from PIL import Image

        save(Image.open(io.BytesIO(page.screenshot())).convert("RGB"), name)
    context.close()


def save(picture: Any, name: str) -> None:
    path = FOLDER / f"{name}.png"
    picture.quantize(COLOURS).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} kB")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
