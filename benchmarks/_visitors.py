"""Visitors who book from the first page to the last, as a browser without JavaScript would."""

import http.client
import itertools
import random
import re
import threading
import time
from collections.abc import Callable
from urllib.parse import urlencode, urljoin, urlsplit

VISITORS = 8
_numbers = itertools.count(1)


class Browser:
    """One connection, its cookies, and the page it is on."""

    def __init__(self, address: str) -> None:
        self.at = urlsplit(address)
        self.connection = http.client.HTTPConnection(self.at.hostname, self.at.port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.number = next(_numbers)
        self.page, self.path = "", "/"

    def get(self, path: str, **headers: str) -> str:
        return self.ask("GET", path, None, headers)

    def post(self, path: str, **fields: object) -> str:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.page)
        fields |= {"csrfmiddlewaretoken": token[1]} if token else {}
        return self.ask("POST", path, urlencode(fields, doseq=True), {})

    def ask(self, method: str, path: str, body: str | None, extra: dict[str, str]) -> str:
        """The page at the end of all redirects."""
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            # Each visitor comes from a place of their own.
            "X-Forwarded-For": f"10.{self.number >> 16 & 255}.{self.number >> 8 & 255}.{self.number & 255}",
            "Referer": f"http://{self.at.netloc}{self.path}",
        } | extra
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        if answer.status in (301, 302, 303):
            return self.ask("GET", urljoin(path, answer.headers["Location"]), None, {})
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:300]}")
        self.page, self.path = text, path
        return text

    def choices(self, name: str) -> list[str]:
        return re.findall(rf'name="{name}"[^>]*value="([^"]+)"', self.page) or re.findall(
            rf'value="([^"]+)"[^>]*name="{name}"', self.page
        )


def visits_a_second(visit: Callable[[], bool], seconds: float) -> float:
    """Complete bookings a second of `VISITORS` who come one after the other."""
    done, end = [], time.monotonic() + seconds
    errors: list[Exception] = []

    def come() -> None:
        while time.monotonic() < end and not errors:
            try:
                done.append(visit())
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=come) for _ in range(VISITORS)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return sum(done) / (time.monotonic() - began)


def one_of(choices: list[str]) -> str:
    return random.choice(choices)
