"""`make screenshots`: every page, form state, mail and main admin screen, in one gallery to look at.

Starts a site of its own with the demonstration clinic, brings requests into every state, and takes
each screen at 320, 390, 768 and 1280 pixels, light and dark, and in print. The gallery is
`var/screenshots/index.html`. With arguments only the screens whose names contain one of them:
`make screenshots ARGS="book home"`. Date fields are in the language that the browser was built with.

`make pictures` (`--pictures`): the pictures in README and docs, from the same site. Small PNGs, committed.
"""

import io
import sys
import tempfile
from html import escape
from pathlib import Path
from typing import Any

from browser import settle
from install import ROOT, in_venv

OUT = ROOT / "var" / "screenshots"
WIDTHS = {"public": (320, 390, 768, 1280), "admin": (390, 1280), "mail": (390, 600)}
HEIGHT = 900
REDRAW = 250  # milliseconds
PRINT_WIDTH = 794  # A4 at 96 pixels an inch
# A picture far down is loaded when somebody scrolls there, and nobody does.
LOAD_ALL = """async () => {
  for (const picture of document.images) picture.loading = "eager";
  await Promise.allSettled([...document.images].map((picture) => picture.decode()));
}"""
HEAD = """<!doctype html><html lang='en'><meta charset='utf-8'><title>Screens</title><style>
body{font:1rem system-ui;margin:2rem;background:#ddd}div{display:flex;gap:1rem;overflow-x:auto;
align-items:start}figure{margin:0}img{max-height:40rem;background:#fff}</style><h1>Screens</h1>"""
# The pictures of the docs. README's: three screens of a phone side by side.
PHONE = ["/", "/guides/iliopsoas/ scroll:[id*=half-kneeling]", "book:time choose_time"]
DESK = {
    "requests": "/admin/requests/?queue=all",
    "request": "/admin/requests/{submitted}/",
    "diary": "/admin/diary/?day={visit_day}",
    "close-a-day": "/admin/clinic/closures/new/",
}
# A plan: as it is written, with its chart, and as the patient has it.
PLAN = ["{plan}", "link:planned", "link:planned scroll:article"]
GAP = 24
COLOURS = 192  # with fewer the one bright accent turns grey


def main(chosen: list[str]) -> None:
    in_venv()
    from screen_site import clinic_site
    from screens import screens

    with (
        tempfile.TemporaryDirectory(prefix="clinic-screens-") as folder,
        clinic_site(folder) as (browser, site),
    ):
        if chosen == ["--pictures"]:
            take_pictures(browser, site)
        else:
            take_screens(browser, site, screens(site), chosen)


def take_screens(browser: Any, site: Any, screens: list[Any], chosen: list[str]) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    for screen in screens:
        name = f"{screen.kind} {screen.name}"
        if not chosen or any(word in name for word in chosen):
            print(name, flush=True)
            for theme in ("light", "dark"):
                shoot(browser, site, screen, theme)
    (OUT / "index.html").write_text(gallery())
    print(f"\nOpen {(OUT / 'index.html').relative_to(ROOT)}")


def shoot(browser: Any, site: Any, screen: Any, theme: str) -> None:
    """One walk for each theme; then the window changes its width and the page stays, or is opened anew."""
    widths = screen.widths or WIDTHS[screen.kind]
    context = browser.new_context(
        base_url=site.url,
        color_scheme=theme,
        reduced_motion="reduce",
        viewport={"width": widths[-1], "height": HEIGHT},
        storage_state=site.staff_login if screen.kind == "admin" else None,
        locale="en-GB",
        **screen.browser,
    )
    page = context.new_page()
    if not screen.anew:
        go(page, site, screen)
    for width in widths:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        if screen.anew:
            go(page, site, screen)
        if screen.kind == "admin":
            as_high_as_main(page, width)
        save(page, screen, f"{width}-{theme}")
    if theme == "light" and screen.kind != "mail":
        page.emulate_media(media="print")
        page.set_viewport_size({"width": PRINT_WIDTH, "height": HEIGHT})
        save(page, screen, "print")
    context.close()


def go(page: Any, site: Any, screen: Any) -> None:
    from screens import walk

    walk(page, site, screen.steps)
    if screen.browser.get("java_script_enabled", True):  # without scripts nothing waits
        page.evaluate(LOAD_ALL)


def as_high_as_main(page: Any, width: int) -> None:
    """The admin scrolls inside its main part, so the window is made as high as that."""
    redrawn(page)
    whole = page.evaluate("document.getElementById('main')?.scrollHeight ?? 0")
    page.set_viewport_size({"width": width, "height": max(HEIGHT, whole)})


def redrawn(page: Any) -> None:
    """Until a window of another size is drawn: Wagtail's menu moves its page slowly, also where less
    movement is asked for."""
    settle(page)
    page.wait_for_timeout(REDRAW)


def save(page: Any, screen: Any, variant: str) -> None:
    if screen.kind == "admin":
        redrawn(page)
    path = OUT / f"{screen.kind}-{screen.name}-{variant}.jpg"
    page.screenshot(path=path, full_page=True, type="jpeg", quality=70, animations="disabled")


def gallery() -> str:
    """All pictures that lie there, a row for each screen."""
    rows: dict[str, list[Path]] = {}
    for path in sorted(OUT.glob("*.jpg")):
        name = path.stem.removesuffix("-light").removesuffix("-dark").rpartition("-")[0]
        rows.setdefault(name, []).append(path)
    parts = [HEAD]
    for name, paths in rows.items():
        figures = "".join(
            f"<figure><a href='{escape(path.name)}'><img loading='lazy' src='{escape(path.name)}'"
            f" alt=''></a><figcaption>{escape(path.stem[len(name) + 1 :])}</figcaption></figure>"
            for path in paths
        )
        parts.append(f"<h2>{escape(name)}</h2><div>{figures}</div>")
    return "\n".join(parts)


def take_pictures(browser: Any, site: Any) -> None:
    from PIL import Image
    from screens import walk

    def shot(steps: str, width: int, height: int, login: Any = None) -> Any:
        size = {"width": width, "height": height}
        page = browser.new_page(
            base_url=site.url, viewport=size, storage_state=login, reduced_motion="reduce"
        )
        walk(page, site, steps.split())
        settle(page)
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        page.close()
        return picture

    width, height = 390, 800

    def side_by_side(walks: list[str], login: Any = None) -> Any:
        row = Image.new("RGB", (3 * width + 4 * GAP, height + 2 * GAP), "#d9d2c5")
        for number, steps in enumerate(walks):
            row.paste(shot(steps, width, height, login), (GAP + number * (width + GAP), GAP))
        return row

    phone, plan = side_by_side(PHONE), side_by_side(PLAN, site.staff_login)
    pictures = {n: shot(steps, 1180, 760, site.staff_login) for n, steps in DESK.items()}
    for name, picture in {"phone": phone, "plan": plan, **pictures}.items():
        path = ROOT / "docs" / "pictures" / f"{name}.png"
        picture.quantize(COLOURS).save(path, optimize=True)
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} kB")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
