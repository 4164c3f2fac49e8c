"""Passkeys: added by who is in, used by who is half-way in, and no other answer of a browser's counts."""

import json
from datetime import timedelta
from importlib import import_module

import cbor2
import pytest
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.test import RequestFactory
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice
from wagtail.models import ModelLogEntry

from accounts import challenges, passkeys, second_factor
from accounts.models import Passkey
from tests.accounts.authenticator import ES256, P256, PRESENT, Authenticator, raw, text
from tests.accounts.conftest import PASSWORD, code_of, sign_in
from tests.hostile.bodies import NASTY

pytestmark = pytest.mark.django_db
SIGN_IN, CODE, USE = "/admin/login/", "/admin/login/code/", "/admin/login/passkey/"
OWN, ADD = "/admin/logins/mine/", "/admin/logins/mine/passkeys/add/"


def is_in(client) -> bool:
    return client.get("/admin/").status_code == 200


def said(response) -> str:
    return " ".join(str(message) for message in response.wsgi_request._messages)


def actions():
    return list(ModelLogEntry.objects.order_by("pk").values_list("action", flat=True))


@pytest.fixture
def inside(client, ruth, with_app):
    """Ruth, in by a code of her app."""
    sign_in(client)
    client.post(CODE, {"code": code_of(with_app[0])})
    return client


def begin(client):
    """The password once more; returns the options of the page that follows."""
    client.post(ADD, {"password": PASSWORD})
    return client.get(ADD).context["options"]


def add(client, device, name="Work laptop", **changed):
    answer = device.create(begin(client)) | changed
    return client.post(ADD, {"name": name, "answer": json.dumps(answer)})


@pytest.fixture
def device():
    return Authenticator()


@pytest.fixture
def passkey(inside, device):
    """Ruth's, added through the pages; she is out again."""
    assert add(inside, device).url == OWN
    inside.logout()
    return Passkey.objects.get()


@pytest.fixture
def asked(client, passkey):
    """Half-way in; what her browser is told."""
    sign_in(client)
    return client.get(CODE).context["passkey"]


def use(client, answer, **extra):
    answer = answer if isinstance(answer, str) else json.dumps(answer)
    return client.post(USE, {"answer": answer}, **extra)


def is_refused(client, response) -> bool:
    assert response.status_code == 302 and response.url.startswith(CODE)
    page = client.get(response.url)
    return "That passkey was not accepted" in page.content.decode() and not is_in(client)


def test_a_passkey_is_added_and_listed(inside, device, ruth):
    assert add(inside, device).url == OWN
    passkey = Passkey.objects.get()
    assert passkey.user == ruth and bytes(passkey.credential_id) == device.id
    assert bytes(passkey.public_key) == device.cose_key() and passkey.last_used_at is None
    page = inside.get(OWN).content.decode()
    assert "Work laptop" in page and "not used yet" in page
    assert actions()[-1] == "accounts.add_passkey"
    assert ModelLogEntry.objects.get(action="accounts.add_passkey").user == ruth


def test_what_the_browser_is_told(inside, device, ruth):
    told = begin(inside)
    assert told["rp"]["id"] == "testserver" and told["user"]["name"] == "ruth"
    assert raw(told["user"]["id"]) != str(ruth.pk).encode() and told["attestation"] == "none"
    assert told["authenticatorSelection"]["userVerification"] == "required"
    assert told["excludeCredentials"] == []
    add(inside, device)
    assert [raw(one["id"]) for one in begin(inside)["excludeCredentials"]] == [device.id]
    inside.logout()
    sign_in(inside)
    told = inside.get(CODE).context["passkey"]
    assert told["rpId"] == "testserver" and told["userVerification"] == "required"
    assert [raw(one["id"]) for one in told["allowCredentials"]] == [device.id]


def test_it_lets_in_where_the_user_wanted_to_go(client, asked, device, passkey, mailoutbox):
    planted = client.session.session_key
    response = client.post(
        USE, {"answer": json.dumps(device.get(asked)), "next": "/admin/account/"}
    )
    assert response.url == "/admin/account/" and is_in(client)
    assert client.session.session_key != planted and "known-browser" in response.cookies
    assert client.get("/admin/").wsgi_request.user.otp_device == passkey
    passkey.refresh_from_db()
    assert timezone.now() - passkey.last_used_at < timedelta(minutes=1)
    assert not mailoutbox


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
    TOTPDevice.objects.update(throttling_failure_count=0)
    assert is_refused(client, use(client, device.get(asked)))


def test_a_challenge_is_void_after_five_minutes(client, passkey, device, clock):
    sign_in(client)
    asked = client.get(CODE).context["passkey"]
    clock.shift(challenges.SECONDS + 1)
    assert is_refused(client, use(client, device.get(asked)))


def test_two_answers_at_once_find_one_challenge(client, asked):
    """The second request has read the session before the first one wrote it."""
    first, second = client.session, client.session
    for session in (first, second):
        session.load()
    now = timezone.now()
    assert challenges.take(first, purpose="use", now=now) == raw(asked["challenge"])
    assert challenges.take(second, purpose="use", now=now) is None
    assert "passkey-use" not in Session.objects.get().get_decoded()


def test_the_challenge_of_somebody_else(client, asked, device, owner):
    other = client.__class__()
    sign_in(other)
    theirs = other.get(CODE).context["passkey"]
    assert is_refused(client, use(client, device.get(theirs)))


def tampered(device, **changes):
    for name, value in changes.items():
        setattr(device, name, value)
    return device


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
    second_factor.confirm(owner, code_of(second_factor.begin(owner), steps=-1))
    theirs = tampered(Authenticator(), id=b"olga's")
    Passkey.objects.create(
        user=owner, credential_id=theirs.id, public_key=theirs.cose_key(), created_at=timezone.now()
    )
    sign_in(client, "olga")
    asked = client.get(CODE).context["passkey"]
    assert [raw(one["id"]) for one in asked["allowCredentials"]] == [theirs.id]
    assert is_refused(client, use(client, device.get(asked)))


GARBAGE = [
    *NASTY,
    "[" * 15_000,
    '{"id":' * 2_000,
    "9" * 5_000,
    '{"id": 1, "rawId": null, "response": [], "type": {}}',
    "x" * 20_001,
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_a_wrong_answer(client, asked, garbage):
    garbage = garbage.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    assert is_refused(client, use(client, garbage))


def mangled(answer):
    """An answer with each of its parts damaged, one after the other."""
    for name in answer["response"]:
        good = raw(answer["response"][name])
        for bad in ("", "!", "é", None, 1, text(good[:-1]), text(b"x" + good), text(b"[" * 9_000)):
            yield answer | {"response": answer["response"] | {name: bad}}
    for name in ("id", "rawId", "type", "response"):
        for bad in ("", "é", None, 2**80, [], {}):
            yield answer | {name: bad}


def test_a_damaged_answer_is_a_wrong_one(client, asked, device, ruth):
    place = passkeys.Place("testserver", "http://testserver")
    right = device.get(asked)
    challenge = raw(asked["challenge"])
    for answer in mangled(right):
        assert passkeys.recognised(ruth, json.dumps(answer), challenge, place) is None, answer
    assert passkeys.recognised(ruth, json.dumps(right), challenge, place)


def test_wrong_answers_slow_down_codes_and_passkeys_alike(client, asked, device, with_app):
    use(client, "{}")
    asked = client.get(CODE).context["passkey"]
    assert is_refused(client, use(client, device.get(asked)))
    client.post(CODE, {"code": code_of(with_app[0])})
    assert not is_in(client)


def test_wrong_codes_slow_passkeys_down(client, asked, device, clock):
    asked = client.post(CODE, {"code": "000000"}).context["passkey"]
    assert is_refused(client, use(client, device.get(asked)))
    clock.shift(2)
    asked = client.get(CODE).context["passkey"]
    use(client, device.get(asked))
    assert is_in(client)
    assert TOTPDevice.objects.get().throttling_failure_count == 0


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
    assert passkey.sign_count == 7


@pytest.mark.parametrize("count", [7, 6, 0])
def test_a_count_that_went_back_is_refused_and_recorded(
    client, asked, device, passkey, ruth, count
):
    again(client, tampered(device, count=7))
    assert is_refused(client, again(client, tampered(device, count=count)))
    assert actions()[-1] == "accounts.refuse_passkey"
    passkey.refresh_from_db()
    assert passkey.sign_count == 7


def test_nobody_gets_a_passkey_recorded_as_copied_without_its_key(client, asked, device):
    again(client, tampered(device, count=7))
    again(client, tampered(device, count=1, key=Authenticator().key))
    assert "accounts.refuse_passkey" not in actions()


def test_no_code_is_ever_right_for_it(passkey, ruth):
    from django_otp import match_token, verify_token

    assert not passkey.verify_token("000000")
    assert verify_token(ruth, passkey.persistent_id, "000000") is None
    assert match_token(ruth, "") is None


# --- adding ----------------------------------------------------------------------------------


def test_half_way_in_nobody_adds_one(client, ruth, with_app, device):
    sign_in(client)
    assert client.get(ADD).url.startswith(SIGN_IN)
    assert client.post(ADD, {"password": PASSWORD}).url.startswith(SIGN_IN)
    session = client.session
    session["adding-passkey"] = int(timezone.now().timestamp())
    challenge = challenges.lay(session, purpose="add", now=timezone.now())
    session.save()
    answer = device.create({"rp": {"id": "testserver"}, "challenge": text(challenge)})
    response = client.post(ADD, {"name": "Mine", "answer": json.dumps(answer)})
    assert response.url.startswith(SIGN_IN) and not Passkey.objects.exists()


def test_not_before_the_app(client, ruth):
    sign_in(client)
    assert client.get(ADD).url == OWN
    assert client.post(ADD, {"password": PASSWORD}).url == OWN
    assert "Set up your app first" in client.get(OWN).content.decode()
    assert "Add a passkey" not in client.get(OWN).content.decode()


def test_not_without_the_password(inside, device):
    assert "options" not in inside.get(ADD).context
    assert inside.post(ADD, {"password": "wrong"}).context["form"].errors
    answer = device.create({"rp": {"id": "testserver"}, "challenge": text(b"x" * 32)})
    page = inside.post(ADD, {"name": "Mine", "answer": json.dumps(answer)})
    assert "password" in page.context["form"].errors and not Passkey.objects.exists()


def test_the_password_is_good_for_one_passkey_and_a_quarter_of_an_hour(inside, device, clock):
    add(inside, device)
    assert "password" in inside.get(ADD).context["form"].fields
    begin(inside)
    clock.shift(15 * 60 + 1)
    assert "password" in inside.get(ADD).context["form"].fields


def test_the_password_was_given_in_this_very_login(inside, device, with_app):
    begin(inside)
    thief = inside.__class__()
    sign_in(thief)
    thief.post(CODE, {"code": with_app[1][0]})
    assert "password" in thief.get(ADD).context["form"].fields


def test_the_same_passkey_twice_is_refused(inside, device):
    add(inside, device)
    page = add(inside, device, name="Again")
    assert "The passkey was not added" in page.content.decode()
    assert Passkey.objects.get().name == "Work laptop"


def test_sending_it_twice_adds_one(inside, device):
    answer = {"name": "Mine", "answer": json.dumps(device.create(begin(inside)))}
    assert inside.post(ADD, answer).url == OWN
    assert inside.post(ADD, answer).context["form"].errors
    assert Passkey.objects.count() == 1 and actions().count("accounts.add_passkey") == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"origin": "https://clinic.example.com"},
        {"flags": PRESENT},
        {"id": b"x" * 1024},
        {"statement": ("packed", {"alg": -7, "sig": b"x", "x5c": [b"x"]})},
        {"statement": ("tpm", {})},
        {"statement": ([], 1)},
        {"cose_key": lambda: b"\xa0"},
        {"cose_key": lambda: cbor2.dumps({1: 2, 3: ES256, -1: P256, -2: b"x" * 32, -3: b"y" * 32})},
        {"cose_key": lambda: b"\x60"},
    ],
    ids=range(9),
)
def test_what_is_no_new_passkey(inside, device, changes):
    page = add(inside, tampered(device, **changes))
    assert page.status_code == 200 and "The passkey was not added" in page.content.decode()
    assert not Passkey.objects.exists()


@pytest.mark.parametrize("kind", ["packed", "tpm"])
def test_no_certificate_is_read(inside, device, monkeypatch, kind):
    """Whatever the library would think of it: nobody asked."""
    module = import_module("webauthn.registration.verify_registration_response")
    monkeypatch.setattr(module, f"verify_{kind}", lambda **given: True)
    statement = {"alg": ES256, "sig": b"x", "x5c": [b"x"]}
    page = add(inside, tampered(device, statement=(kind, statement)))
    assert "The passkey was not added" in page.content.decode() and not Passkey.objects.exists()
    del statement["x5c"]
    assert (add(inside, device).status_code == 302) == (kind == "packed")


def test_a_challenge_is_void_for_adding_too(inside, device, clock):
    answer = device.create(begin(inside))
    clock.shift(challenges.SECONDS + 1)
    page = inside.post(ADD, {"name": "Mine", "answer": json.dumps(answer)})
    assert page.context["form"].errors and not Passkey.objects.exists()
    # The page that came back asks anew.
    answer = device.create(page.context["options"])
    assert inside.post(ADD, {"name": "Mine", "answer": json.dumps(answer)}).url == OWN


@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_adds_nothing(inside, garbage):
    garbage = garbage.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    begin(inside)
    page = inside.post(ADD, {"name": "Mine", "answer": garbage})
    assert page.status_code == 200 and page.context["form"].errors
    assert not Passkey.objects.exists()


def test_a_damaged_new_passkey_is_none(inside, device, ruth):
    place = passkeys.Place("testserver", "http://testserver")
    options = begin(inside)
    challenge = raw(options["challenge"])
    for answer in mangled(device.create(options)):
        read = passkeys.unless_nonsense
        assert read(passkeys.registration, json.dumps(answer), challenge, place) is None, answer


def test_a_passkey_wants_a_name(inside, device):
    answer = json.dumps(device.create(begin(inside)))
    for name in ("", "x" * 65, "\x00"):
        assert inside.post(ADD, {"name": name, "answer": answer}).context["form"].errors
    assert not Passkey.objects.exists()


# --- removing --------------------------------------------------------------------------------


def test_a_passkey_is_removed_with_the_password(inside, device, ruth):
    add(inside, device)
    where = f"{OWN}passkeys/{Passkey.objects.get().pk}/remove/"
    assert "Work laptop" in inside.get(where).content.decode()
    assert inside.post(where, {"password": "wrong"}).context["form"].errors
    assert Passkey.objects.exists()

    assert inside.post(where, {"password": PASSWORD}).url == OWN

    assert not Passkey.objects.exists() and is_in(inside)
    assert actions()[-1] == "accounts.remove_passkey"
    assert inside.post(where, {"password": PASSWORD}).status_code == 404


def test_removing_it_ends_what_it_let_in_elsewhere(client, asked, device, passkey):
    use(client, device.get(asked))
    elsewhere = client.__class__()
    sign_in(elsewhere)
    use(elsewhere, device.get(elsewhere.get(CODE).context["passkey"]))
    assert is_in(client) and is_in(elsewhere)
    client.post(f"{OWN}passkeys/{passkey.pk}/remove/", {"password": PASSWORD})
    assert is_in(client) and not is_in(elsewhere)


def test_nobody_removes_anothers(client, passkey, owner):
    client.force_login(owner)
    where = f"{OWN}passkeys/{passkey.pk}/remove/"
    assert client.get(where).status_code == 404
    assert client.post(where, {"password": PASSWORD}).status_code == 404
    client.logout()
    assert client.post(where, {"password": PASSWORD}).url.startswith(SIGN_IN)
    sign_in(client)
    assert client.post(where, {"password": PASSWORD}).url.startswith(SIGN_IN)
    assert Passkey.objects.exists()


def test_a_user_without_the_admin_has_no_such_page(client, ruth):
    ruth.groups.remove(Group.objects.get(name="Front desk"))
    client.force_login(ruth)
    assert client.get(ADD).status_code == 302 and client.get(ADD).url != OWN


def test_a_reset_takes_passkeys_away(client, asked, device, passkey, ruth, owner):
    use(client, device.get(asked))
    other = client.__class__()
    other.force_login(owner)
    assert "Yes, with a passkey" in other.get("/admin/logins/").content.decode()
    other.post(f"/admin/logins/{ruth.pk}/reset/")
    assert not Passkey.objects.exists() and not is_in(client)
    assert "Yes, with a passkey" not in other.get("/admin/logins/").content.decode()


def test_another_phone_leaves_passkeys_alone(passkey, ruth):
    second_factor.confirm(ruth, code_of(second_factor.begin(ruth), steps=-1))
    assert Passkey.objects.get() == passkey


# --- methods, and nobody ---------------------------------------------------------------------


def test_using_one_takes_a_post(client, asked):
    assert client.get(USE).status_code == 405


def test_nobody_and_who_is_in_already(client, inside, device, ruth):
    stranger = client.__class__()
    assert use(stranger, "{}").url == SIGN_IN
    assert use(inside, "{}").url == SIGN_IN
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
