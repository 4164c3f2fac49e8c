"""The tools of the journeys see what they are there to see."""

from collections.abc import Callable

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from playwright.sync_api import Page

from tests.journeys import validity
from tests.journeys.watch import Watch

ELSEWHERE = "https://tracker.example/pixel.png"
FAULTY = f"""<!doctype html><title>Faulty</title>
<p><div>not in a paragraph</div></p><img src="{ELSEWHERE}"><button></button>
<script src="/script.js"></script><img alt="" src="/missing.png">"""


FORM = """<!doctype html><title>Form</title><p>%s</p>
<form method="post"><button>Send</button></form>"""


def script(request: object) -> HttpResponse:
    return HttpResponse("no.such.name()", content_type="text/javascript")


urlpatterns = [
    path("faulty", lambda request: HttpResponse(FAULTY)),
    path("script.js", script),
    # The site's own page for it wants addresses that are not here.
    path("missing.png", lambda request: HttpResponse(status=404)),
    path("form", csrf_exempt(lambda request: HttpResponse(FORM % request.method))),
]


def test_the_watch_sees_all_that_goes_wrong(page: Page, watch: Watch, settings) -> None:
    settings.ROOT_URLCONF = __name__

    page.goto("/faulty")

    found = " ".join(watch.problems)
    watch.problems.clear()
    assert f"third party: {ELSEWHERE}" in found
    assert "violates the following Content Security Policy" in found
    assert "script: no is not defined" in found
    assert "status 404" in found


def test_axe_and_the_parser_find_faults(page: Page, watch: Watch, settings) -> None:
    settings.ROOT_URLCONF = __name__
    page.goto("/faulty")
    watch.problems.clear()

    rules = [line.partition(":")[0] for line in validity.axe_violations(page)]

    assert {"button-name", "image-alt", "html-has-lang"} <= set(rules)
    assert validity.html_errors(FAULTY) != []
    assert validity.html_errors("<!doctype html><title>x</title><p>y</p>") == []


def test_the_source_is_this_requests_answer(page: Page, watch: Watch, settings) -> None:
    settings.ROOT_URLCONF = __name__
    page.goto("/form")
    page.get_by_role("button").click()

    page.wait_for_selector("text=POST")

    assert "<p>POST" in watch.source(page)


def test_a_page_of_ours_passes(page: Page, check_page: Callable[[Page], None]) -> None:
    page.goto("/offline/")

    check_page(page)
