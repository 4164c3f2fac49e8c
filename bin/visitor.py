"""Those who come through the rehearsal's nginx: one without JavaScript, and people in Chromium."""

import base64
import contextlib
import email
import hmac
import re
import struct
import time
from collections.abc import Iterator
from email.message import Message
from email.policy import default as modern
from typing import Any
from urllib.parse import urlencode, urljoin

from browser import FLAGS, find_browser
from deployment import NAME, Answer, Deployment

PATIENCE = 120_000  # milliseconds


class Visitor:
    """Cookies, the page they are on, and the answers to the questions of a booking."""

    def __init__(self, site: Deployment) -> None:
        self.site = site
        self.cookies: dict[str, str] = {}
        self.path, self.page = "/", ""

    def go(self, method: str, path: str, **fields: object) -> str:
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Referer": f"https://{NAME}{self.path}",
        }
        body = None
        if method == "POST":
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.page)
            fields |= {"csrfmiddlewaretoken": token[1]} if token else {}
            body = urlencode(fields, doseq=True).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = self.site.ask(method, path, body, **headers)
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            ends = "Max-Age=0" in cookie
            must(ends or "Secure" in cookie, f"a cookie without Secure: {name}")
            self.cookies[name] = value
        if answer.status in (301, 302, 303):
            return self.go("GET", urljoin(path, answer.headers["Location"]))
        must_be_ok(answer, path)
        self.path, self.page = path, answer.body.decode()
        return self.page

    def first(self, name: str) -> str:
        found = re.findall(rf'name="{name}"[^>]*value="([^"]+)"', self.page)
        return found[0] if found else ""

    def book(self, number: int) -> str:
        """The reference. Whoever finds a time taken chooses another, as people do."""
        self.go("GET", "/book/")
        self.go("POST", "/book/", flags="none")
        answers = {name: self.first(name) for name in ("offering", "reason", "side", "goal")}
        self.go("POST", "/book/reason/", note="", **answers)
        for _ in range(20):
            times = re.findall(r'name="first"[^>]*value="([^"]+)"', self.page)
            self.go("POST", "/book/time/", first=times[number % len(times)])
            self.go("POST", "/book/other-times/", second="", third="")
            if self.path.startswith("/book/contact/"):
                mail = f"visitor{number}-{time.monotonic_ns()}@example.org"
                who = {"name": "Maria Example", "contact_by": "email", "email": mail, "phone": ""}
                self.go("POST", "/book/contact/", consent="on", **who)
            self.go("POST", "/book/check/")
            if self.path.startswith("/book/sent/"):
                return re.search(r"<strong>([A-Z0-9-]{5,})</strong>", self.page)[1]
            number += 1
            if not self.path.startswith("/book/time/"):
                self.go("GET", "/book/time/")
        raise AssertionError("no time was free in twenty attempts")


@contextlib.contextmanager
def chromium(site: Deployment) -> Iterator[Any]:
    """A page of a real browser, for which the clinic's name is this computer.

    What the browser complains of on the way (its console, pages and files that fail) is an error.
    """
    from playwright.sync_api import sync_playwright

    flags = [
        *FLAGS,
        f"--host-resolver-rules=MAP {NAME}:443 127.0.0.1:{site.ports['https']}",
        # Also for the service worker, whose script Playwright's own setting leaves out.
        "--ignore-certificate-errors",
    ]
    problems: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=flags)
        context = browser.new_context(ignore_https_errors=True, base_url=f"https://{NAME}")
        context.set_default_timeout(PATIENCE)
        context.on("console", lambda line: line.type == "error" and problems.append(line.text))
        context.on("weberror", lambda error: problems.append(str(error.error)))
        context.on(
            "response",
            lambda answer: (
                answer.status >= 400 and problems.append(f"{answer.status} {answer.url}")
            ),
        )
        yield context.new_page()
        browser.close()
    # From a page of ours, which fades over, to one of Wagtail's, which does not.
    problems = [text for text in problems if "ViewTransition opt-in" not in text]
    must(not problems, problems)


def mail_to(site: Deployment, address: str) -> Message:
    """The first mail to it that has reached the mail server."""
    deadline = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < deadline:
        text = (site.folder / "log" / "mail").read_text()
        for found in re.findall(r"MESSAGE FOLLOWS -+\n(.*?)-+ END MESSAGE", text, re.DOTALL):
            message = email.message_from_string(found, policy=modern)
            if address in message["To"]:
                return message
        time.sleep(0.2)
    raise AssertionError("no mail")


def code_of(key: str) -> str:
    """What an app on a phone shows now (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.digest(base64.b32decode(key), counter, "sha1")
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def must(held: object, found: object) -> None:
    if not held:
        raise AssertionError(found)


def must_be_ok(answer: Answer, path: str) -> None:
    must(answer.status == 200, f"{path}: {answer.status} {answer.body[:200]!r}")
