"""Browsers with tabs. A tab keeps the page that it opened, and sends that page's forms as they stood."""

from __future__ import annotations

import random
import re
from urllib.parse import urljoin

from bs4 import BeautifulSoup
from django.test import Client

from tests.hostile.bodies import Form, read

REFERENCE = re.compile(r"/(?:request|requests|waiting)/([0-9A-Z]{4}-[0-9A-Z]{4})/")
DRAFT = re.compile(r"/book/([A-Za-z0-9_-]{16})/")
OF_THE_LOGIN = ("/presence/", "/after/", "/results/")
"""What a page of the desk posts about the login itself, not about a request."""
TEXTS = {"text", "textarea", "search"}
FREE = {"message", "question", "why", "text", "note", "name", "on_behalf_of"}
"""Fields that take any words."""


def record_of(address: str) -> str:
    """The reference, or the draft's key, that an address names; empty for none."""
    found = REFERENCE.search(address) or DRAFT.search(address)
    return found[1] if found else ""


class Browser:
    """Cookies that several tabs share. Its requests are refused without the token of the page."""

    def __init__(self, name: str, *, tabs: int = 2) -> None:
        self.name = name
        self.client = Client(enforce_csrf_checks=True)
        self.tabs = [Tab(self) for _number in range(tabs)]


class Tab:
    """One page, as it was when it came."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.text, self.at, self.status = "", "", 0
        self.mailed = ""

    @property
    def record(self) -> str:
        """What the page is about; that of a link to a new address is known from the mail alone."""
        return record_of(self.at) or (self.mailed if "/request/open/" in self.at else "")

    def open(self, address: str, mailed: str = "") -> None:
        self.mailed = mailed
        self._show(self.browser.client.get(address, follow=True))

    def send(self, form: Form, sent: dict[str, list[str]]) -> None:
        self._show(self.browser.client.post(form.path, sent, follow=True))

    def _show(self, response) -> None:
        query = response.request["QUERY_STRING"]
        self.at = response.request["PATH_INFO"] + (f"?{query}" if query else "")
        self.text, self.status = response.text, response.status_code

    def forms(self) -> list[Form]:
        """Those that change something; each with the token that the page gave it."""
        found = []
        for tag in BeautifulSoup(self.text, "html.parser").select("form[method=post]"):
            form = read(tag, self.at)
            token = tag.select_one("input[name=csrfmiddlewaretoken]")
            form.shown["csrfmiddlewaretoken"] = [str(token["value"])] if token else []
            about = record_of(form.path) or "/close/" in form.path or "/prove/" in form.path
            if about and not any(part in form.path for part in OF_THE_LOGIN):
                found.append(form)
        return found

    def links(self) -> list[str]:
        """Where the page leads that is about the same record."""
        soup = BeautifulSoup(self.text, "html.parser")
        found = [urljoin(self.at, str(a["href"])) for a in soup.select("a[href]")]
        about = [address.partition("#")[0] for address in found]
        same = dict.fromkeys(a for a in about if self.record and record_of(a) == self.record)
        return [address for address in same if not address.endswith(".ics")]


def fill_in(
    form: Form, word: str, chance: random.Random, *, email: str, starts: list[str]
) -> dict[str, list[str]]:
    """What somebody sends of a form: hidden fields as they stand, the word where any text may be."""
    sent = {}
    for name, shown in form.shown.items():
        kind, offered = form.kinds.get(name, "hidden"), form.offered.get(name, [])
        if kind in {"hidden", "button"} or name == "website":
            sent[name] = shown
        elif name in FREE:
            sent[name] = [word]
        elif kind == "email":
            sent[name] = [email if chance.random() < 0.15 else shown[0] or email]
        elif kind == "datetime-local":
            wanted = name in {"start", "start_1"}
            sent[name] = [chance.choice(starts)] if wanted else shown
        elif name == "flags":
            sent[name] = ["none"]
        elif kind == "checkbox":
            sent[name] = offered[:1] if name == "consent" else chance.sample(offered, 1)
        elif kind in {"radio", "select"} and offered:
            sent[name] = shown if shown and chance.random() < 0.5 else [chance.choice(offered)]
        else:
            sent[name] = shown
    return {name: values for name, values in sent.items() if values}
