"""What is kept of a form whose login had ended: how much, how long, for whom."""

from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse
from django.utils import timezone

from accounts import interrupted
from accounts.models import InterruptedForm
from tests.accounts.conftest import web_request

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)
of_database = pytest.mark.django_db


def at(seconds):
    return NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("mode", "path", "background"),
    [
        ("navigate", "/admin/requests/", False),
        ("cors", "/admin/requests/", True),
        (None, "/admin/requests/", False),
        ("navigate", "/admin/editing-sessions/ping/", True),
    ],
)
def test_what_a_script_sends(mode, path, background):
    headers = {"Sec-Fetch-Mode": mode} if mode else {}
    assert interrupted.is_background(web_request(path, **headers)) is background


@pytest.mark.parametrize(
    ("referer", "page"),
    [
        ("http://testserver/admin/requests/1/?x=2", "/admin/requests/1/"),
        ("http://elsewhere/admin/requests/1/", "/admin/"),
        ("http://testserver/guide/", "/admin/"),
        ("", "/admin/"),
    ],
)
def test_where_a_form_came_from(referer, page):
    assert interrupted.came_from(web_request(Referer=referer)) == page


def browser_of(user, *, method="post", path="/admin/requests/1/", data=None):
    """A request of the browser in which this user was logged in last."""
    request, response = web_request(user=user), HttpResponse()
    interrupted.mark_browser(request, response)
    cookie = response.cookies[interrupted.COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", "")
    again = web_request(path, user=user, method=method, data=data)
    again.COOKIES[interrupted.COOKIE] = cookie.value
    unchanged = HttpResponse()
    interrupted.mark_browser(again, unchanged)
    assert not unchanged.cookies
    return again


@of_database
def test_no_more_is_kept_than_somebody_types(ruth):
    for size, kept in ((200_000, True), (200_001, False)):
        data = {"note": "x" * (size - len("note"))}
        assert interrupted.keep(browser_of(ruth, data=data)) is kept
    for data in ({}, {"csrfmiddlewaretoken": "x"}, {"interrupted": "1"}, {"new_Password": "x"}):
        assert not interrupted.keep(browser_of(ruth, data=data))
    assert not interrupted.keep(web_request(method="post", data={"note": "x"}))
    row = InterruptedForm.objects.get()
    assert (row.user, row.path, row.page) == (ruth, "/admin/requests/1/", "/admin/")
    assert row.fields[0][0] == "note"


@of_database
def test_what_was_typed_is_kept_an_hour(ruth, owner, clock):
    request = browser_of(ruth, data={"note": "x"})
    interrupted.keep(request)
    other = browser_of(owner, data={"note": "y"}, path="/admin/requests/2/")
    interrupted.keep(other)
    assert [row.user for row in interrupted.own_rows(request)] == [ruth]
    request.user = owner
    assert not interrupted.own_rows(request).exists()
    request.user = ruth
    clock.shift(60 * 60 - 1)
    assert interrupted.own_rows(request).exists()
    assert interrupted.sweep(now=timezone.now()) == 0
    clock.shift(1)
    assert not interrupted.own_rows(request).exists()
    assert interrupted.sweep(now=timezone.now()) == 2


@of_database
def test_each_page_has_its_own_text(ruth):
    request = browser_of(ruth, data={"note": "first"})
    interrupted.keep(request)
    second = web_request("/admin/requests/1/", user=ruth, method="post", data={"note": "second"})
    third = web_request("/admin/requests/2/", user=ruth, method="post", data={"note": "third"})
    for one in (second, third):
        one.COOKIES = request.COOKIES
        interrupted.keep(one)
    rows = InterruptedForm.objects.order_by("pk")
    assert [row.fields for row in rows] == [[["note", "second"]], [["note", "third"]]]
    interrupted.keep(browser_of(ruth, data={"note": "of another browser"}))
    assert rows.all().count() == 3


@pytest.mark.parametrize(
    ("text", "ids"),
    [("12", [12]), ("9" * 18, [int("9" * 18)]), ("9" * 19, []), ("x", []), ("", [])],
)
def test_which_row_a_form_names(text, ids):
    assert interrupted._ids(text) == ids


def test_what_somebody_may_have_typed():
    fields = [["12-note_for_us", " x "], ["version", "3"], ["empty", "  "], ["name", "Mia"]]
    assert interrupted._shown(fields) == [("Note for us", " x "), ("Name", "Mia")]
