"""The site that `make screenshots` looks at: the demonstration clinic, with requests in every state."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from browser import FLAGS, find_browser
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
PAST = ("been", "missed", "unmoved")


@dataclass
class Site:
    url: str
    references: dict[str, str] = field(default_factory=dict)
    mails: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    staff_login: Any = None


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
    sys.path.insert(0, str(ROOT))
    import django
    from django.conf import settings

    django.setup()
    # Whoever takes every picture asks for more pages than any visitor.
    limits = {"LIMITS": ",".join(f"{name}=100000/60" for name in settings.LIMITS)}
    server = subprocess.Popen([*manage, "serve"], cwd=ROOT, env=os.environ | limits)
    site = Site(f"http://localhost:{port}")
    try:
        wait_for(site.url)
        fill(site)
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
            log_in(browser, site)
            yield browser, site
    finally:
        server.terminate()
        server.wait(20)


def wait_for(url: str) -> None:
    for _ in range(600):  # two minutes, on a computer that has other work
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
    """A request in every state, each with the mails that led there; and every mail there is."""
    from django.contrib.auth import get_user_model
    from django.utils import timezone

    from bookings import transitions
    from bookings.enums import DeclineReason
    from bookings.models import Location, Service
    from bookings.schedule import availability
    from clinic.styleguide import mails
    from tests.factories import make_ask, make_person

    now = timezone.now()
    service, location = Service.objects.get(), Location.objects.get()
    desk = transitions.staff(get_user_model().objects.create_user("amara", first_name="Amara"))
    first = now.astimezone(location.zone).date() + timedelta(days=3)
    search = availability.Search(service, location, now)
    slots = availability.free_slots(search, first_day=first, days=14)[::9]
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
            transitions.ask_question(
                request, question="Which hip was operated on, and when?", **act
            )
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
    look_back(site, service, location, desk, now=now)
    for kind, shown in mails().items():
        site.texts[kind] = shown["message"]
        if shown["html_message"]:
            site.mails[kind] = shown["html_message"]


def look_back(site: Site, service: Any, location: Any, desk: Any, *, now: Any) -> None:
    """A visit that took place, one to which nobody came, and one that was to move and never did."""
    from bookings import transitions
    from bookings.schedule import availability
    from tests.factories import make_ask, make_person

    before = now - timedelta(days=20)
    search = availability.Search(service, location, before)
    first_day = (before + timedelta(days=3)).date()
    free = iter(availability.free_slots(search, first_day=first_day, days=7))
    for state in PAST:
        asked = transitions.submit(
            make_ask(service, location, starts=[next(free).start]),
            make_person(name=f"{state.title()} Example", email=f"{state}@example.org"),
            idempotency_key=state,
            now=before,
        )
        site.references[state] = asked.reference
        transitions.verify(asked, now=before)
        asked.refresh_from_db()
        transitions.confirm(asked, actor=desk, version=asked.version, now=before)
        visit = asked.appointments.get()
        if state == "been":
            transitions.arrive(visit, actor=desk, now=visit.start)
            transitions.fulfil(visit, actor=desk, now=visit.end)
        elif state == "missed":
            transitions.noshow(visit, actor=desk, now=visit.end)
        else:
            transitions.ask_to_move(asked, now=before, message="An afternoon, please.")
