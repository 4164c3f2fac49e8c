"""What is kept of a form whose login had ended: how much, how long, for whom."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
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
        assert interrupted.keep(browser_of(ruth, data=data)) is False
    assert interrupted.keep(web_request(method="post", data={"note": "x"})) is False
    row = InterruptedForm.objects.get()
    assert (row.user, row.path, row.page) == (ruth, "/admin/requests/1/", "/admin/")
    assert row.fields[0][0] == "note"


@pytest.mark.postgresql
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
    interrupted.keep(browser_of(ruth, data={"note": "z"}))
    assert InterruptedForm.objects.get().fields == [["note", "z"]]
    clock.shift(60 * 60)
    assert interrupted.sweep(now=timezone.now()) == 1


@pytest.mark.postgresql
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


OWN, OTHER = "http://testserver", "http://elsewhere.example"


@of_database
@pytest.mark.parametrize(
    ("path", "origin", "data", "kept"),
    [
        ("/admin/requests/1/", OWN, {"note": "x"}, True),
        ("/admin/requests/1/", OWN, {}, False),
        ("/admin/requests/1/", OTHER, {"note": "x"}, False),
        ("/admin/requests/1/", None, {"note": "x"}, False),
        ("/admin/login/", OWN, {"note": "x"}, False),
        ("/admin/password_reset/", OWN, {"note": "x"}, False),
        ("/contact/", OWN, {"note": "x"}, False),
    ],
)
def test_what_an_older_page_keeps(ruth, path, origin, data, kept):
    request = browser_of(ruth, path=path, data=data)
    request.META |= {"HTTP_ORIGIN": origin} if origin else {}
    response = interrupted.csrf_failure(request, "token")
    assert response.status_code == (302 if kept else 403)
    assert not kept or response.url == "/admin/logins/mine/typed/"
    assert InterruptedForm.objects.exists() is kept


LOGIN = "/admin/login/?next=/admin/"


@of_database
@pytest.mark.parametrize(
    ("method", "answer", "led"),
    [
        ("post", HttpResponseRedirect(LOGIN), True),
        ("get", HttpResponseRedirect(LOGIN), False),
        ("post", HttpResponsePermanentRedirect(LOGIN), False),
        ("post", HttpResponseRedirect("/admin/pages/"), False),
        ("post", HttpResponse(status=403), False),
    ],
)
def test_which_answers_lead_to_the_login(ruth, method, answer, led):
    request = browser_of(ruth, method=method, data={"note": "x"})
    request.user = AnonymousUser()
    response = interrupted.KeepWhatWasTyped(lambda _request: answer)(request)
    assert (response is answer) is not led and InterruptedForm.objects.exists() is led
    assert not led or response.url == "/admin/login/?next=%2Fadmin%2Flogins%2Fmine%2Ftyped%2F"


@of_database
@pytest.mark.parametrize(
    ("path", "marked"), [("/admin/", True), ("/", False), ("/admin/login/", False)]
)
def test_only_the_admin_marks_a_browser(ruth, path, marked):
    response = interrupted.KeepWhatWasTyped(lambda _request: HttpResponse())(
        web_request(path, user=ruth)
    )
    assert (interrupted.COOKIE in response.cookies) is marked


@pytest.mark.postgresql
@of_database
def test_one_of_two_texts_is_discarded(ruth):
    request = browser_of(ruth, data={"note": "x"})
    interrupted.keep(request)
    request.path = "/admin/requests/2/"
    interrupted.keep(request)
    first, second = InterruptedForm.objects.all()
    request.POST = {"interrupted": str(first.pk)}
    interrupted.KeepWhatWasTyped(lambda _request: HttpResponse())(request)
    assert InterruptedForm.objects.get() == second


@pytest.mark.parametrize(
    ("text", "ids"),
    [("12", [12]), ("9" * 18, [int("9" * 18)]), ("9" * 19, []), ("x", []), ("", [])],
)
def test_which_row_a_form_names(text, ids):
    assert interrupted._ids(text) == ids


def test_what_somebody_may_have_typed():
    fields = [["12-note_for_us", " x "], ["version", "3"], ["empty", "  "], ["name", "Mia"]]
    assert interrupted._shown(fields) == [("Note for us", " x "), ("Name", "Mia")]
