"""How long a login lasts, who sees it, and who can end it."""

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from accounts import sessions
from tests.accounts.conftest import CODE, sign_in


def row_of(client):
    return UserSession.objects.get(session_key=client.session.session_key).pk


pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def limits(settings):
    settings.SESSION_IDLE_MINUTES, settings.SESSION_HOURS = 60, 12
    settings.SESSION_COOKIE_AGE = 12 * 60 * 60


def is_in(client) -> bool:
    return client.get("/admin/").status_code == 200


def test_an_hour_without_doing_anything_ends_it(client, ruth, clock):
    sign_in(client)
    for _ in range(3):
        clock.shift(59 * 60)
        assert is_in(client)
    clock.shift(61 * 60)
    assert not is_in(client)
    assert not Session.objects.exists()


def test_twelve_hours_end_it_whatever_happens(client, ruth, clock):
    sign_in(client)
    for _ in range(14):
        clock.shift(50 * 60)
        assert is_in(client)
    clock.shift(50 * 60)
    assert not is_in(client)


def test_page_that_asks_by_itself_is_nobody(client, ruth, clock):
    sign_in(client)
    for _ in range(3):
        clock.shift(25 * 60)
        client.post("/admin/editing-sessions/ping/wagtailcore/page/1/1/")
    assert not is_in(client)


def test_a_login_gets_a_key_that_nobody_planted(client, ruth, db):
    session = client.session
    session["x"] = 1
    session.save()
    planted = session.session_key
    sign_in(client)
    assert client.session.session_key != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_ones_own_logins_are_listed_and_ended(client, ruth, owner):
    sign_in(client, HTTP_USER_AGENT=FIREFOX)
    other, stranger = client.__class__(), client.__class__()
    sign_in(other)
    sign_in(stranger, "olga")
    page = client.get("/admin/logins/mine/")
    text = page.content.decode()
    assert "Firefox on Linux" in text and "this one" in text
    assert len(page.context["logins"]) == 2
    assert other.session.session_key not in text and f"/end/{row_of(other)}/" in text

    client.post(f"/admin/logins/end/{row_of(other)}/")

    assert not is_in(other) and is_in(client)
    client.post(f"/admin/logins/end/{row_of(stranger)}/")
    assert is_in(stranger)


def test_the_owner_ends_anybodys(client, ruth, owner):
    sign_in(client, "olga")
    other = client.__class__()
    sign_in(other)
    assert "ruth" in client.get("/admin/logins/").content.decode()
    client.post(f"/admin/logins/end/{row_of(other)}/")
    assert not is_in(other)


@pytest.mark.postgresql
def test_logins_ended_by_password_are_not_listed(client, ruth, owner):
    left = client.__class__()
    sign_in(left)
    sign_in(client, "olga")
    ruth.set_password("quite another password")
    ruth.save()

    rows = client.get("/admin/logins/").context["rows"]
    assert {row["user"].username: len(row["logins"]) for row in rows} == {"olga": 1, "ruth": 0}
    assert not is_in(left)


def test_password_alone_is_no_login(client, ruth, with_app):
    half_way = client.__class__()
    sign_in(half_way)
    sign_in(client)
    client.post(CODE, {"code": with_app[1][0]})

    page = client.get("/admin/logins/mine/")

    assert [one.row.pk for one in page.context["logins"]] == [row_of(client)]
    assert "_auth_user_id" not in half_way.session


@pytest.mark.postgresql
def test_list_forgets_sessions_that_are_over(client, ruth, clock):
    sign_in(client)
    other = client.__class__()
    sign_in(other)
    other.logout()
    assert UserSession.objects.count() == 2
    assert sessions.sweep(now=None) == 1
    assert UserSession.objects.get().pk == row_of(client)


def test_no_address_is_kept_beside_login(client, ruth):
    sign_in(client, REMOTE_ADDR="192.0.2.7")
    assert UserSession.objects.get().ip == "0.0.0.0"  # noqa: S104


def test_the_login_of_a_deleted_user_is_none(client, ruth, owner):
    left = client.__class__()
    sign_in(left)
    handle = row_of(left)
    sign_in(client, "olga")
    ruth.delete()

    assert client.post(f"/admin/logins/end/{handle}/").status_code == 302
    assert not is_in(left)


def test_looking_does_not_end_anything(client, ruth):
    sign_in(client)
    handle = row_of(client)
    assert client.get(f"/admin/logins/end/{handle}/").status_code == 405
    assert is_in(client)


@pytest.mark.parametrize(
    "agent, name",
    [
        (FIREFOX, "Firefox on Linux"),
        ("Mozilla/5.0 (iPhone) AppleWebKit Version/19 Mobile Safari/604", "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT) Chrome/140 Safari/537 Edg/140", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64)", "Linux"),
        ("Firefox/140", "Firefox"),
        ("curl/8", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_browsers_by_names_that_people_know(agent, name):
    assert sessions.browser_name(agent) == name
