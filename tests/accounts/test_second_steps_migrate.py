"""What staff had set up before django-allauth kept it goes on working, until a later version drops it."""

from datetime import timedelta
from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import second_factor
from accounts.models import Passkey
from tests.accounts.conftest import CODE, code_of, is_in, passkeys_of, sign_in, use

pytestmark = [pytest.mark.django_db]
migration = import_module("accounts.migrations.0004_second_steps_to_allauth")
CODES = ["2345-6789-bcdf", "ghjk-mnpq-rstv"]


@pytest.fixture
def before(ruth, device):
    """As the version before left it: an app, two recovery codes and a passkey."""
    app = TOTPDevice.objects.create(user=ruth, name="app", last_t=17)
    codes = StaticDevice.objects.create(user=ruth, name="recovery")
    for code in CODES:
        codes.token_set.create(token=second_factor.stored(ruth, code.replace("-", "")))
    device.count = 3
    Passkey.objects.create(
        user=ruth,
        name="Work laptop",
        credential_id=device.id,
        public_key=device.cose_key(),
        sign_count=3,
        created_at=timezone.now() - timedelta(days=9),
    )
    return app


@pytest.fixture
def moved(before):
    migration.copy(apps, None)
    return second_factor.of(before.user, second_factor.Type.TOTP).get()


@pytest.mark.postgresql
def test_old_app_lets_in(client, moved, before):
    assert moved.data["last_step"] == 17
    sign_in(client)
    client.post(CODE, {"code": code_of(moved)})
    assert is_in(client)


def test_old_recovery_codes_let_in_once(client, moved, ruth):
    sign_in(client)
    client.post(CODE, {"code": CODES[0]})
    assert is_in(client) and second_factor.recovery_codes_left(ruth) == 1
    client.logout()
    sign_in(client)
    client.post(CODE, {"code": CODES[0]})
    assert not is_in(client)


def test_old_passkey_lets_in_and_keeps_count(client, moved, device):
    sign_in(client)
    use(client, device.get(client.get(CODE).context["passkey"]))
    assert not is_in(client)
    device.count = 4
    use(client, device.get(client.get(CODE).context["passkey"]))
    assert is_in(client)
    passkey = passkeys_of().get()
    assert passkey.wrap().name == "Work laptop" and passkey.data["count"] == 4
    assert timezone.now() - passkey.created_at > timedelta(days=8)


@pytest.mark.postgresql
def test_unfinished_setup_stays_behind(before):
    TOTPDevice.objects.update(confirmed=False)
    migration.copy(apps, None)
    assert not Authenticator.objects.exists()


@pytest.mark.postgresql
def test_moving_twice_changes_nothing(moved):
    rows = set(Authenticator.objects.values_list("pk", "type"))
    migration.copy(apps, None)
    assert set(Authenticator.objects.values_list("pk", "type")) == rows
    assert len(rows) == 3
