"""`make screenshots`: every page, form state, mail and main admin screen, in one gallery to look at.

Starts a site of its own with the demonstration clinic, brings requests into every state, and takes
each screen at 320, 390, 768 and 1280 pixels, light and dark, and in print. The gallery is
`var/screenshots/index.html`. With arguments only the screens whose names contain one of them:
`make screenshots ARGS="book home"`. Date fields are in the language that the browser was built with.
"""

import os
import sys
import tempfile
from html import escape
from pathlib import Path

from browser import settle
from install import ROOT, VENV, install

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


def main(chosen: list[str]) -> int:
    python = install("requirements.txt", "requirements-dev.txt")
    if Path(sys.prefix) != VENV.resolve() and sys.prefix != str(VENV):
        os.execv(python, [python, __file__, *chosen])
    from screen_site import clinic_site
    from screens import SCREENS, mail_screens

    OUT.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="clinic-screens-") as folder,
        clinic_site(folder) as (browser, site),
    ):
        for screen in SCREENS + mail_screens(site):
            name = f"{screen.kind} {screen.name}"
            if chosen and not any(word in name for word in chosen):
                continue
            print(name, flush=True)
            for theme in ("light", "dark"):
                shoot(browser, site, screen, theme)
    (OUT / "index.html").write_text(gallery())
    print(f"\nOpen {(OUT / 'index.html').relative_to(ROOT)}")
    return 0


def shoot(browser, site, screen, theme: str) -> None:  # type: ignore[no-untyped-def]
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
        walk(page, site, screen)
    for width in widths:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        if screen.anew:
            walk(page, site, screen)
        if screen.kind == "admin":
            as_high_as_main(page, width)
        save(page, screen, f"{width}-{theme}")
    if theme == "light" and screen.kind != "mail":
        page.emulate_media(media="print")
        page.set_viewport_size({"width": PRINT_WIDTH, "height": HEIGHT})
        save(page, screen, "print")
    context.close()


def walk(page, site, screen) -> None:  # type: ignore[no-untyped-def]
    screen.walk(page, site)
    if screen.browser.get("java_script_enabled", True):  # without scripts nothing waits
        page.evaluate(LOAD_ALL)


def as_high_as_main(page, width: int) -> None:  # type: ignore[no-untyped-def]
    """The admin scrolls inside its main part, so the window is made as high as that."""
    redrawn(page)
    whole = page.evaluate("document.getElementById('main')?.scrollHeight ?? 0")
    page.set_viewport_size({"width": width, "height": max(HEIGHT, whole)})


def redrawn(page) -> None:  # type: ignore[no-untyped-def]
    """Until a window of another size is drawn: Wagtail's menu moves its page slowly, also where less
    movement is asked for, and the calendar waits a tenth of a second."""
    settle(page)
    page.wait_for_timeout(REDRAW)


def save(page, screen, variant: str) -> None:  # type: ignore[no-untyped-def]
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
    parts = [
        "<!doctype html><html lang='en'><meta charset='utf-8'><title>Screens</title><style>"
        "body{font:1rem system-ui;margin:2rem;background:#ddd}div{display:flex;gap:1rem;"
        "overflow-x:auto;align-items:start}figure{margin:0}img{max-height:40rem;background:#fff}"
        "</style><h1>Screens</h1>"
    ]
    for name, paths in rows.items():
        figures = "".join(
            f"<figure><a href='{escape(path.name)}'><img loading='lazy' src='{escape(path.name)}'"
            f" alt=''></a><figcaption>{escape(path.stem[len(name) + 1 :])}</figcaption></figure>"
            for path in paths
        )
        parts.append(f"<h2>{escape(name)}</h2><div>{figures}</div>")
    return "\n".join(parts)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
