"""Guessing passwords: a lockout for each account and network that cools off by itself."""

import pytest
from django.contrib.auth import authenticate

from clinic.models import Bucket
from tests.accounts.conftest import PASSWORD, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("real_limits")]


def guess(client, times, name="ruth", **extra):
    return [sign_in(client, name, "wrong", **extra).status_code for _ in range(times)]


def test_five_wrong_passwords_lock_right_one_out(client, ruth):
    assert guess(client, 6) == [200] * 5 + [429]
    page = sign_in(client)
    assert page.status_code == 429 and "Wait 15 minutes" in page.content.decode()
    assert int(page["Retry-After"]) == 181


def test_the_lock_cools_off_by_itself(client, ruth, clock):
    guess(client, 6)
    clock.shift(181)
    assert sign_in(client).url == "/admin/"


def test_a_right_password_forgives(client, ruth):
    guess(client, 4)
    sign_in(client)
    client.logout()
    client.cookies.clear()
    assert guess(client, 5) == [200] * 5


@pytest.mark.parametrize("name", ["RUTH", " ruth "])
def test_another_spelling_is_the_same_account(client, ruth, name):
    guess(client, 5)
    assert guess(client, 1, name) == [429]


def test_unknown_account_is_locked_the_same(client, ruth):
    assert guess(client, 6, "nobody") == [200] * 5 + [429]
    assert sign_in(client).status_code == 302


def test_one_network_cannot_try_account_after_account(client, ruth, settings):
    settings.LIMITS = settings.LIMITS | {"login-network": "3/15"}
    for name in ("a", "b", "c"):
        guess(client, 1, name)
    assert sign_in(client).status_code == 429
    assert sign_in(client, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_strangers_cannot_lock_owners_known_browser(client, ruth):
    sign_in(client)
    client.post("/admin/logout/")
    guess(client.__class__(), 6)
    assert sign_in(client).url == "/admin/"


def test_name_of_any_letters_comes_in(client, django_user_model):
    """Headers are Latin-1 (PEP 3333); this name is not."""
    django_user_model.objects.create_superuser("łukasz王", password=PASSWORD)
    cookies = sign_in(client, "łukasz王").cookies
    assert [cookie.OutputString().encode("latin-1") for cookie in cookies.values()]
    client.post("/admin/logout/")
    guess(client.__class__(), 6, "łukasz王")
    assert sign_in(client, "łukasz王").url == "/admin/"


def test_a_known_browser_is_locked_too(client, ruth):
    sign_in(client)
    client.post("/admin/logout/")
    assert guess(client, 6)[-1] == 429


def test_a_forged_mark_is_no_known_browser(client, ruth):
    client.cookies["known-browser"] = "ruth:anything:forged"
    guess(client.__class__(), 6)
    assert sign_in(client).status_code == 429


def test_whatever_asks_for_a_password_is_counted(ruth):
    for _ in range(5):
        authenticate(None, username="ruth", password="wrong")
    assert authenticate(None, username="ruth", password=PASSWORD) is None


@pytest.mark.postgresql
def test_neither_names_nor_addresses_are_kept(client, ruth):
    guess(client, 1)
    assert Bucket.objects.count() == 2
    kept = " ".join(Bucket.objects.values_list("key", flat=True))
    assert "ruth" not in kept and "127.0.0.1" not in kept


def test_reset_is_answered_alike_and_limited(client, ruth, mailoutbox):
    pages = [
        client.post("/admin/password_reset/", {"email": address}, follow=True).content
        for address in ["nobody@example.org"] + ["ruth@example.org", "RUTH@example.org"] * 3
    ]
    strip = {page.partition(b"<main")[2] for page in pages}
    assert len(strip) == 1
    assert len(mailoutbox) == 3
    assert "/admin/password_reset/confirm/" in mailoutbox[0].body
    assert (
        mailoutbox[0]
        .body.rstrip()
        .endswith("-- \nHip & Spine Clinic\n12 Harbour Street\nLondon SE1 0AA")
    )
    assert "ruth" not in mailoutbox[0].subject


def test_network_may_ask_ten_resets_an_hour(client):
    send = [
        client.post("/admin/password_reset/", {"email": f"{n}@example.org"}).status_code
        for n in range(11)
    ]
    assert send == [302] * 10 + [429]
