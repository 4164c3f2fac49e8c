"""The page tree: what may stand where, what each page answers, and at what cost."""

import pytest
from django.core.cache import cache
from wagtail.models import Page
from wagtail.test.utils import WagtailPageTestCase

from education.models import (
    Exercise,
    GuideIndexPage,
    GuidePage,
    HomePage,
    StandardPage,
)

PUBLIC = [
    "/",
    "/guides/",
    "/guides/iliopsoas/",
    "/guides/iliopsoas/print/",
    "/guides/iliopsoas/routine/",
    "/about/",
    "/contact/",
    "/privacy/",
    "/accessibility/",
    "/how-we-review/",
]


class TestFences(WagtailPageTestCase):
    def test_tree(self):
        self.assertAllowedSubpageTypes(HomePage, {GuideIndexPage, StandardPage})
        self.assertAllowedSubpageTypes(GuideIndexPage, {GuidePage})
        self.assertAllowedSubpageTypes(GuidePage, {})
        self.assertAllowedSubpageTypes(StandardPage, {StandardPage})
        self.assertAllowedParentPageTypes(GuidePage, {GuideIndexPage})
        self.assertAllowedParentPageTypes(HomePage, {Page})


@pytest.mark.parametrize("path", PUBLIC)
def test_public_page(client, seeded, path):
    response = client.get(path)
    html = response.content.decode()

    assert response.status_code == 200
    assert html.count("<h1") == 1
    assert 'rel="canonical"' in html
    assert 'property="og:title"' in html
    assert "020 7946 0123" in html
    assert not response.cookies
    assert "<style" not in html
    assert " style=" not in html
    assert " onclick=" not in html


@pytest.mark.parametrize("path", PUBLIC)
def test_heading_levels_never_jump(client, seeded, path):
    import re

    levels = [int(n) for n in re.findall(r"<h([1-6])\b", client.get(path).content.decode())]
    main = levels[levels.index(1) :]

    assert all(b - a <= 1 for a, b in zip(main, main[1:], strict=False)), main


def test_no_id_is_used_twice(client, seeded):
    import re
    from collections import Counter

    for path in PUBLIC:
        ids = Counter(re.findall(r'\bid="([^"]+)"', client.get(path).content.decode()))
        assert [i for i, n in ids.items() if n > 1] == [], path


def test_a_changed_slug_redirects(client, guide, django_capture_on_commit_callbacks):
    guide.slug = "psoas"
    with django_capture_on_commit_callbacks(execute=True):
        guide.save_revision().publish()

    response = client.get("/guides/iliopsoas/")

    assert response.status_code == 301
    assert response["Location"].endswith("/guides/psoas/")


def test_sitemap_names_every_public_page(client, seeded):
    xml = client.get("/sitemap.xml").content.decode()

    for path in ("/guides/", "/guides/iliopsoas/", "/privacy/"):
        assert f"{path}</loc>" in xml


def test_a_draft_guide_is_not_public(client, guide):
    guide.unpublish()

    assert client.get("/guides/iliopsoas/").status_code == 404
    assert "Our first guide is being checked" in client.get("/guides/").content.decode()


def test_queries_do_not_grow_with_the_guide(client, guide, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(guide.url)
    cache.clear()
    with CaptureQueriesContext(
        connection,
    ) as once:
        client.get(guide.url)
    blocks = [(b.block_type, b.value) for b in guide.body]
    guide.body = blocks * 3
    guide.save_revision().publish()
    cache.clear()

    with django_assert_num_queries(len(once)):
        client.get(guide.url)
    assert len(once) <= 30


# Wagtail leaves the temporary file of a rendition to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_queries_do_not_grow_with_pictures(client, guide):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from wagtail.images import get_image_model
    from wagtail.images.tests.utils import get_test_image_file

    image = get_image_model().objects.create(title="x", file=get_test_image_file())
    counts = []
    for key in ("seated-knee-lift", "lying-leg-lift", "lying-stretch"):
        Exercise.objects.filter(key=key).update(start_image=image, end_image=image)
        client.get(guide.url)
        cache.clear()
        with CaptureQueriesContext(connection) as spent:
            client.get(guide.url)
        counts.append(len(spent))

    assert counts[1] == counts[2]


@pytest.mark.parametrize("path", ["/", "/guides/"])
def test_a_card_shows_the_first_exercise(client, guide, path):
    html = client.get(path).content.decode()

    assert 'class="card__picture" src="/static/education/illustrations/seated-knee-lift-end' in html

    Exercise.objects.filter(key="seated-knee-lift").update(live=False)
    cache.clear()
    assert "card__picture" not in client.get(path).content.decode()


def test_queries_do_not_grow_with_the_cards(client, guide, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get("/guides/")
    cache.clear()
    with CaptureQueriesContext(connection) as one:
        client.get("/guides/")
    for page in GuidePage.objects.filter(slug__in=["gluteus-maximus", "hamstrings"]):
        page.save_revision().publish()
    cache.clear()

    with django_assert_num_queries(len(one)):
        assert client.get("/guides/").content.decode().count("card--link") == 3


def test_an_overdue_review_is_told(client, guide):
    import datetime as dt

    guide.next_review = dt.date(2020, 1, 1)
    guide.save_revision().publish()

    assert "due for a clinical check" in client.get(guide.url).content.decode()


def test_unreviewed_guide_says_so(client, guide):
    assert "Waiting for a clinician to sign it off" in client.get(guide.url).content.decode()


def test_booking_links_carry_guide_revision_and_exercise(client, guide):
    from urllib.parse import parse_qs, urlsplit

    assert guide.live_revision_id
    query = parse_qs(urlsplit(guide.book_url(exercise="lying-stretch")).query)

    assert query == {
        "guide": ["/guides/iliopsoas/"],
        "revision": [str(guide.live_revision_id)],
        "exercise": ["lying-stretch"],
    }
    assert "exercise=lying-stretch" in client.get(guide.url).content.decode()
