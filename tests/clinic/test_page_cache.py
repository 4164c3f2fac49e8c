"""Whole pages, cached ready to send: what a hit costs, what ends it, and what must never be cached."""

import gzip
import time
from datetime import timedelta

import brotli
import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction, Site

from bookings.models import Resource
from clinic import content_version
from clinic.models import ClinicSettings
from education.models import Exercise, GlossaryTerm, GuideIndexPage, GuidePage, HomePage
from tests.factories import PractitionerFactory

PATH = "/guides/iliopsoas/"

pytestmark = pytest.mark.usefixtures("caching", "seeded")


@pytest.fixture
def client():
    """One web process: a middleware chain, and the pages it caches, of its own for each test."""
    return Client()


def read(client, path=PATH, **headers):
    return client.get(path, headers={"host": "localhost", **headers})


@pytest.fixture
def editing(django_capture_on_commit_callbacks):
    """The end of a `with` block stands for the commit."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


# --- what a hit costs and says --------------------------------------------------------------------


@pytest.mark.parametrize("path", [PATH, f"{PATH}routine/", f"{PATH}print/", "/", "/about/"])
def test_a_hit_asks_no_database(client, path, django_assert_num_queries):
    first = read(client, path)

    with django_assert_num_queries(0):
        again = read(client, path)

    assert again.content == first.content
    assert dict(again.items()) == dict(first.items())
    assert not again.templates


def test_a_hit_has_the_headers_of_a_miss(client, settings):
    read(client)
    hit = read(client)
    settings.KEEP_PAGES = False
    plain = read(client)

    added = {"ETag", "Cache-Control", "Vary"}
    assert {k: v for k, v in hit.items() if k not in added} == dict(plain.items())
    assert "default-src 'none'" in hit["Content-Security-Policy"]
    assert hit["X-Frame-Options"] == "DENY"


def test_for_proxies(client):
    hit = read(client)

    assert hit["Cache-Control"].startswith("public, max-age=0, s-maxage=10")
    assert hit["Vary"] == "Accept-Encoding"
    assert not hit.cookies


@pytest.mark.parametrize("name, unpack", [("gzip", gzip.decompress), ("br", brotli.decompress)])
def test_compressed(client, name, unpack):
    plain = read(client)
    packed = read(client, **{"accept-encoding": f"deflate, {name};q=0.9"})

    assert packed["Content-Encoding"] == name
    assert int(packed["Content-Length"]) == len(packed.content) < len(plain.content) / 3
    assert unpack(packed.content) == plain.content
    assert packed["ETag"] != plain["ETag"]
    assert packed["Vary"] == plain["Vary"]


def test_a_refused_encoding(client):
    assert "Content-Encoding" not in read(client, **{"accept-encoding": "br;q=0, gzip; q=0.0"})


def test_not_modified(client):
    etag = read(client)["ETag"]

    for asked in (etag, f'"other", W/{etag}', "*"):
        answer = read(client, **{"if-none-match": asked})
        assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", etag)
        assert answer["Content-Security-Policy"]
    assert read(client, **{"if-none-match": '"other"'}).status_code == 200


# --- what ends it ---------------------------------------------------------------------------------


def guide():
    return GuidePage.objects.get(slug="iliopsoas")


def publish():
    page = guide()
    page.title = "Changed words"
    page.save_revision().publish()


def publish_on_schedule():
    page = guide()
    page.title = "Changed words"
    page.go_live_at = timezone.now() + timedelta(hours=1)
    page.save_revision().publish()
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        call_command("publish_scheduled")


def settings_change():
    ClinicSettings.for_site(Site.objects.get()).save()
    ClinicSettings.objects.get().delete()


def rename(model, field, **lookup):
    def change():
        row = model.objects.filter(**lookup).first()
        setattr(row, field, "Changed words")
        row.save()

    return change


def move():
    other = GuidePage(title="Other", slug="other", introduction="Other")
    GuideIndexPage.objects.get().add_child(instance=other)
    other.move(guide(), pos="left")


def restrict(how="login"):
    PageViewRestriction.objects.create(page=guide(), restriction_type=how)


CHANGES = {
    "publish": publish,
    "publish on schedule": publish_on_schedule,
    "unpublish": lambda: guide().unpublish(),
    "delete": lambda: guide().delete(),
    "move": move,
    "restrict": restrict,
    "settings": settings_change,
    "exercise": rename(Exercise, "name"),
    "word": rename(GlossaryTerm, "meaning"),
    "site": rename(Site, "site_name"),
    "reviewer": lambda: get_user_model().objects.create_user("a", first_name="Changed"),
    "practitioner": lambda: PractitionerFactory(),
}


@pytest.mark.postgresql
@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_seen(client, editing, name):
    before = content_version.current()

    with editing():
        CHANGES[name]()

    assert content_version.current() != before


def test_a_published_change_is_read_at_once(client, editing):
    assert b"Changed words" not in read(client).content

    with editing():
        publish()

    assert b"Changed words" in read(client).content


def test_somebody_who_left_is_gone_from_home(client, editing):
    person = PractitionerFactory(resource__name="Ada Leaves").resource
    assert b"Ada Leaves" in read(client, "/").content

    with editing():
        Resource.objects.get(pk=person.pk).delete()

    assert b"Ada Leaves" not in read(client, "/").content


def test_an_unpublished_guide_is_gone_at_once(client, editing):
    read(client)

    with editing():
        guide().unpublish()

    assert read(client).status_code == 410


def test_a_draft_changes_nothing(client, editing):
    read(client)
    before = content_version.current()

    with editing():
        page = guide()
        page.title = "Draft words"
        page.save_revision()

    assert content_version.current() == before
    assert b"Draft words" not in read(client).content


def test_a_minute_at_most(client):
    with time_machine.travel(0, tick=False) as clock:
        read(client)
        GuidePage.objects.update(introduction="Changed by hand")
        assert b"Changed by hand" not in read(client).content
        clock.shift(61)
        assert b"Changed by hand" in read(client).content


def test_a_new_clinic_name_shows_at_once(client, editing, django_assert_max_num_queries):
    read(client, "/request/find/")
    with django_assert_max_num_queries(0):
        read(client, "/request/find/")

    with editing():
        ours = ClinicSettings.for_site(Site.objects.get())
        ours.name = "Another name"
        ours.save()

    assert b"Another name" in read(client, "/request/find/").content


# --- what must never be cached ----------------------------------------------------------------------


def test_a_preview_bypasses_the_cache(client, editing):
    owner = get_user_model().objects.create_superuser("owner", password="x")
    staff = Client()
    staff.force_login(owner)
    read(client)
    page = guide()
    page.title = "Draft words"
    page.save_revision()

    seen = read(staff, f"/admin/pages/{page.pk}/view_draft/")

    assert b"Draft words" in seen.content
    assert "private" in seen["Cache-Control"]
    assert b"Draft words" not in read(client).content


def test_somebody_logged_in_bypasses_the_cache(client, settings):
    staff = Client()
    staff.force_login(get_user_model().objects.create_superuser("owner", password="x"))

    seen = read(staff)

    assert "ETag" not in seen
    assert "public" not in seen.get("Cache-Control", "")


@pytest.mark.parametrize(
    "path", ["/no-such-page/", f"{PATH}?thanks=1", "/search/", "/book/", "/request/find/", "/livez"]
)
def test_not_cached(client, path):
    read(client, path)

    assert "s-maxage" not in read(client, path).get("Cache-Control", "")


@pytest.mark.parametrize("how, status", [("login", 302), ("password", 200)])
def test_a_page_for_some_is_not_cached(client, how, status):
    restrict(how)

    for _ in range(2):
        answer = read(client)
        assert answer.status_code == status
        assert "ETag" not in answer


def test_pages_with_form_tokens_stay_uncached(client, monkeypatch):
    from django.middleware.csrf import get_token

    before = GuidePage.get_context

    def with_token(self, request, *args, **kwargs):
        return before(self, request, *args, **kwargs) | {"token": get_token(request)}

    monkeypatch.setattr(GuidePage, "get_context", with_token)

    assert "ETag" not in read(client)


def test_the_question_in_a_cached_page_is_answered(client):
    page = read(client).content.decode()
    assert "csrf" not in page
    strict = Client(enforce_csrf_checks=True)

    ours = strict.post(
        f"/guides/helpful/{guide().pk}/",
        {"answer": "yes"},
        headers={"host": "localhost", "sec-fetch-site": "same-origin"},
    )
    theirs = strict.post(
        f"/guides/helpful/{guide().pk}/",
        {"answer": "yes"},
        headers={"host": "localhost", "sec-fetch-site": "cross-site"},
    )

    assert (ours.status_code, theirs.status_code) == (302, 403)


def test_telling_of_a_reading_leaves_the_cache(client, django_assert_num_queries):
    address = f"/guides/read/{guide().pk}/guide/"
    assert f'data-read="{address}"' in read(client).content.decode()

    told = client.post(address, headers={"host": "localhost", "sec-fetch-site": "same-origin"})

    assert told.status_code == 204 and not told.cookies
    with django_assert_num_queries(0):
        assert read(client).status_code == 200


def test_another_name_is_another_page(client, settings):
    settings.ALLOWED_HOSTS = ["localhost", "clinic.test"]
    read(client)

    other = read(client, host="clinic.test")

    assert other["Content-Length"]
    assert read(client, host="evil.test").status_code == 400


# --- when the database is away --------------------------------------------------------------------


def test_a_page_outlives_the_database(client, monkeypatch):
    with time_machine.travel(0, tick=False) as clock:
        before = read(client)
        clock.shift(61)

        def away(*args, **kwargs):
            raise RuntimeError("away")

        monkeypatch.setattr(Page, "route_for_request", away)
        client.raise_request_exception = False
        assert read(client).content == before.content
        assert read(client, "/guides/").status_code == 500


@pytest.mark.postgresql
def test_without_the_shared_cache_nothing_is_cached(client, settings, monkeypatch):
    monkeypatch.setattr(content_version, "_away_until", 0.0)
    settings.CACHE_SHARED = True
    settings.CACHES = settings.CACHES | {
        "shared": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "never_made",
        }
    }
    from django.db import transaction

    with transaction.atomic():
        sid = transaction.savepoint()
        assert content_version.current() is None
        transaction.savepoint_rollback(sid)


class Silent:
    """A shared cache whose every answer takes its timeout."""

    def __init__(self) -> None:
        self.asked = 0

    def get_or_set(self, *_args: object, **_kwargs: object) -> str:
        self.asked += 1
        raise TimeoutError


def test_pages_work_without_the_cache(client, settings, monkeypatch):
    """Not even Wagtail, which keeps the sites' addresses in a cache, asks the one that is shared."""
    settings.CACHE_SHARED = True
    monkeypatch.setattr(content_version, "caches", {"shared": Silent()})
    monkeypatch.setattr(content_version, "_away_until", 0.0)
    Site.clear_site_root_paths_cache()

    assert settings.CACHES["default"]["BACKEND"].endswith("LocMemCache")
    page = read(client)
    assert page.status_code == 200 and "ETag" not in page


def test_a_silent_cache_is_waited_for_once(settings, monkeypatch):
    settings.CACHE_SHARED, silent = True, Silent()
    monkeypatch.setattr(content_version, "caches", {"shared": silent})
    monkeypatch.setattr(content_version, "_away_until", 0.0)

    assert [content_version.current() for _ in range(10)] == [None] * 10
    assert silent.asked == 1

    later = time.monotonic() + content_version.AWAY_SECONDS
    monkeypatch.setattr(content_version.time, "monotonic", lambda: later)
    content_version.current()
    assert silent.asked == 2


def test_a_shared_version(settings, editing):
    settings.CACHE_SHARED = True
    before = content_version.current()
    assert content_version.current() == before

    with editing():
        HomePage.objects.get().save()

    assert content_version.current() != before
