"""What `make screenshots` looks at: a site with requests in every state, and the walk to each screen."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from admin_screens import WALKS
from install import ROOT

STATES = (
    "unverified",
    "submitted",
    "question",
    "offered",
    "confirmed",
    "waitlisted",
    "declined",
    "withdrawn",
)
STANDARD = ("about", "privacy", "accessibility", "how-we-review", "contact")
ERRORS = ("400", "403", "403_csrf", "404", "405", "410", "429", "500", "offline")


@dataclass
class Site:
    url: str
    references: dict[str, str] = field(default_factory=dict)
    mails: dict[str, str] = field(default_factory=dict)
    staff_login: Any = None


@dataclass
class Screen:
    kind: str
    name: str
    walk: Callable[[Any, Site], object]


def at(path: str) -> Callable[[Any, Site], object]:
    return lambda page, site: page.goto(path.format(**site.references))


def go_on(page: Any) -> None:
    page.locator("main form button[type=submit]").first.click()


def book(step: str, *, wrong: bool = False) -> Callable[[Any, Site], None]:
    """The question pages up to one of them; `wrong` sends it empty."""

    def walk(page: Any, site: Site) -> None:
        page.goto("/book/")
        for name, fill in STEPS.items():
            if name == step:
                break
            fill(page)
            go_on(page)
        if wrong:
            go_on(page)

    return walk


def fill_reason(page: Any) -> None:
    for name in ("reason", "side", "goal"):
        page.locator(f"input[name={name}]").first.check()


def fill_contact(page: Any) -> None:
    page.get_by_label("Your full name").fill("Maria Example")
    page.get_by_label("E-mail", exact=True).check()
    page.get_by_label("E-mail address").fill("maria@example.org")
    page.get_by_label("I agree").check()


STEPS: dict[str, Callable[[Any], object]] = {
    "safety": lambda page: page.get_by_label("None of these").check(),
    "reason": fill_reason,
    "time": lambda page: page.locator("input[name=first]").first.check(force=True),
    "other-times": lambda page: None,
    "contact": fill_contact,
    "check": lambda page: None,
    "sent": lambda page: None,
}


def link_page(state: str) -> Callable[[Any, Site], None]:
    """The page behind the link of the newest mail about a request in that state."""

    def walk(page: Any, site: Site) -> None:
        from post_office.models import Email

        to = f"{state}@example.org"
        text = Email.objects.filter(to=to).order_by("-pk").values_list("message", flat=True)[0]
        page.goto(re.search(r"https?://\S+/request/open/\S+", text)[0])

    return walk


def from_link(state: str, path: str) -> Callable[[Any, Site], object]:
    """A page that only who came by the link may see."""
    return lambda page, site: (link_page(state)(page, site), page.goto(path))


def wait_instead(page: Any, site: Site) -> None:
    book("time")(page, site)
    page.locator("input[value=waiting]").check(force=True)
    go_on(page)


def palette(name: str) -> Callable[[Any, Site], None]:
    def walk(page: Any, site: Site) -> None:
        page.goto("/")
        page.evaluate("name => document.documentElement.dataset.palette = name", name)

    return walk


def right_to_left(page: Any, site: Site) -> None:
    page.goto("/guides/iliopsoas/")
    page.evaluate("document.documentElement.dir = 'rtl'")


def mail(kind: str) -> Callable[[Any, Site], None]:
    return lambda page, site: page.set_content(site.mails[kind])


SCREENS = [
    Screen("public", "home", at("/")),
    Screen("public", "guides", at("/guides/")),
    Screen("public", "guide", at("/guides/iliopsoas/")),
    Screen("public", "routine", at("/guides/iliopsoas/routine/")),
    Screen("public", "search", at("/search/?q=hip")),
    Screen("public", "search-empty", at("/search/?q=xylophone")),
    Screen("public", "people", at("/people/")),
    Screen("public", "person", at("/people/1-amara-osei/")),
    *(Screen("public", f"page-{name}", at(f"/{name}/")) for name in STANDARD),
    *(Screen("public", f"book-{step}", book(step)) for step in STEPS),
    *(
        Screen("public", f"book-{step}-wrong", book(step, wrong=True))
        for step in ("safety", "reason", "time", "contact")
    ),
    *(
        Screen("public", f"care-{level}", at(f"/book/care/{level}/"))
        for level in ("emergency", "urgent", "soon")
    ),
    *(Screen("public", f"link-{state}", link_page(state)) for state in STATES),
    Screen("public", "book-waiting", wait_instead),
    *(
        Screen("public", f"ask-{name}", from_link(state, f"/request/{path}/"))
        for name, state, path in (
            ("move", "confirmed", "move"),
            ("cancel", "confirmed", "cancel"),
            ("answer", "question", "answer"),
            ("join-waiting-list", "submitted", "waiting-list"),
            ("leave-waiting-list", "waitlisted", "waiting-list/leave"),
        )
    ),
    Screen("public", "handout", at("/guides/iliopsoas/print/")),
    Screen("public", "spanish-home", at("/es/")),
    Screen("public", "spanish-guide", at("/es/guides/iliopsoas/")),
    Screen("public", "spanish-book", at("/es/book/")),
    Screen("public", "find-request", at("/request/find/")),
    Screen("public", "link-unknown", at("/request/open/nothing-like-a-token/")),
    *(Screen("public", f"error-{name}", at(f"/styleguide/{name}/")) for name in ERRORS),
    Screen("public", "styleguide", at("/styleguide/")),
    *(Screen("public", f"palette-{name}", palette(name)) for name in ("sea", "plum", "slate")),
    Screen("public", "right-to-left", right_to_left),
    *(Screen("admin", name, walk) for name, walk in WALKS.items()),
    *(Screen("admin", f"request-{state}", at(f"/admin/requests/{{{state}}}/")) for state in STATES),
]


@contextmanager
def clinic_site(folder: str) -> Iterator[tuple[Any, Site]]:
    """The demonstration clinic, served, with its requests; and a browser."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    os.environ |= {
        "VAR_DIR": folder,
        "ENV_FILE": os.devnull,
        "PORT": str(port),
        "DJANGO_SETTINGS_MODULE": "clinic.settings",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "yes",
    }
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "prepare", "--demo"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    server = subprocess.Popen([*manage, "serve"], cwd=ROOT)
    site = Site(f"http://localhost:{port}")
    try:
        wait_for(site.url)
        sys.path.insert(0, str(ROOT))
        import django

        django.setup()
        fill(site)
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            names = ("chromium", "chromium-browser", "google-chrome")
            path = os.environ.get("CHROME_PATH") or next(filter(None, map(shutil.which, names)))
            flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
            browser = playwright.chromium.launch(executable_path=path, args=flags)
            log_in(browser, site)
            yield browser, site
    finally:
        server.terminate()
        server.wait(20)


def wait_for(url: str) -> None:
    for _ in range(150):
        try:
            urllib.request.urlopen(f"{url}/livez", timeout=2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    sys.exit("The site did not start.")


def log_in(browser: Any, site: Site) -> None:
    from django.contrib.auth import get_user_model

    get_user_model().objects.create_superuser("ruth", password="for the screens alone")  # noqa: S106
    context = browser.new_context(base_url=site.url)
    page = context.new_page()
    page.goto("/admin/login/")
    page.locator("input[name=username]").fill("ruth")
    page.locator("input[name=password]").fill("for the screens alone")
    page.locator("button[type=submit]").first.click()
    page.wait_for_url("**/admin/")
    site.staff_login = context.storage_state()
    context.close()


def fill(site: Site) -> None:
    """A request in every state, each with the mails that led there."""
    from django.contrib.auth import get_user_model
    from django.utils import timezone
    from post_office.models import Email

    from bookings import availability, transitions
    from bookings.enums import DeclineReason
    from bookings.models import Location, Service
    from tests.factories import make_ask, make_person

    now = timezone.now()
    service, location = Service.objects.get(), Location.objects.get()
    desk = transitions.staff(get_user_model().objects.create_user("amara", first_name="Amara"))
    first = now.astimezone(location.zone).date() + timedelta(days=3)
    slots = availability.free_slots(service, location, first_day=first, days=14, now=now)[::9]
    starts = iter(slot.start for slot in slots)
    for state in STATES:
        request = transitions.submit(
            make_ask(service, location, starts=[next(starts)]),
            make_person(name=f"{state.title()} Example", email=f"{state}@example.org"),
            idempotency_key=state,
            now=now,
        )
        site.references[state] = request.reference
        if state == "unverified":
            continue
        transitions.verify(request, now=now)
        request.refresh_from_db()
        act = {"actor": desk, "version": request.version, "now": now}
        if state == "question":
            transitions.ask(request, question="Which hip was operated on, and when?", **act)
        elif state == "offered":
            times = [(next(starts), None), (next(starts), None)]
            transitions.offer(request, times=times, message="Would one of these suit you?", **act)
        elif state == "confirmed":
            transitions.confirm(request, **act)
        elif state == "waitlisted":
            transitions.waitlist(request, **act)
        elif state == "declined":
            transitions.decline(request, reason=DeclineReason.values[0], **act)
        elif state == "withdrawn":
            transitions.withdraw(request, now=now)
    for kind, html in Email.objects.order_by("pk").values_list("about__kind", "html_message"):
        site.mails[str(kind)] = html
    SCREENS.extend(Screen("mail", kind, mail(kind)) for kind in site.mails)
