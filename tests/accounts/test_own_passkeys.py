"""Passkeys of one's own: added and removed with the password once more; and the owner's reset."""

import json
import tracemalloc
from importlib import import_module

import cbor2
import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts import challenges, passkeys
from accounts.models import Passkey
from tests.accounts.authenticator import (
    ES256,
    GARBAGE,
    P256,
    PRESENT,
    mangled,
    raw,
    tampered,
    text,
)
from tests.accounts.conftest import (
    ADD,
    CODE,
    OWN,
    PASSWORD,
    SIGN_IN,
    actions,
    add,
    begin,
    confirm,
    enrol,
    is_in,
    sign_in,
    use,
)

pytestmark = [pytest.mark.django_db, pytest.mark.alike]


def test_a_passkey_is_added_and_listed(inside, device, ruth):
    assert add(inside, device).url == OWN
    passkey = Passkey.objects.get()
    assert passkey.user == ruth and bytes(passkey.credential_id) == device.id
    assert bytes(passkey.public_key) == device.cose_key() and passkey.last_used_at is None
    page = inside.get(OWN).content.decode()
    assert "Work laptop" in page and "not used yet" in page
    assert actions()[-1] == "accounts.add_passkey"
    assert ModelLogEntry.objects.get(action="accounts.add_passkey").user == ruth


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


@pytest.mark.parametrize("number", [2**70, 10**8])
def test_a_number_is_no_authenticator_data(inside, device, number):
    answer = device.create(begin(inside))
    made = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": number})
    answer["response"]["attestationObject"] = text(made)
    tracemalloc.start()
    page = inside.post(ADD, {"name": "Mine", "answer": json.dumps(answer)})
    assert tracemalloc.get_traced_memory()[1] < 5 * 10**7
    tracemalloc.stop()
    assert "The passkey was not added" in page.content.decode()


def test_a_passkey_wants_a_name(inside, device):
    answer = json.dumps(device.create(begin(inside)))
    for name in ("", "x" * 65, "\x00"):
        assert inside.post(ADD, {"name": name, "answer": answer}).context["form"].errors
    assert not Passkey.objects.exists()


def test_without_the_script_the_page_says_what_it_takes_and_where(inside):
    begin(inside)
    page = inside.get(ADD).content.decode()
    assert "JavaScript on, at http://testserver." in page and 'data-passkey="create"' in page


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
    confirm(other)
    assert "Yes, with a passkey" in other.get("/admin/logins/").content.decode()
    other.post(f"/admin/logins/{ruth.pk}/reset/")
    assert not Passkey.objects.exists() and not is_in(client)
    assert "Yes, with a passkey" not in other.get("/admin/logins/").content.decode()


def test_another_phone_leaves_passkeys_alone(passkey, ruth):
    enrol(ruth)
    assert Passkey.objects.get() == passkey
