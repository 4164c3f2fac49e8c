"""What staff typed outlives their login."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.models import InterruptedForm
from bookings.enums import RequestStatus
from tests.accounts.conftest import PASSWORD, SIGN_IN, sign_in
from tests.factories import make_clinic, make_request

pytestmark = pytest.mark.django_db
PAGE = "/admin/logins/mine/typed/"


@pytest.fixture(autouse=True)
def limits(settings):
    settings.SESSION_IDLE_MINUTES, settings.SESSION_HOURS = 60, 12


@pytest.fixture
def asked(clock, ruth):
    service, location, _people = make_clinic(practitioners=2)
    return make_request(service, location, now=timezone.now())


@pytest.fixture
def path(asked):
    return f"/admin/requests/{asked.reference}/"


@pytest.fixture
def typed(asked):
    return {"version": asked.version, "question": "Which hip,\nand since when?"}


def at_the_form(client, path):
    sign_in(client)
    assert client.get(path).status_code == 200


def ask(client, path, typed):
    return client.post(f"{path}ask/", typed, headers={"Referer": f"http://testserver{path}"})


def log_in_again(client, response, user="ruth"):
    assert response.url.startswith(SIGN_IN) and "Which" not in response.url
    data = {"username": user, "login": user, "password": PASSWORD}
    return client.post(response.url, data, follow=True)


@pytest.mark.parametrize("how", ["an hour passed", "ended elsewhere", "logged out"])
def test_typed_text_is_there_after_login(client, ruth, path, typed, asked, clock, how):
    at_the_form(client, path)
    if how == "an hour passed":
        clock.shift(61 * 60)
    elif how == "ended elsewhere":
        Session.objects.all().delete()
    else:
        client.post("/admin/logout/")
    response = ask(client, path, typed)
    page = log_in_again(client, response)
    assert page.redirect_chain[-1][0] == PAGE and page.status_code == 200
    assert "Which hip,<br>and since when?" in page.text and "was not sent" in page.text
    asked.refresh_from_db()
    row = InterruptedForm.objects.get()
    sent = dict(row.fields) | {"interrupted": row.pk}
    assert client.post(row.path, sent).status_code == 302
    asked.refresh_from_db()
    assert asked.status == RequestStatus.INFO_NEEDED and asked.staff_message == typed["question"]
    assert not InterruptedForm.objects.exists()


def test_the_text_is_in_no_cookie(client, path, typed):
    at_the_form(client, path)
    Session.objects.all().delete()
    response = ask(client, path, typed)
    assert "Which" not in str(client.cookies) + str(response.headers)


def test_a_colleague_on_the_same_computer_sees_nothing(client, path, typed, owner):
    at_the_form(client, path)
    Session.objects.all().delete()
    page = log_in_again(client, ask(client, path, typed), user="olga")
    assert page.status_code == 200 and "Which" not in page.text
    page = client.get(PAGE)
    assert "Which" not in page.text and "nothing left to send" in page.text


def test_another_browser_of_theirs_sees_nothing(client, path, typed):
    at_the_form(client, path)
    Session.objects.all().delete()
    ask(client, path, typed)
    other = Client()
    sign_in(other)
    assert "Which" not in other.get(PAGE).text


def test_it_is_forgotten_after_an_hour(client, path, typed, clock):
    at_the_form(client, path)
    Session.objects.all().delete()
    response = ask(client, path, typed)
    clock.shift(61 * 60)
    assert "Which" not in log_in_again(client, response).text


def test_a_stranger_fills_no_table(client, path, typed):
    response = ask(client, path, typed)
    assert response.url.startswith(SIGN_IN) and not InterruptedForm.objects.exists()


def test_a_login_without_text_leads_to_a_page(client, path, typed):
    """Where nothing was kept, the login leads to where the form was, never to the address of a POST."""
    page = log_in_again(client, ask(client, path, typed))
    assert page.redirect_chain[-1][0] == path and page.status_code == 200


def test_passwords_and_secrets_are_never_kept(client, path):
    at_the_form(client, path)
    Session.objects.all().delete()
    secret = {"password1": "x", "password2": "x", "7-secret_address": "x"}
    client.post("/admin/users/new/", {"username": "new"} | secret)
    assert InterruptedForm.objects.get().fields == [["username", "new"]]


def test_scripts_of_a_page_keep_nothing(client, path, typed):
    at_the_form(client, path)
    Session.objects.all().delete()
    client.post(f"{path}ask/", typed, headers={"Sec-Fetch-Mode": "cors"})
    client.post(f"{path}presence/", {"a": "b"})
    assert not InterruptedForm.objects.exists()


def test_sent_twice_it_is_kept_once(client, path, typed):
    at_the_form(client, path)
    Session.objects.all().delete()
    ask(client, path, typed)
    ask(client, path, typed | {"question": "Which knee?"})
    assert dict(InterruptedForm.objects.get().fields)["question"] == "Which knee?"


@pytest.mark.postgresql
def test_it_may_be_discarded(client, path, typed):
    at_the_form(client, path)
    Session.objects.all().delete()
    log_in_again(client, ask(client, path, typed))
    page = client.post(PAGE, {"interrupted": InterruptedForm.objects.get().pk}, follow=True)
    assert "Discarded." in page.text
    assert not InterruptedForm.objects.exists()


def test_a_page_from_before_the_login_keeps_its_text(ruth, path, typed):
    """The login in another tab has changed the token against forged requests."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(ruth)
    client.get(path)
    same = client.post(f"{path}ask/", typed, headers={"Origin": "http://testserver"})
    assert same.url == PAGE and InterruptedForm.objects.count() == 1
    forged = client.post(f"{path}note/", {"text": "x"}, headers={"Origin": "http://evil.example"})
    assert forged.status_code == 403 and InterruptedForm.objects.count() == 1
