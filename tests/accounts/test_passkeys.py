"""Passkeys: used by who is half-way in, and no other answer of a browser's counts."""

import json
from datetime import timedelta

import pytest
from allauth.core.context import request_context
from allauth.mfa.webauthn.internal.auth import STATE_SESSION_KEY, WebAuthn
from django.contrib.sessions.models import Session
from django.test import RequestFactory
from django.utils import timezone

from accounts import challenges, passkeys
from tests.accounts.authenticator import GARBAGE, PRESENT, Authenticator, mangled, raw, tampered
from tests.accounts.conftest import (
    CODE,
    SIGN_IN,
    actions,
    add,
    begin,
    enrol,
    is_in,
    sign_in,
    use,
    web_request,
)

pytestmark = pytest.mark.django_db


def is_refused(client, response) -> bool:
    assert response.status_code == 302 and response.url.startswith(CODE)
    page = client.get(response.url)
    return "That passkey was not accepted" in page.content.decode() and not is_in(client)


def test_what_the_browser_is_told(inside, device, ruth):
    told = begin(inside)
    assert told["rp"]["id"] == "testserver" and told["user"]["name"] == "ruth"
    assert raw(told["user"]["id"]) != str(ruth.pk).encode() and "attestation" not in told
    chosen = {"userVerification": "required", "residentKey": "preferred"}
    assert told["authenticatorSelection"] == chosen | {"requireResidentKey": False}
    assert told["excludeCredentials"] == []
    add(inside, device)
    assert [raw(one["id"]) for one in begin(inside)["excludeCredentials"]] == [device.id]
    inside.logout()
    sign_in(inside)
    told = inside.get(CODE).context["passkey"]
    assert told["rpId"] == "testserver" and told["userVerification"] == "required"
    assert [raw(one["id"]) for one in told["allowCredentials"]] == [device.id]


def test_it_lets_in_where_user_wanted(client, passkey, device):
    sign_in(client, to="/admin/account/")
    planted = client.session.session_key
    response = use(client, device.get(client.get(CODE).context["passkey"]))
    assert response.url == "/admin/account/" and is_in(client)
    assert client.session.session_key != planted and "known-browser" in response.cookies
    passkey.refresh_from_db()
    assert timezone.now() - passkey.last_used_at < timedelta(minutes=1)


def test_without_one_nothing_is_offered(client, ruth, with_app):
    sign_in(client)
    page = client.get(CODE)
    assert page.context["passkey"] is None and "data-passkey" not in page.content.decode()


def test_the_page_works_without_the_script(client, asked):
    page = client.get(CODE).content.decode()
    assert 'data-passkey="get" data-origin="http://testserver" hidden' in page
    assert 'name="code"' in page


def test_the_code_works_as_ever(client, asked, with_app):
    assert client.post(CODE, {"code": with_app[1][0]}).status_code == 302
    assert is_in(client)


# --- what is no right answer -----------------------------------------------------------------


def test_an_answer_works_once(client, asked, device):
    answer = device.get(asked)
    use(client, answer)
    client.logout()
    sign_in(client)
    client.get(CODE)
    assert is_refused(client, use(client, answer))


def test_a_wrong_answer_uses_the_challenge_up(client, asked, device):
    use(client, "{}")
    assert is_refused(client, use(client, device.get(asked)))


def test_a_challenge_is_void_after_five_minutes(client, passkey, device, clock):
    sign_in(client)
    asked = client.get(CODE).context["passkey"]
    clock.shift(challenges.SECONDS + 1)
    assert is_refused(client, use(client, device.get(asked)))


@pytest.mark.postgresql
def test_two_answers_at_once_find_one_challenge(client, asked):
    """The second request has read the session before the first one wrote it."""
    first, second = client.session, client.session
    for session in (first, second):
        session.load()
    now = timezone.now()
    with challenges.taken(first, now=now) as waits:
        assert waits and first[STATE_SESSION_KEY]["challenge"] == asked["challenge"]
    with challenges.taken(second, now=now) as waits:
        assert not waits and STATE_SESSION_KEY not in second
    assert STATE_SESSION_KEY not in Session.objects.get().get_decoded()


def test_the_challenge_of_somebody_else(client, asked, device, owner):
    other = client.__class__()
    sign_in(other)
    theirs = other.get(CODE).context["passkey"]
    assert is_refused(client, use(client, device.get(theirs)))


@pytest.mark.parametrize(
    "changes",
    [
        {"origin": "https://clinic.example.com"},
        {"flags": PRESENT},
        {"flags": 0},
        {"id": b"another"},
        {"key": Authenticator().key},
    ],
    ids=[
        "another site",
        "nobody verified",
        "nobody there",
        "an unknown one",
        "another's signature",
    ],
)
def test_an_answer_that_does_not_fit(client, asked, device, changes):
    assert is_refused(client, use(client, tampered(device, **changes).get(asked)))


def test_an_answer_to_another_host(client, asked, device):
    assert is_refused(client, use(client, device.get(asked | {"rpId": "example.com"})))


def test_a_new_passkey_is_no_answer(client, asked, device):
    answer = device.create(asked | {"rp": {"id": "testserver"}})
    assert is_refused(client, use(client, answer))


def test_another_users_passkey(client, passkey, device, owner):
    enrol(owner)
    theirs = tampered(Authenticator(), id=b"olga's")
    made = theirs.create({"rp": {"id": "testserver"}, "challenge": ""})
    WebAuthn.add(owner, "Olga's", made)
    sign_in(client, "olga")
    asked = client.get(CODE).context["passkey"]
    assert [raw(one["id"]) for one in asked["allowCredentials"]] == [theirs.id]
    assert is_refused(client, use(client, device.get(asked)))


@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_a_wrong_answer(client, asked, garbage):
    garbage = garbage.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    assert is_refused(client, use(client, garbage))


def request_of(client):
    request = web_request()
    request.session = client.session
    return request


def test_damaged_answer_is_wrong(client, asked, device, ruth):
    right, request = device.get(asked), request_of(client)
    state = dict(request.session[STATE_SESSION_KEY])
    with request_context(request):
        for answer in mangled(right):
            request.session[STATE_SESSION_KEY] = state
            assert passkeys.recognised(request, ruth, json.dumps(answer)) is None, answer
        request.session[STATE_SESSION_KEY] = state
        assert passkeys.recognised(request, ruth, json.dumps(right))


def again(client, device):
    """Out, and in again by the passkey."""
    client.logout()
    sign_in(client)
    return use(client, device.get(client.get(CODE).context["passkey"]))


def test_a_count_that_goes_on_is_right(client, asked, device, passkey):
    for count in (1, 2, 7):
        again(client, tampered(device, count=count))
        assert is_in(client)
    passkey.refresh_from_db()
    assert passkey.data["count"] == 7


@pytest.mark.parametrize("count", [7, 6, 0])
def test_count_that_went_back_is_refused(client, asked, device, passkey, ruth, count):
    again(client, tampered(device, count=7))
    assert is_refused(client, again(client, tampered(device, count=count)))
    assert actions()[-1] == "accounts.refuse_passkey"
    passkey.refresh_from_db()
    assert passkey.data["count"] == 7


def test_nobody_else_records_a_passkey_as_copied(client, asked, device):
    again(client, tampered(device, count=7))
    again(client, tampered(device, count=1, key=Authenticator().key))
    assert "accounts.refuse_passkey" not in actions()


# --- methods, and nobody ---------------------------------------------------------------------


def test_nobody_and_who_is_in_already(client, inside, device, ruth):
    stranger = client.__class__()
    assert use(stranger, "{}").url == SIGN_IN
    assert use(inside, "{}").url == "/admin/"
    assert is_in(inside)


# --- whose site it is ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address, host, origin",
    [
        ("https://clinic.example.org", "clinic.example.org", "https://clinic.example.org"),
        ("https://Clinic.example.org:443", "clinic.example.org", "https://clinic.example.org"),
        (
            "https://clinic.example.org:8443",
            "clinic.example.org",
            "https://clinic.example.org:8443",
        ),
        ("https://clinic.example.org:80", "clinic.example.org", "https://clinic.example.org:80"),
        ("http://clinic.example.org:80", "clinic.example.org", "http://clinic.example.org"),
        ("http://clinic.example.org:443", "clinic.example.org", "http://clinic.example.org:443"),
    ],
)
def test_in_production_the_settings_say_whose_it_is(settings, address, host, origin):
    settings.PRODUCTION, settings.SITE_URL = True, address
    settings.ALLOWED_HOSTS = ["*"]
    request = RequestFactory().get("/", HTTP_HOST="evil.example.com", secure=True)
    assert passkeys.place(request) == passkeys.Place(host, origin)


def test_on_a_trial_site_the_request_does(settings):
    settings.ALLOWED_HOSTS = ["localhost"]
    request = RequestFactory().get("/", HTTP_HOST="localhost:8123")
    assert passkeys.place(request) == passkeys.Place("localhost", "http://localhost:8123")
