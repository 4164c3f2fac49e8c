"""A visitor without JavaScript, who books from the first page to the last."""

import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from html import unescape
from urllib.parse import urlencode, urljoin


@dataclass
class Answer:
    status: int
    headers: Message
    body: bytes


class Visitor:
    """Cookies, the page they are on, and the answers to the questions of a booking.

    `send` takes method, path, body and headers, and returns the answer; `home` is the site's address.
    """

    def __init__(self, send: Callable[..., Answer], home: str) -> None:
        self.send, self.home = send, home
        self.cookies: dict[str, str] = {}
        self.path, self.page, self.mail = "/", "", ""

    def get(self, path: str, **headers: str) -> str:
        return self.go("GET", path, None, headers)

    def post(self, path: str, **fields: object) -> str:
        for name in ("csrfmiddlewaretoken", "shown"):
            found = re.search(rf'name="{name}" value="([^"]+)"', self.page)
            fields |= {name: found[1]} if found else {}
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.go("POST", path, urlencode(fields, doseq=True).encode(), kind)

    def go(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> str:
        """The page at the end of all redirects."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookies, "Referer": self.home + self.path} | headers
        answer = self.send(method, path, body, **headers)
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            ends = "Max-Age=0" in cookie
            secure = "Secure" in cookie or self.home.startswith("http:")
            must(ends or secure, f"a cookie without Secure: {name}")
            self.cookies[name] = value
        if answer.status in (301, 302, 303):
            return self.get(urljoin(path, answer.headers["Location"]))
        must_be_ok(answer, f"{method} {path}")
        self.path, self.page = path, answer.body.decode()
        return self.page

    def choices(self, name: str) -> list[str]:
        return re.findall(rf'name="{name}"[^>]*value="([^"]+)"', self.page)

    def answer_until_time(self) -> None:
        self.get("/book/")
        names = ("whom", "offering", "reason", "side", "goal", "questions")
        first = {name: (self.choices(name) or [""])[0] for name in names}
        self.post("/book/", flags="none", note="", **first)

    def book(self) -> str:
        """The reference. Whoever finds a time taken chooses another, as people do."""
        self.answer_until_time()
        for _ in range(20):
            while not (times := self.choices("times")):
                later = re.search(r'href="([^"]+)" rel="next"', self.page)
                must(later, "no time is free on this page, and none is later")
                self.get(urljoin(self.path, unescape(later[1])))
            self.post(self.path, times=random.choice(times))
            if self.path.endswith("/contact/"):
                self.mail = f"visitor{time.monotonic_ns()}@example.org"
                who = {"name": "Maria Example", "contact_by": "email", "email": self.mail}
                self.post(self.path, phone="", consent="on", **who)
            self.post(self.path)
            if self.path.endswith("/sent/"):
                return re.search(r"<strong>([A-Z0-9-]{5,})</strong>", self.page)[1]
            step = self.path.partition("?")[0]
            if not step.endswith("/time/"):
                self.get(urljoin(step, "../time/"))
        raise AssertionError("no time was free in twenty attempts")


def must(held: object, found: object) -> None:
    if not held:
        raise AssertionError(found)


def must_be_ok(answer: Answer, path: str) -> None:
    must(answer.status == 200, f"{path}: {answer.status} {answer.body[:200]!r}")
