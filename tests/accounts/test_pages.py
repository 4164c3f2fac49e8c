"""The pages of the way in, as they look when something is wrong."""

import re

import pytest
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from wagtail.log_actions import registry

from tests.accounts.conftest import confirm, sign_in

pytestmark = pytest.mark.django_db


def wrong_password(client, ruth):
    return sign_in(client, password="wrong")


def wrong_code(client, ruth):
    sign_in(client)
    return client.post("/admin/login/code/", {"code": "000000"})


def wrong_password_again(client, ruth):
    client.force_login(ruth)
    return confirm(client, "wrong")


def wrong_address(client, ruth):
    return client.post("/admin/password_reset/", {"email": "ruth"})


def wrong_new_password(client, ruth):
    name = urlsafe_base64_encode(force_bytes(ruth.pk))
    link = f"/admin/password_reset/confirm/{name}/{default_token_generator.make_token(ruth)}/"
    return client.post(client.get(link).url, {"new_password1": "a", "new_password2": "b"})


@pytest.mark.parametrize(
    ("app", "go_wrong"),
    [
        (False, wrong_password),
        (True, wrong_code),
        (False, wrong_password_again),
        (False, wrong_address),
        (False, wrong_new_password),
    ],
)
def test_what_is_wrong_is_said_once(client, ruth, request, app, go_wrong):
    if app:
        request.getfixturevalue("with_app")

    page = go_wrong(client, ruth).content.decode()

    assert page.count("data-error-summary") == page.count('id="error-summary-title"') == 1
    assert page.index("data-error-summary") < page.index("<h1")


def test_staff_log_in_everywhere_as_wagtail_calls_it():
    words = re.compile(r"\bsign(s|ed|ing)?[ -](in|out)\b", re.IGNORECASE)
    places = {"templates": "*.html", "docs": "*.md", "accounts": "*.py", "clinic": "*.py"}
    files = [
        path for folder, name in places.items() for path in (settings.BASE_DIR / folder).rglob(name)
    ]
    assert len(files) > 150
    assert [str(path) for path in files if words.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    "name",
    [
        *("reset_second_step", "end_login", "change_second_step", "refuse_code"),
        *("add_passkey", "remove_passkey", "refuse_passkey"),
    ],
)
def test_each_action_of_logins_has_its_words(name):
    assert registry.action_exists(f"accounts.{name}")
