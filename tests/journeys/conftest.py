"""Browser tests, in a process of their own: `make test ARGS=tests/journeys`.

Playwright's sync API leaves its event loop marked as running in this thread until the session's
end. So Django would refuse the ORM here (DJANGO_ALLOW_ASYNC_UNSAFE, in this process only), and tests
that start a loop of their own would fail: they run in another process. The live server's threads
see none of this.
"""

import json
import os
import re
import runpy
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management import call_command
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test import Client, override_settings
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django import DjangoDbBlocker

from education.models import GuidePage
from tests import database
from tests.journeys.validity import COLOURS, axe_violations, html_errors
from tests.journeys.watch import Watch

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
# Milliseconds. On a busy computer an editor's page takes long; nothing here measures time.
PATIENCE = 120_000
expect.set_options(timeout=30_000)
sys.path.append(str(django_settings.BASE_DIR / "bin"))  # for what browser.py imports
SHORT = {"care_card", "exercise", "routine", "references"}
BROWSER = runpy.run_path(str(django_settings.BASE_DIR / "bin" / "browser.py"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    ours = [item for item in items if here in item.path.parents]
    if ours and len(ours) < len(items):
        raise pytest.UsageError("the journeys run by themselves: pytest tests/journeys")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The computer's own browser; Playwright's, where there is none."""
    found = BROWSER["find_browser"]()
    executable = {"executable_path": found} if found else {}
    return browser_type_launch_args | executable | {"args": BROWSER["FLAGS"]}


def kept_for_an_hour(handler: StaticFilesHandler, request: HttpRequest) -> HttpResponseBase:
    """As nginx serves them: without, the browser asks for each again with every page."""
    response = served(handler, request)
    response["Cache-Control"] = "max-age=3600"
    return response


served, StaticFilesHandler.serve = StaticFilesHandler.serve, kept_for_an_hour


@pytest.fixture(scope="session")
def base_url(live_server: Any) -> str:
    """`page.goto("/book/")` goes to the live server."""
    return str(live_server.url)


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Nothing is kept for offline reading but where a test asks for it: it loads five pages more."""
    here = {"locale": "en-GB", "timezone_id": "Europe/London", "reduced_motion": "reduce"}
    return browser_context_args | here | {"service_workers": "block"}


@pytest.fixture(autouse=True)
def _committed_rows(transactional_db: None) -> None:
    """What a test makes is committed, so that the server's threads see it."""


@pytest.fixture(scope="session")
def seeded_site(
    django_db_setup: None, base_url: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """The database of a seeded site. To seed takes seconds, to copy next to nothing."""
    name = database.of_this_run("seeded")
    with django_db_blocker.unblock(), override_settings(SITE_URL=base_url):
        database.connect_to_copy(of=database.migrated())
        call_command("seed_guides", "--one-language", verbosity=0)
        database.copy(database.own(), name)
    yield name
    with django_db_blocker.unblock():
        database.drop(name)


@pytest.fixture
def seeded(seeded_site: str, _committed_rows: None, settings: Any, base_url: str) -> None:
    """The guide's pages, for the live server as well."""
    settings.SITE_URL = base_url
    database.connect_to_copy(of=seeded_site)


@pytest.fixture
def short_guide(seeded: None) -> GuidePage:
    """The guide with one care card, two exercises, the routine and its sources.

    To draw an editor for each field of the whole takes the browser several times as long.
    """
    guide, kept = GuidePage.objects.get(slug="iliopsoas"), []
    for section in guide.body.raw_data:
        by_kind = {block["type"]: block for block in section["value"]["content"]}
        if SHORT & by_kind.keys():
            content = [block for kind, block in by_kind.items() if kind in SHORT | {"paragraph"}]
            kept.append(section | {"value": section["value"] | {"content": content}})
    guide.body = json.dumps(kept)
    guide.save_revision().publish()
    return guide


@pytest.fixture
def watch(base_url: str) -> Iterator[Watch]:
    """Everything that went wrong in the browser; a test that expects it empties the list."""
    watch = Watch(base_url)
    yield watch
    assert watch.problems == []


@pytest.fixture
def new_context(new_context: Callable[..., BrowserContext], watch: Watch) -> Any:
    """pytest-playwright's, each context of it watched."""

    def make(**options: Any) -> BrowserContext:
        context = new_context(**options)
        watch.over(context)
        context.set_default_timeout(PATIENCE)
        return context

    return make


@pytest.fixture
def let_in(base_url: str) -> Callable[[BrowserContext, AbstractBaseUser], None]:
    """A browser in which somebody has logged in. How one does is test_staff_login's business."""

    def let(context: BrowserContext, user: AbstractBaseUser) -> None:
        client = Client()
        client.force_login(user)
        session = client.cookies[django_settings.SESSION_COOKIE_NAME]
        context.add_cookies(
            [{"name": session.key, "value": session.value, "url": base_url, "httpOnly": True}]
        )

    return let


@pytest.fixture
def plain_page(new_context: Callable[..., BrowserContext]) -> Page:
    """A page with JavaScript off."""
    return new_context(java_script_enabled=False).new_page()


def is_looked_at_elsewhere() -> bool:
    """On PostgreSQL: what axe and the parser say of a page is the same there as on SQLite."""
    return connection.vendor == "postgresql"


@pytest.fixture
def check_page(watch: Watch) -> Callable[..., None]:
    """Fails with what axe finds on a page as it stands, and, unless `again`, the parser in its source.

    Where PAGES names a folder, a public page's source stays there for `make validate`.
    """

    def check(page: Page, *, again: bool = False) -> None:
        source = watch.source(page)
        path = urlsplit(page.url).path
        folder = os.environ.get("PAGES")
        if folder and not path.startswith("/admin/"):
            name = re.sub(r"\W+", "-", path).strip("-") or "home"
            (Path(folder) / f"{name}.html").write_text(source)
        if is_looked_at_elsewhere():
            return
        found = axe_violations(page) + ([] if again else html_errors(source))
        assert found == [], page.url

    return check


# What fades in has its colours only at the end, and so has what changes to another theme.
COLOURS_AT_ONCE = """() => document.getAnimations().forEach(
    change => change instanceof CSSTransition && change.finish())"""
STILL = """() => document.getAnimations().forEach(change =>
    change.effect.getComputedTiming().endTime === Infinity || change.finish())"""


@pytest.fixture
def check_fits() -> Callable[[Page], None]:
    """Nothing lies beyond the right edge. The admin scrolls inside its `main`, not in the window.

    Its closed side panel waits beyond that edge, and does not count.
    """
    measured = """() => {
        const main = document.querySelector("main"), panels = [...document.querySelectorAll(".form-side")];
        const scrollers = [document.documentElement];
        if (getComputedStyle(main).overflowX !== "visible") scrollers.push(main);
        panels.forEach((panel) => panel.style.setProperty("display", "none", "important"));
        const over = scrollers.map((part) => part.scrollWidth - part.clientWidth);
        panels.forEach((panel) => panel.style.removeProperty("display"));
        return over;
    }"""

    def check(page: Page) -> None:
        page.evaluate(STILL)
        over = page.evaluate(measured)
        for _try in range(40):  # the admin's side bar folds by a script when the window is narrowed
            if max(over) <= 0:
                return
            page.wait_for_timeout(50)  # milliseconds
            over = page.evaluate(measured)
        assert max(over) <= 0, (page.url, page.viewport_size, over)

    return check


@pytest.fixture
def check_dark() -> Callable[[Page], None]:
    """The page as it stands, drawn in the dark, with no colour half-way to its new one."""

    def check(page: Page) -> None:
        page.emulate_media(color_scheme="dark")
        page.evaluate(COLOURS_AT_ONCE)
        assert axe_violations(page, only=COLOURS) == [], (page.url, page.viewport_size)

    return check


# On a phone in the light and on a desk in the dark; ALL also the other way round.
LOOKS = [(390, "light"), (1280, "dark")]
if "ALL" in os.environ:
    LOOKS += [(1280, "light"), (390, "dark")]


@pytest.fixture
def check_themes(
    watch: Watch, check_page: Callable[..., None], check_fits: Callable[[Page], None]
) -> Callable[[Page, str], None]:
    """A page in each of `LOOKS`: loaded once, then made wider, as when a tablet is turned."""

    def check(page: Page, path: str) -> None:
        page.set_viewport_size({"width": LOOKS[0][0], "height": 900})
        page.goto(path)
        watch.settle(page)
        for width, theme in LOOKS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=theme)
            page.evaluate(COLOURS_AT_ONCE)
            check_fits(page)
            check_page(page, again=(width, theme) != LOOKS[0])
        page.emulate_media(color_scheme="light")

    return check


@pytest.fixture
def check_screen() -> Callable[[Page], None]:
    """The same for a screen of the admin: axe alone, and on our part of it."""

    def check(page: Page, within: str = "main") -> None:
        page.locator(within).first.wait_for(state="attached")
        if is_looked_at_elsewhere():
            return
        page.evaluate(STILL)
        assert axe_violations(page, within=within) == [], page.url

    return check
