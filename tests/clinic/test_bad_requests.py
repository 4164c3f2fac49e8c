"""What no browser sends: 400 in the site's look, and never a 5xx."""

import re

import pytest
from django.urls import URLPattern, get_resolver
from wagtail.models import Page

from tests.factories import make_clinic

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
HUGE = str(2**70)


def public_routes():
    """Every address pattern outside the admin, of ours and of Wagtail."""

    def walk(patterns, prefix=""):
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                yield route
            else:
                yield from walk(pattern.url_patterns, route)

    return sorted({route for route in walk(get_resolver().url_patterns) if "admin/" not in route})


def with_value(route, value):
    route = re.sub(r"\(\?P<\w+>.*?\)", value, route)
    return "/" + re.sub(r"<[^>]+>", value, route).strip("^$")


@pytest.mark.parametrize(
    "value",
    [
        *(HUGE, "-1", "%00", "%ff"),
        *(
            pytest.param(v, marks=pytest.mark.thorough)
            for v in ("0", "a%00b", "%ed%a0%80", "x" * 3000)
        ),
    ],
)
def test_any_value_in_any_address(client, value):
    client.raise_request_exception = False
    asked = [with_value(route, value) for route in public_routes() if "<" in route]
    asked += [f"/{value}/", f"/guides/{value}/", f"/guides/iliopsoas/{value}/"]
    assert len(asked) > 5
    for path in asked:
        for response in (client.get(path), client.post(path)):
            assert response.status_code < 500, (path, response.status_code)


@pytest.mark.parametrize("value", [HUGE, "\x00", "\udcff", "NaN", "[]"])
def test_any_value_in_any_query(client, value):
    client.raise_request_exception = False
    names = ("q", "page", "p", "from", "with", "taken", "guide", "revision", "next", "format")
    query = {name: value.encode("utf-8", "surrogateescape") for name in names}
    for path in ("/", "/search/", "/book/", f"/book/{'K' * 16}/time/", "/guides/", "/admin/login/"):
        assert client.get(path, query).status_code < 500, path


def test_nul_in_an_address_is_unreadable(client):
    for path in ("/%00/", "/search/?q=a%00b", f"/guides/{HUGE}/"):
        page = client.get(path)
        assert page.status_code == 400
        assert "We could not read that" in page.content.decode()


def test_a_token_may_be_mostly_digits(client):
    """Where 32 of `0-9a-f` come by chance, one in six hundred has nineteen digits in a row."""
    link = "/admin/password_reset/confirm/MQ/dimo8h-9d57e507cfee1569086991589590982e/"
    page = client.get(link)
    assert page.status_code == 200 and "We could not read that" not in page.content.decode()


@pytest.mark.parametrize("path", ["/book/", "/request/find/", "/admin/login/"])
def test_a_body_too_large_reads_so(client, path):
    make_clinic()
    page = client.post(path, {"note": "x" * (3 * 1024 * 1024)})
    assert page.status_code == 400
    text = page.content.decode()
    assert "We could not read that" in text and "020 7946 0123" in text
    assert "default-src 'none'" in page["Content-Security-Policy"]


def test_too_many_fields(client):
    make_clinic()
    page = client.post("/book/", {f"f{n}": "x" for n in range(2001)})
    assert page.status_code == 400 and "We could not read that" in page.content.decode()


@pytest.mark.parametrize(
    "body, kind",
    [
        (b"\xff\xfe=\xff", "application/x-www-form-urlencoded"),
        (b"note=%ed%a0%80&name=%00", "application/x-www-form-urlencoded"),
        (b"--x\r\nno such part", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
        (b"{" * 5000, "application/json"),
        (b"a=b", "application/x-www-form-urlencoded; charset=no-such"),
    ],
)
def test_a_body_that_is_no_form(client, body, kind):
    client.raise_request_exception = False
    for path in ("/book/", "/request/find/", "/admin/login/"):
        # `generic`: the client itself would stumble over such a kind.
        assert client.generic("POST", path, body, content_type=kind).status_code in {200, 400}, path


CHOOSERS = ("/admin/choose-page/", "/admin/images/chooser/", "/admin/documents/chooser/")


@pytest.mark.parametrize("chooser", CHOOSERS)
@pytest.mark.parametrize("id_", ["abc", HUGE, "-1", "", "1e3"])
def test_nonsense_ids_at_choosers(admin_client, chooser, id_):
    assert admin_client.get(f"{chooser}chosen-multiple/", {"id": ["1", id_]}).status_code == 400
    assert (
        admin_client.get(
            f"{chooser}chosen-multiple/", {"id": Page.objects.get(depth=2).pk}
        ).status_code
        == 200
    )


def test_the_root_is_no_page_to_choose(admin_client):
    root = Page.objects.get(depth=1).pk
    assert admin_client.get("/admin/choose-page/chosen-multiple/", {"id": root}).status_code == 400
