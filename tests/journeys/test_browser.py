"""The tools of the journeys see what they are there to see."""

from django.http import HttpResponse
from django.urls import path
from playwright.sync_api import Page

from tests.journeys import validity
from tests.journeys.watch import Watch

ELSEWHERE = "https://tracker.example/pixel.png"
FAULTY = f"""<!doctype html><title>Faulty</title>
<p><div>not in a paragraph</div></p><img src="{ELSEWHERE}"><button></button>
<script src="/script.js"></script><img alt="" src="/missing.png">"""


def script(request: object) -> HttpResponse:
    return HttpResponse("no.such.name()", content_type="text/javascript")


urlpatterns = [
    path("faulty", lambda request: HttpResponse(FAULTY)),
    path("script.js", script),
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
