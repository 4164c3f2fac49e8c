"""The page tree: what may stand where, what each page answers, and at what cost."""

import gc
import json
from io import StringIO

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.management import call_command
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, PageViewRestriction

from bookings.models import Practitioner
from education.models import (
    Exercise,
    GuideIndexPage,
    GuidePage,
    HomePage,
    StandardPage,
)
from tests.factories import make_clinic

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
    "/how-we-write/",
]


def test_what_may_stand_where():
    assert set(HomePage.allowed_subpage_models()) == {GuideIndexPage, StandardPage}
    assert set(GuideIndexPage.allowed_subpage_models()) == {GuidePage}
    assert set(GuidePage.allowed_subpage_models()) == set()
    assert set(StandardPage.allowed_subpage_models()) == {StandardPage}
    assert set(GuidePage.allowed_parent_page_models()) == {GuideIndexPage}
    assert set(HomePage.allowed_parent_page_models()) == {Page}


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


def test_the_contact_page_says_how_to_reach_us(client, seeded):
    page = BeautifulSoup(client.get("/contact/").content, "html.parser")
    card = page.main.select_one(".find-us")

    assert [title.text.strip() for title in card.select("h2")] == [
        "Call us",
        "When we are open",
        "Find us",
    ]
    assert card.select("a[href='tel:+442079460123']") and card.select("a[href^='mailto:']")
    assert "12 Harbour Street" in card.address.text
    assert page.select(".site-footer a[href='/contact/']")


def test_no_other_page_repeats_the_contact_card(client, seeded):
    assert 'class="find-us"' not in client.get("/about/").content.decode()


@pytest.mark.postgresql
def test_a_changed_slug_redirects(client, guide, django_capture_on_commit_callbacks):
    guide.slug = "psoas"
    with django_capture_on_commit_callbacks(execute=True):
        guide.save_revision().publish()

    response = client.get("/guides/iliopsoas/")

    assert response.status_code == 301
    assert response["Location"].endswith("/guides/psoas/")


@pytest.mark.postgresql
def test_sitemap_names_every_public_page(client, seeded):
    xml = client.get("/sitemap.xml").content.decode()

    for path in ("/guides/", "/guides/iliopsoas/", "/privacy/"):
        assert f"{path}</loc>" in xml


def test_sitemap_has_spanish_people_and_booking(client, guide):
    make_clinic()
    call_command("start_translation", "es", "/guides/iliopsoas/", stdout=StringIO())
    for page in Page.objects.filter(locale__language_code="es").order_by("depth").specific():
        page.save_revision().publish()

    xml = client.get("/sitemap.xml").content.decode()

    person = Practitioner.objects.get().url
    for path in ("/es/", "/es/guides/iliopsoas/", "/people/", "/es/people/", "/book/", "/es/book/"):
        assert f"{path}</loc>" in xml
    assert f"{person}</loc>" in xml
    assert f"/es{person}</loc>" in xml


def test_a_guide_that_was_taken_down_is_gone(client, guide):
    guide.unpublish()

    for address in ("/guides/iliopsoas/", "/es/guides/iliopsoas/"):
        assert client.get(address).status_code == 410
    assert "We have taken this page down" in client.get("/guides/iliopsoas/").content.decode()
    assert "Our first guide is being checked" in client.get("/guides/").content.decode()


@pytest.mark.postgresql
def test_a_draft_was_never_there(client, guide):
    type(guide).objects.update(live=False, first_published_at=None)

    assert client.get("/guides/iliopsoas/").status_code == 404


def test_home_says_price_place_and_way_once(client, guide):
    service, location, _ = make_clinic(price="£45")
    location.parking, location.public_transport = "Two spaces in the yard.", "Bus 47."
    location.save()

    html = client.get("/").content.decode()

    for words in ("£45", "Two spaces in the yard.", "Bus 47.", service.name):
        assert html.count(words) == 1
    assert html.count(f">{'<br>'.join(location.lines)}<") == 1
    assert "site-footer__phone" not in html


def test_contact_says_address_and_phone_once(client, seeded):
    """The foot repeats neither within one screen; other pages have them there."""
    page, other = (
        BeautifulSoup(client.get(path).content, "html.parser") for path in ("/contact/", "/about/")
    )

    assert not page.select(".site-footer__phone, .site-footer address")
    assert page.select("main a[href^='tel:']") and page.select(".site-footer nav a")
    assert other.select(".site-footer__phone")


def test_a_redirect_wins_over_gone(client, guide):
    Redirect.add_redirect("/guides/iliopsoas/", redirect_to="/guides/")
    guide.unpublish()

    assert client.get("/guides/iliopsoas/")["Location"] == "/guides/"


def test_queries_do_not_grow_with_the_guide(client, guide):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(guide.url)
    with CaptureQueriesContext(connection) as once:
        client.get(guide.url)
    link = f'<p>See <a linktype="page" id="{guide.get_parent().pk}">the guides</a>.</p>'
    paragraph = {"text": link, "evidence": "", "references": []}
    blocks = [{"type": b.block_type, "value": b.get_prep_value()["value"]} for b in guide.body] * 3
    blocks[0]["value"]["content"] += [{"type": "paragraph", "value": paragraph}] * 8
    guide.body = json.dumps(blocks)
    guide.author = get_user_model().objects.create_user("a")
    guide.save_revision().publish()

    with CaptureQueriesContext(connection) as thrice:
        html = client.get(guide.url).content.decode()

    assert html.count('<a href="/guides/">the guides</a>') == 3 * 8
    assert len(once) <= 13
    assert len(thrice) <= 14  # one for where the links lead


@pytest.mark.parametrize(
    "path", ["/guides/nothing/", "/guides/iliopsoas/nothing/", "/nothing/at/all/"]
)
def test_an_address_that_leads_nowhere(client, guide, path):
    assert client.get(path).status_code == 404


@pytest.mark.postgresql
def test_page_below_draft_leaves_it_out_of_trail(client, guide):
    Page.objects.filter(pk=guide.get_parent().pk).update(live=False)

    html = client.get(guide.url).content.decode()

    crumbs = html[html.index('class="breadcrumbs"') :]
    assert crumbs[: crumbs.index("</nav>")].count("<a ") == 1


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_restriction_above_also_restricts_the_guide(client, guide, depth):
    above = Page.objects.get(path=guide.path[: depth * Page.steplen])
    PageViewRestriction.objects.create(page=above, restriction_type="login")

    assert client.get(guide.url).status_code == 302


@pytest.mark.postgresql
def test_an_alias_obeys_the_rules_of_its_original(client, guide):
    alias = guide.create_alias(update_slug="twin")
    PageViewRestriction.objects.create(page=guide, restriction_type="login")

    assert client.get(alias.url).status_code == 302


@pytest.mark.postgresql
def test_a_link_to_a_page_that_is_gone(client, guide):
    paragraph = {
        "text": '<p><a id="999" linktype="page">gone</a></p>',
        "evidence": "",
        "references": [],
    }
    section = {"heading": "One", "content": [{"type": "paragraph", "value": paragraph}]}
    guide.body = json.dumps([{"type": "section", "value": section}])
    guide.save_revision().publish()

    assert "<p><a>gone</a></p>" in client.get(guide.url).content.decode()


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
            html = client.get(guide.url).content.decode()
        counts.append(len(spent))

    assert counts[1] == counts[2]
    assert html.count('<source type="image/avif" srcset="/media/images/') == 7  # and one at the top
    assert html.count('.webp" srcset="/media/images/') == 7
    assert html.count(' sizes="(min-width: 40em)') == 12
    assert html.count('loading="lazy"') == html.count("<img ")
    gc.collect()


@pytest.mark.postgresql
@pytest.mark.parametrize("path", ["/", "/guides/"])
def test_a_card_shows_the_first_exercise(client, guide, path):
    html = client.get(path).content.decode()

    assert (
        'class="card__picture"><img src="/static/education/illustrations/seated-knee-lift-end'
        in html
    )

    Exercise.objects.filter(key="seated-knee-lift").update(live=False)
    cache.clear()
    assert "card__picture" not in client.get(path).content.decode()


@pytest.mark.usefixtures("uncached")
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


def test_on_paper_a_guide_says_where_it_stands(client, guide):
    page = BeautifulSoup(client.get(guide.url).content, "html.parser").main
    address = (guide.full_url or "").removeprefix("http://")
    assert address and page.select(".print-only")[-1].text == address
    assert "no-print" in page.find("summary", string="The picture in words").parent["class"]


def test_unreviewed_guide_says_so(client, guide):
    assert "Not yet signed off by a clinician" in client.get(guide.url).content.decode()


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


@pytest.mark.parametrize("slug", ["about", "contact", "privacy", "accessibility"])
def test_no_link_leads_to_an_unpublished_page(client, seeded, slug):
    links = BeautifulSoup(client.get("/guides/").content, "html.parser").select(
        "header a, footer a"
    )
    assert f"/{slug}/" in {link["href"] for link in links}
    StandardPage.objects.get(slug=slug).unpublish()

    for address in ("/guides/", "/es/guides/", "/book/"):
        page = BeautifulSoup(client.get(address).content, "html.parser")
        there = {link["href"].removeprefix("/es") for link in page.select("a[href]")}
        assert f"/{slug}/" not in there and "/guides/" in there


def test_the_exercises_are_one_tap_away(client, guide):
    head = BeautifulSoup(client.get(guide.url).content, "html.parser").select_one(".guide__head")
    ways = head.select(".guide__start a")

    assert [way["href"] for way in ways] == [f"{guide.url}routine/", "#what-it-is"]
    assert ways[0].text.strip() == "Do the exercises (about 10 minutes)"
    assert head.select_one(".guide__start img")["alt"]


def test_safety_is_short_before_the_first_exercise(client, guide):
    page = BeautifulSoup(client.get(f"{guide.url}routine/").content, "html.parser").main
    summary = page.select_one("#safety")

    assert summary.sourceline < page.select_one(".exercise").sourceline
    links = [link["href"] for link in summary.select("li a")]
    assert links == [f"{guide.url}#help-{one}" for one in ("emergency", "urgent", "non-urgent")]
    for on_paper in summary.select(".print-only"):
        assert "(within" in on_paper.text or ";" in on_paper.text, "the signs themselves"
        on_paper.extract()
    assert len(summary.text.split()) < 300


def test_a_guide_with_no_exercises_offers_reading(client, guide):
    guide.body = [block for block in guide.body if False]
    guide.save_revision().publish()

    assert "guide__start" not in client.get(guide.url).content.decode()
