"""Notes what a visitor's browser would complain of, silently, while a journey goes on."""

import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, WebError

LOCAL_SCHEMES = ("about", "blob", "data")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def stop_clock(page: Page) -> None:
    """Time stands still on the pages that it opens, but for `page.clock.run_for`.

    Otherwise it runs on between two steps, far on a busy computer.
    """
    page.clock.install(time=NOON)
    page.clock.pause_at(NOON + timedelta(seconds=1))


class Watch:
    """Requests to any host but ours, errors of scripts and of the CSP, files that are missing."""

    def __init__(self, base_url: str) -> None:
        self.host = urlsplit(base_url).netloc
        self.problems: list[str] = []
        self.documents: dict[str, Response] = {}
        self.under_way: set[Request] = set()

    def over(self, context: BrowserContext) -> None:
        context.on("request", self.request)
        context.on("requestfinished", self.ended)
        context.on("requestfailed", self.ended)
        context.on("response", self.response)
        context.on("console", self.console)
        context.on("weberror", self.error)

    def source(self, page: Page) -> str:
        """The HTML that the server sent for this page, also where it answered a POST."""
        return self.documents[page.url.partition("#")[0]].text()

    def settle(self, page: Page) -> None:
        """Until the page has all that it asked for, and its scripts have made something of it.

        Playwright's "networkidle" waits half a second more, and now and then for ever.
        """
        page.wait_for_load_state()
        deadline = time.monotonic() + 60
        while self.under_way:
            assert time.monotonic() < deadline, self.under_way
            page.wait_for_timeout(20)  # milliseconds
        page.evaluate("() => new Promise(done => requestIdleCallback(done, { timeout: 5000 }))")

    def request(self, request: Request) -> None:
        self.under_way.add(request)
        address = urlsplit(request.url)
        if address.netloc != self.host and address.scheme not in LOCAL_SCHEMES:
            self.problems.append(f"third party: {request.url}")

    def ended(self, request: Request) -> None:
        self.under_way.discard(request)

    def response(self, response: Response) -> None:
        """A page may answer 404 on purpose; a picture or style sheet may not."""
        is_page = response.request.resource_type == "document"
        if is_page:
            self.documents[response.url] = response
        if response.status >= (500 if is_page else 400):
            self.problems.append(f"status {response.status}: {response.url}")

    def console(self, message: ConsoleMessage) -> None:
        # `response` above judges these, and knows a page from a picture.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.problems.append(f"console: {message.text}")

    def error(self, error: WebError) -> None:
        self.problems.append(f"script: {error.error}")
