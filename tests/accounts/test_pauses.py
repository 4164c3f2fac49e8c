"""Wrong second steps: strangers wait with the account, a browser of its owner's by itself."""

import pytest
from django.test import Client
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.accounts.conftest import CODE, actions, code_of, is_in, sign_in, use

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_limits")]
WRONG = {"code": "000000", "recovery code": "2222-2222-2222"}


@pytest.fixture
def known(client, ruth, with_app):
    """A browser in which Ruth has come in before; she is out of it again, and half-way in anew."""
    sign_in(client)
    client.post(CODE, {"code": code_of(with_app[0])})
    assert is_in(client)
    client.post("/admin/logout/")
    sign_in(client)
    return client


@pytest.fixture
def stranger():
    """Knows the password, and has made the pause as long as it gets."""
    client = Client()

    def pause():
        TOTPDevice.objects.update(throttling_failure_count=9)
        StaticDevice.objects.update(throttling_failure_count=9)
        sign_in(client)
        for wrong in WRONG.values():
            client.post(CODE, {"code": wrong})
        return client

    return pause


def counts():
    return [kind.objects.get().throttling_failure_count for kind in (TOTPDevice, StaticDevice)]


def right_ones(with_app):
    """A code and a recovery code that work."""
    device, codes = with_app
    return [code_of(device, steps=1), codes[0]]


@pytest.mark.parametrize("kind", [0, 1])
def test_the_owner_comes_in_while_a_stranger_keeps_the_account_paused(
    known, stranger, with_app, kind, clock
):
    other = stranger()
    known.post(CODE, {"code": right_ones(with_app)[kind]})
    assert is_in(known)
    # The stranger waits on, with the right code too, and has no new tries by it.
    assert counts() == [10, 10]
    other.post(CODE, {"code": right_ones(with_app)[1 - kind]})
    assert not is_in(other)


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_known_browser_has_a_limit_of_its_own(known, with_app, clock, wrong):
    for _time in range(10):
        known.post(CODE, {"code": wrong})
    assert counts() == [0, 0] and actions().count("accounts.refuse_code") == 1
    for code in right_ones(with_app):
        known.post(CODE, {"code": code})
    assert not is_in(known)
    clock.shift(15 * 60)
    sign_in(known)
    known.post(CODE, {"code": code_of(with_app[0])})
    assert is_in(known)


def test_the_wrong_codes_of_a_known_browser_cost_others_nothing(known, with_app):
    for _time in range(11):
        known.post(CODE, {"code": WRONG["code"]})
    other = Client()
    sign_in(other)
    other.post(CODE, {"code": right_ones(with_app)[0]})
    assert is_in(other)


def test_a_right_code_forgives(known, with_app):
    mark = known.cookies["known-browser"].value
    for _time in range(9):
        known.post(CODE, {"code": WRONG["code"]})
    known.post(CODE, {"code": right_ones(with_app)[1]})
    assert is_in(known)
    known.post("/admin/logout/")
    sign_in(known)
    known.cookies["known-browser"] = mark  # each login gives another
    for _time in range(9):
        known.post(CODE, {"code": WRONG["code"]})
    known.post(CODE, {"code": with_app[1][1]})
    assert is_in(known)


@pytest.mark.parametrize("forged", ["ruth:anything:forged", ""])
def test_the_mark_of_another_account_and_a_forged_one_serve_nobody(
    client, owner, stranger, with_app, clock, forged
):
    sign_in(client, "olga")  # without a second step, on a trial site
    assert is_in(client)
    client.post("/admin/logout/")
    if forged:
        client.cookies["known-browser"] = forged
    stranger()
    sign_in(client)
    client.post(CODE, {"code": with_app[1][0]})
    assert not is_in(client)


def test_a_code_from_a_known_browser_works_once(known, with_app):
    code = right_ones(with_app)[0]
    known.post(CODE, {"code": code})
    known.post("/admin/logout/")
    sign_in(known)
    known.post(CODE, {"code": code})
    assert not is_in(known)


@pytest.fixture
def with_passkey(client, passkey, device):
    """A browser that is known by a passkey; out again."""
    sign_in(client)
    use(client, device.get(client.get(CODE).context["passkey"]))
    assert is_in(client)
    client.post("/admin/logout/")
    sign_in(client)
    return client


def test_a_passkey_too_comes_in_while_a_stranger_keeps_the_account_paused(
    with_passkey, stranger, device, clock
):
    stranger()
    use(with_passkey, device.get(with_passkey.get(CODE).context["passkey"]))
    assert is_in(with_passkey) and counts() == [10, 10]


def test_codes_and_passkeys_share_the_limit_of_a_known_browser(with_passkey, device, with_app):
    for _time in range(5):
        with_passkey.post(CODE, {"code": WRONG["code"]})
        use(with_passkey, "{}")
    assert counts() == [0, 0] and actions().count("accounts.refuse_code") == 1
    use(with_passkey, device.get(with_passkey.get(CODE).context["passkey"]))
    assert not is_in(with_passkey)
    with_passkey.post(CODE, {"code": right_ones(with_app)[1]})
    assert not is_in(with_passkey)
