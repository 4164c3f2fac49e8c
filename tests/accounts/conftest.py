import json
import time
from datetime import UTC, datetime

import pytest
from allauth.mfa.models import Authenticator as Row
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.models import AnonymousUser, Group
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory
from time_machine import travel
from wagtail.models import ModelLogEntry

from accounts import second_factor
from accounts.second_factor import Type
from bookings.roles import make_roles
from tests.accounts.authenticator import Authenticator

PASSWORD = "a long enough password"
SIGN_IN, CODE = "/admin/login/", "/admin/login/code/"
CONFIRM = "/admin/login/confirm/"
OWN, ADD = "/admin/logins/mine/", "/admin/logins/mine/passkeys/add/"


@pytest.fixture
def ruth(db, django_user_model):
    """At the front desk."""
    make_roles()
    user = django_user_model.objects.create_user("ruth", "ruth@example.org", PASSWORD)
    user.groups.add(Group.objects.get(name="Front desk"))
    return user


@pytest.fixture
def owner(db, django_user_model):
    make_roles()
    user = django_user_model.objects.create_user("olga", "olga@example.org", PASSWORD)
    user.groups.add(Group.objects.get(name="Owner"))
    return user


@pytest.fixture
def required(settings):
    """As in production."""
    settings.SECOND_FACTOR_REQUIRED = True


def web_request(path="/admin/", *, user=None, method="get", data=None, **headers):
    """One that has come through the middlewares, by nobody unless said, in a session of its own."""
    request = getattr(RequestFactory(), method)(path, data or {}, headers=headers)
    request.session, request.user = SessionStore(), user or AnonymousUser()
    return request


def code_of(app, *, steps: int = 0) -> str:
    """What the app shows; `steps` half-minutes from now, since each code works once."""
    secret = app if isinstance(app, str) else app.data["secret"]
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + steps))


def enrol(user):
    """The user's app, and the recovery codes.

    The code is the half-minute before's, so that this one's is still to use. Time stands still:
    between making the code and reading it, the next half-minute could begin.
    """
    with travel(datetime.now(UTC), tick=False):
        secret = totp.generate_totp_secret()
        codes = second_factor.set_up(user, secret, code_of(secret, steps=-1))
    return second_factor.of(user, Type.TOTP).get(), codes


@pytest.fixture
def with_app(ruth):
    """Ruth's app, and her recovery codes."""
    return enrol(ruth)


def sign_in(client, name="ruth", password=PASSWORD, to="", **extra):
    data = {"username": name, "password": password, "next": to}
    return client.post("/admin/login/", data, **extra)


def come_in(client, user):
    """As after the second step, by the app that `enrol` made."""
    client.force_login(user)
    session, request = client.session, web_request()
    request.session = session
    second_factor.stay_in(request, user)
    session.save()


def confirm(client, password=PASSWORD):
    """Say once more that it is the user of this login who is there."""
    return client.post(CONFIRM, {"password": password, "next": "/admin/"})


@pytest.fixture
def clock(time_machine):
    """`clock.shift(seconds)`: time stands still between."""
    time_machine.move_to(datetime.now(UTC), tick=False)
    return time_machine


def is_in(client) -> bool:
    return client.get("/admin/").status_code == 200


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
    confirm(client)
    return client.get(ADD).context["options"]


def add(client, device, name="Work laptop", **changed):
    answer = device.create(begin(client)) | changed
    return client.post(ADD, {"name": name, "credential": json.dumps(answer)})


def passkeys_of(name="ruth"):
    return Row.objects.filter(user__username=name, type=Type.WEBAUTHN)


@pytest.fixture
def device():
    return Authenticator()


@pytest.fixture
def passkey(inside, device):
    """Ruth's, added through the pages; she is out again."""
    assert add(inside, device).url == OWN
    inside.logout()
    return passkeys_of("ruth").get()


@pytest.fixture
def asked(client, passkey):
    """Half-way in; what her browser is told."""
    sign_in(client)
    return client.get(CODE).context["passkey"]


def use(client, answer, **extra):
    answer = answer if isinstance(answer, str) else json.dumps(answer)
    return client.post(CODE, {"credential": answer}, **extra)
