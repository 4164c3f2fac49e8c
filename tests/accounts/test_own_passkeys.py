"""Passkeys of one's own: added and removed with the password once more; and the owner's reset."""

import json
import tracemalloc

import pytest
from allauth.core.context import request_context
from allauth.mfa.webauthn.internal.auth import STATE_SESSION_KEY
from django.contrib.auth.models import Group
from fido2 import cbor
from wagtail.models import ModelLogEntry

from accounts import challenges, passkeys
from tests.accounts.authenticator import (
    ES256,
    GARBAGE,
    P256,
    PRESENT,
    mangled,
    tampered,
    text,
)
from tests.accounts.conftest import (
    ADD,
    CODE,
    CONFIRM,
    OWN,
    PASSWORD,
    SIGN_IN,
    actions,
    add,
    begin,
    come_in,
    confirm,
    enrol,
    is_in,
    passkeys_of,
    sign_in,
    use,
    web_request,
)

pytestmark = pytest.mark.django_db


@pytest.mark.postgresql
def test_passkey_is_added_and_listed(inside, device, ruth, mailoutbox):
    assert add(inside, device).url == OWN
    passkey = passkeys_of().get()
    shown = passkey.wrap().authenticator_data.credential_data
    assert shown.credential_id == device.id and passkey.last_used_at is None
    assert cbor.encode(dict(shown.public_key)) == device.cose_key()
    page = inside.get(OWN).content.decode()
    assert "Work laptop" in page and "not used yet" in page
    assert actions()[-1] == "accounts.add_passkey"
    assert ModelLogEntry.objects.get(action="accounts.add_passkey").user == ruth
    assert [mail.to for mail in mailoutbox] == [["ruth@example.org"]]


# --- adding ----------------------------------------------------------------------------------


@pytest.mark.postgresql
def test_half_way_in_nobody_adds_one(client, ruth, with_app, device):
    sign_in(client)
    assert client.get(ADD).url.startswith(SIGN_IN)
    assert client.post(ADD, {"password": PASSWORD}).url.startswith(SIGN_IN)
    assert client.get(CONFIRM).url == SIGN_IN
    asked = {"rp": {"id": "testserver"}, "challenge": text(b"x" * 32)}
    answer = json.dumps(device.create(asked))
    response = client.post(ADD, {"name": "Mine", "credential": answer})
    assert response.url.startswith(SIGN_IN) and not passkeys_of().exists()


def test_not_before_the_app(client, ruth):
    sign_in(client)
    confirm(client)
    assert client.get(ADD).url == OWN
    assert client.post(ADD).url == OWN
    assert "Set up your app first" in client.get(OWN).content.decode()
    assert "Add a passkey" not in client.get(OWN).content.decode()


def test_not_without_the_password(inside, device):
    assert inside.get(ADD).url.startswith(CONFIRM)
    confirm(inside, "wrong")
    answer = json.dumps(device.create({"rp": {"id": "testserver"}, "challenge": text(b"x" * 32)}))
    assert inside.post(ADD, {"name": "Mine", "credential": answer}).url.startswith(CONFIRM)
    assert not passkeys_of().exists()


def test_one_password_is_good_for_one_passkey(inside, device, clock):
    add(inside, device)
    assert inside.get(ADD).url.startswith(CONFIRM)
    begin(inside)
    clock.shift(15 * 60 + 1)
    assert inside.get(ADD).url.startswith(CONFIRM)


def test_password_was_given_in_this_login(inside, device, with_app):
    begin(inside)
    thief = inside.__class__()
    sign_in(thief)
    thief.post(CODE, {"code": with_app[1][0]})
    assert thief.get(ADD).url.startswith(CONFIRM)


def test_the_same_passkey_twice_is_refused(inside, device):
    add(inside, device)
    page = add(inside, device, name="Again")
    assert "The passkey was not added" in page.content.decode()
    assert passkeys_of().get().wrap().name == "Work laptop"


def test_another_users_passkey_is_refused(inside, device, owner):
    add(inside, device)
    other = inside.__class__()
    enrol(owner)
    come_in(other, owner)
    assert "The passkey was not added" in add(other, device).content.decode()
    assert not passkeys_of("olga").exists()


@pytest.mark.postgresql
def test_sending_it_twice_adds_one(inside, device):
    answer = {"name": "Mine", "credential": json.dumps(device.create(begin(inside)))}
    assert inside.post(ADD, answer).url == OWN
    confirm(inside)
    assert inside.post(ADD, answer).context["form"].errors
    assert passkeys_of().count() == 1 and actions().count("accounts.add_passkey") == 1


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
        {"cose_key": lambda: cbor.encode({1: 2, 3: ES256, -1: P256, -2: b"x" * 32, -3: b"y" * 32})},
        {"cose_key": lambda: b"\x60"},
    ],
    ids=range(9),
)
def test_what_is_no_new_passkey(inside, device, changes):
    page = add(inside, tampered(device, **changes))
    assert page.status_code == 200 and "The passkey was not added" in page.content.decode()
    assert not passkeys_of().exists()


def test_the_longest_id_and_a_count(inside, device):
    assert add(inside, tampered(device, id=b"x" * 1023, count=7)).url == OWN
    assert passkeys_of().get().data["count"] == 7


def test_no_certificate_is_read(inside, device):
    """Whatever the library would think of it: nobody asked."""
    statement = {"alg": ES256, "sig": b"x", "x5c": [b"x"]}
    page = add(inside, tampered(device, statement=("packed", statement)))
    assert "The passkey was not added" in page.content.decode() and not passkeys_of().exists()
    del statement["x5c"]
    assert add(inside, device).status_code == 302


def test_a_challenge_is_void_for_adding_too(inside, device, clock):
    answer = device.create(begin(inside))
    clock.shift(challenges.SECONDS + 1)
    page = inside.post(ADD, {"name": "Mine", "credential": json.dumps(answer)})
    assert page.context["form"].errors and not passkeys_of().exists()
    # The page that came back asks anew.
    answer = device.create(page.context["options"])
    assert inside.post(ADD, {"name": "Mine", "credential": json.dumps(answer)}).url == OWN


@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_adds_nothing(inside, garbage):
    garbage = garbage.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    begin(inside)
    page = inside.post(ADD, {"name": "Mine", "credential": garbage})
    assert page.status_code == 200 and page.context["form"].errors
    assert not passkeys_of().exists()


def test_damaged_new_passkey_is_none(inside, device, ruth):
    begin(inside)
    request = web_request()
    options = inside.get(ADD).context["options"]
    request.session = inside.session
    state = dict(request.session[STATE_SESSION_KEY])
    with request_context(request):
        for answer in mangled(device.create(options)):
            request.session[STATE_SESSION_KEY] = state
            with pytest.raises(passkeys.NONSENSE):
                names = ("clientDataJSON", "attestationObject")
                read = passkeys.read(json.dumps(answer), *names)
                passkeys.registered_count(read, "http://testserver")


@pytest.mark.parametrize("number", [2**60, 10**8])
def test_a_number_is_no_authenticator_data(inside, device, number):
    answer = device.create(begin(inside))
    made = cbor.encode({"fmt": "none", "attStmt": {}, "authData": number})
    answer["response"]["attestationObject"] = text(made)
    tracemalloc.start()
    page = inside.post(ADD, {"name": "Mine", "credential": json.dumps(answer)})
    assert tracemalloc.get_traced_memory()[1] < 5 * 10**7
    tracemalloc.stop()
    assert "The passkey was not added" in page.content.decode()


def test_a_passkey_wants_a_name(inside, device):
    answer = json.dumps(device.create(begin(inside)))
    for name in ("", "x" * 65, "\x00"):
        assert inside.post(ADD, {"name": name, "credential": answer}).context["form"].errors
    assert not passkeys_of().exists()


def test_page_without_script_says_what_it_takes(inside):
    begin(inside)
    page = inside.get(ADD).content.decode()
    assert "JavaScript on, at http://testserver." in page and 'data-passkey="create"' in page


# --- removing --------------------------------------------------------------------------------


def remove(client, passkey):
    confirm(client)
    return client.post(f"{OWN}passkeys/{passkey.pk}/remove/")


@pytest.mark.postgresql
def test_passkey_is_removed_with_the_password(inside, device, ruth):
    add(inside, device)
    passkey = passkeys_of().get()
    where = f"{OWN}passkeys/{passkey.pk}/remove/"
    assert inside.post(where).url.startswith(CONFIRM)
    confirm(inside)
    assert "Work laptop" in inside.get(where).content.decode() and passkeys_of().exists()

    assert inside.post(where).url == OWN

    assert not passkeys_of().exists() and is_in(inside)
    assert actions()[-1] == "accounts.remove_passkey"
    assert remove(inside, passkey).status_code == 404


def test_removing_it_ends_what_it_let_in(client, asked, device, passkey):
    use(client, device.get(asked))
    elsewhere = client.__class__()
    sign_in(elsewhere)
    use(elsewhere, device.get(elsewhere.get(CODE).context["passkey"]))
    assert is_in(client) and is_in(elsewhere)
    remove(client, passkey)
    assert is_in(client) and not is_in(elsewhere)


def test_nobody_removes_anothers(client, passkey, owner, with_app):
    client.force_login(owner)
    where = f"{OWN}passkeys/{passkey.pk}/remove/"
    assert remove(client, passkey).status_code == 404
    client.logout()
    assert client.post(where).url.startswith(SIGN_IN)
    sign_in(client)
    assert client.post(where).url.startswith(SIGN_IN)
    client.post(CODE, {"code": with_app[1][0]})
    confirm(client)
    app = with_app[0]
    assert client.post(f"{OWN}passkeys/{app.pk}/remove/").status_code == 404
    assert passkeys_of().exists()


def test_user_without_admin_has_no_such_page(client, ruth):
    ruth.groups.remove(Group.objects.get(name="Front desk"))
    client.force_login(ruth)
    confirm(client)
    assert client.get(ADD).status_code == 302 and client.get(ADD).url != OWN


def test_reset_takes_passkeys_away(client, asked, device, passkey, ruth, owner):
    use(client, device.get(asked))
    other = client.__class__()
    other.force_login(owner)
    confirm(other)
    assert "Yes, with a passkey" in other.get("/admin/logins/").content.decode()
    other.post(f"/admin/logins/{ruth.pk}/reset/")
    assert not passkeys_of().exists() and not is_in(client)
    assert "Yes, with a passkey" not in other.get("/admin/logins/").content.decode()


def test_another_phone_leaves_passkeys_alone(passkey, ruth):
    enrol(ruth)
    assert passkeys_of().get() == passkey
