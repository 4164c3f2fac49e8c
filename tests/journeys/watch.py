"""Notes what a visitor's browser would complain of, silently, while a journey goes on."""

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, WebError

LOCAL_SCHEMES = ("about", "blob", "data")


class Watch:
    """Requests to any host but ours, errors of scripts and of the CSP, files that are missing."""

    def __init__(self, base_url: str) -> None:
        self.host = urlsplit(base_url).netloc
        self.problems: list[str] = []
        self.documents: dict[str, Response] = {}

    def over(self, context: BrowserContext) -> None:
        context.on("request", self.request)
        context.on("response", self.response)
        context.on("console", self.console)
        context.on("weberror", self.error)

    def source(self, page: Page) -> str:
        """The HTML that the server sent for this page, also where it answered a POST."""
        return self.documents[page.url.partition("#")[0]].text()

    def request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.netloc != self.host and address.scheme not in LOCAL_SCHEMES:
            self.problems.append(f"third party: {request.url}")

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
