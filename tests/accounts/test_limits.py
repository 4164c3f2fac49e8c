"""Wrong second steps: strangers share a limit with the account, a browser of its owner's has its own."""

import pytest
from django.test import Client

from clinic.models import Bucket
from tests.accounts.conftest import CODE, actions, code_of, is_in, sign_in, use

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_limits")]
WRONG = {"code": "000000", "recovery code": "2222-2222-2222"}
KINDS = range(2)


@pytest.fixture
def known(client, ruth, with_app):
    """A browser in which Ruth has come in before; she is out of it again, and half-way in anew."""
    sign_in(client)
    client.post(CODE, {"code": code_of(with_app[0])})
    assert is_in(client)
    client.post("/admin/logout/")
    sign_in(client)
    return client


def guess(client, times, code=WRONG["code"]):
    for _time in range(times):
        client.post(CODE, {"code": code})


@pytest.fixture
def stranger():
    """Knows the password, and has used up every try."""
    client = Client()

    def spend():
        sign_in(client)
        guess(client, 5)
        guess(client, 5, WRONG["recovery code"])
        return client

    return spend


def right_ones(with_app):
    """A code and a recovery code that work."""
    device, codes = with_app
    return [code_of(device, steps=1), codes[0]]


@pytest.mark.parametrize("kind", KINDS)
def test_ten_wrong_codes_lock_right_ones_out(client, ruth, with_app, stranger, kind, clock):
    other = stranger()
    assert actions().count("accounts.refuse_code") == 1
    other.post(CODE, {"code": right_ones(with_app)[kind]})
    assert not is_in(other)
    clock.shift(15 * 60)
    sign_in(other)
    other.post(CODE, {"code": [code_of(with_app[0]), with_app[1][0]][kind]})
    assert is_in(other)


@pytest.mark.parametrize("kind", KINDS)
def test_owner_comes_in_while_stranger_guesses(known, stranger, with_app, kind, clock):
    other = stranger()
    known.post(CODE, {"code": right_ones(with_app)[kind]})
    assert is_in(known)
    # The stranger waits on, with the right code too, and has no new tries by it.
    other.post(CODE, {"code": right_ones(with_app)[1 - kind]})
    assert not is_in(other)


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_known_browser_has_limit_of_its_own(known, with_app, clock, wrong):
    guess(known, 10, wrong)
    assert actions().count("accounts.refuse_code") == 1
    for code in right_ones(with_app):
        known.post(CODE, {"code": code})
    assert not is_in(known)
    clock.shift(15 * 60)
    sign_in(known)
    known.post(CODE, {"code": code_of(with_app[0])})
    assert is_in(known)


def test_wrong_codes_of_known_browser_cost_others_nothing(known, with_app):
    guess(known, 11)
    other = Client()
    sign_in(other)
    other.post(CODE, {"code": right_ones(with_app)[0]})
    assert is_in(other)


def test_right_code_forgives(known, with_app):
    mark = known.cookies["known-browser"].value
    guess(known, 9)
    known.post(CODE, {"code": right_ones(with_app)[1]})
    assert is_in(known)
    known.post("/admin/logout/")
    sign_in(known)
    known.cookies["known-browser"] = mark  # each login gives another
    guess(known, 9)
    known.post(CODE, {"code": with_app[1][1]})
    assert is_in(known)


@pytest.mark.parametrize("forged", ["ruth:anything:forged", ""])
def test_marks_of_others_and_forged_serve_nobody(client, owner, stranger, with_app, clock, forged):
    sign_in(client, "olga")  # without a second step, on a trial site
    assert is_in(client)
    client.post("/admin/logout/")
    if forged:
        client.cookies["known-browser"] = forged
    stranger()
    sign_in(client)
    client.post(CODE, {"code": with_app[1][0]})
    assert not is_in(client)


def test_code_from_known_browser_works_once(known, with_app):
    code = right_ones(with_app)[0]
    known.post(CODE, {"code": code})
    known.post("/admin/logout/")
    sign_in(known)
    known.post(CODE, {"code": code})
    assert not is_in(known)


def test_limits_stand_in_database(client, ruth, with_app):
    sign_in(client)
    before = Bucket.objects.count()
    guess(client, 1)
    assert Bucket.objects.count() == before + 1


@pytest.fixture
def with_passkey(client, passkey, device):
    """A browser that is known by a passkey; out again."""
    sign_in(client)
    use(client, device.get(client.get(CODE).context["passkey"]))
    assert is_in(client)
    client.post("/admin/logout/")
    sign_in(client)
    return client


def test_passkey_comes_in_while_stranger_guesses(with_passkey, stranger, device, clock):
    stranger()
    use(with_passkey, device.get(with_passkey.get(CODE).context["passkey"]))
    assert is_in(with_passkey)


def test_a_right_passkey_forgives(with_passkey, device, with_app, settings):
    settings.LIMITS = settings.LIMITS | {"login-code": "2/60"}
    mark = with_passkey.cookies["known-browser"].value
    guess(with_passkey, 1)
    use(with_passkey, device.get(with_passkey.get(CODE).context["passkey"]))
    assert is_in(with_passkey)
    with_passkey.post("/admin/logout/")
    sign_in(with_passkey)
    with_passkey.cookies["known-browser"] = mark  # each login gives another
    guess(with_passkey, 1)
    with_passkey.post(CODE, {"code": with_app[1][0]})
    assert is_in(with_passkey)


def test_codes_and_passkeys_share_one_limit(with_passkey, device, with_app):
    for _time in range(5):
        guess(with_passkey, 1)
        use(with_passkey, "{}")
    assert actions().count("accounts.refuse_code") == 1
    use(with_passkey, device.get(with_passkey.get(CODE).context["passkey"]))
    assert not is_in(with_passkey)
    with_passkey.post(CODE, {"code": right_ones(with_app)[1]})
    assert not is_in(with_passkey)
