import time
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group
from django_otp.oath import TOTP

from accounts import second_factor
from bookings.roles import make_roles

PASSWORD = "a long enough password"


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


@pytest.fixture
def with_app(ruth):
    """Ruth's app, and her recovery codes."""
    device, codes = second_factor.confirm(ruth, code_of(second_factor.begin(ruth), steps=-1))
    return device, codes


def sign_in(client, name="ruth", password=PASSWORD, **extra):
    return client.post("/admin/login/", {"username": name, "password": password}, **extra)


@pytest.fixture
def clock(time_machine):
    """`clock.shift(seconds)`: time stands still between."""
    time_machine.move_to(datetime.now(UTC), tick=False)
    return time_machine
