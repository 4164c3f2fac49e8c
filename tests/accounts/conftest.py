import json
import time
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group
from django_otp.oath import TOTP
from time_machine import travel
from wagtail.models import ModelLogEntry

from accounts import second_factor
from accounts.models import Passkey
from bookings.roles import make_roles
from tests.accounts.authenticator import Authenticator

PASSWORD = "a long enough password"
SIGN_IN, CODE, USE = "/admin/login/", "/admin/login/code/", "/admin/login/passkey/"
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


def code_of(device, *, steps: int = 0) -> str:
    """What the app shows; `steps` half-minutes from now, since each code works once."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.time = time.time() + steps * device.step
    return f"{totp.token():06d}"


def enrol(user):
    """The user's app, and the recovery codes.

    The code is the half-minute before's, so that this one's is still to use. Time stands still:
    between making the code and reading it, the next half-minute could begin.
    """
    with travel(datetime.now(UTC), tick=False):
        return second_factor.confirm(user, code_of(second_factor.begin(user), steps=-1))


@pytest.fixture
def with_app(ruth):
    """Ruth's app, and her recovery codes."""
    return enrol(ruth)


def sign_in(client, name="ruth", password=PASSWORD, **extra):
    return client.post("/admin/login/", {"username": name, "password": password}, **extra)


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
