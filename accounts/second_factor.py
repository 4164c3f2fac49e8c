"""The second step of a login: codes from an app (RFC 6238), and recovery codes for a lost phone.

Keeping, checking, slowing down and using each code once is django-otp's; here is what the clinic
wants of it: who must have it, one app each, recovery codes stored hashed.
"""

from __future__ import annotations

import secrets
from base64 import b32encode
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django_otp import login as otp_login
from django_otp import verify_token
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import pauses
from accounts.models import Passkey

RECOVERY_CODES = 10
ALPHABET = "23456789bcdfghjkmnpqrstvwxyz"
"""No vowels and no look-alikes: codes are copied by hand."""


def has_one(user: Any) -> bool:
    return apps_of(user).exists()


def apps_of(user: Any) -> QuerySet[TOTPDevice]:
    """The app that works, if there is one: nobody has two."""
    found: QuerySet[TOTPDevice] = TOTPDevice.objects.filter(user=user, confirmed=True)
    return found


def is_wanted(user: Any) -> bool:
    """Whether a password alone does not let this user in."""
    return bool(settings.SECOND_FACTOR_REQUIRED or has_one(user))


def begin(user: Any) -> TOTPDevice:
    """A new secret for the user's app, which counts once a code of it was given."""
    TOTPDevice.objects.filter(user=user, confirmed=False).delete()
    device: TOTPDevice = TOTPDevice.objects.create(user=user, name="app", confirmed=False)
    return device


def begun(user: Any) -> TOTPDevice | None:
    found: TOTPDevice | None = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    return found


def secret(device: TOTPDevice) -> str:
    """The secret as people type it into an app: base 32, in groups of four."""
    text = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def address(device: TOTPDevice, *, clinic: str) -> str:
    """What the QR code says (Key URI format of Google Authenticator)."""
    issuer = clinic.replace(":", "")
    label = quote(f"{issuer}:{device.user.get_username()}")
    values = {"secret": secret(device).replace(" ", ""), "issuer": issuer}
    return f"otpauth://totp/{label}?{urlencode(values, quote_via=quote)}"


def confirm(user: Any, code: str) -> tuple[Device, list[str]] | None:
    """The app gave a right code: it replaces the one before. Returns it with new recovery codes."""
    waiting = begun(user)
    with transaction.atomic():
        device = waiting and verify_token(user, waiting.persistent_id, digits(code))
        if not device:
            return None
        apps_of(user).delete()
        device.confirmed = True
        device.save(update_fields=["confirmed"])
        return device, new_recovery_codes(user)


def new_recovery_codes(user: Any) -> list[str]:
    """Ten codes that each work once, in place of all earlier ones; shown now and never again."""
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(12)) for _ in range(RECOVERY_CODES)]
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name="recovery")
        for code in codes:
            device.token_set.create(token=stored(user, code))
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


def recovery_codes_left(user: Any) -> int:
    return int(StaticToken.objects.filter(device__user=user).count())


def stored(user: Any, code: str) -> str:
    """What is kept of a recovery code: 64 bits of an HMAC, as many as django-otp has room for."""
    value = f"{user.pk}:{code}"
    return salted_hmac("accounts.recovery", value, algorithm="sha256").hexdigest()[:16]


def check(user: Any, code: str, *, browser: str, now: datetime) -> Device | None:
    """The device that the code is of, if it is right. Wrong ones slow the next ones down.

    `browser`: what a known one is counted under (`pauses.browser_of`).
    """
    device: TOTPDevice | StaticDevice | None
    number = digits(code)
    if len(number) == 6:
        device, token = apps_of(user).first(), number
    else:
        letters = "".join(c for c in code.lower() if c in ALPHABET)
        device, token = StaticDevice.objects.filter(user=user).first(), stored(user, letters)
    if device is None:
        return None
    if browser:
        return pauses.verify_apart(device, token, browser, now=now)
    found: Device | None = verify_token(user, device.persistent_id, token)
    if not found:
        pauses.count_no_further(device)
    return found


def digits(code: str) -> str:
    """A code of six digits without what people type between them; else empty."""
    bare = "".join(code.split())
    return bare if len(bare) == 6 and bare.isascii() and bare.isdecimal() else ""


def reset(user: Any) -> None:
    """The user's phone is lost: they set up a new one at their next login. Passkeys go as well."""
    with transaction.atomic():
        Passkey.objects.filter(user=user).delete()
        TOTPDevice.objects.filter(user=user).delete()
        StaticDevice.objects.filter(user=user).delete()


def came_in_with(request: HttpRequest) -> Any:
    """The device of this login's second step, or None; django-otp's middleware notes it on the user."""
    return getattr(request.user, "otp_device", None)


def stay_in(request: HttpRequest) -> None:
    """Whoever takes away what they came in with has passed the second step all the same."""
    otp_login(request, apps_of(request.user).first())


def devices() -> set[tuple[int, str]]:
    """Whatever lets somebody in: whose it is, and what a session that it let in keeps of it."""
    kinds: list[Any] = [TOTPDevice, StaticDevice, Passkey]
    found = (one for kind in kinds for one in kind.objects.filter(confirmed=True))
    return {(one.user_id, one.persistent_id) for one in found}


def users_with_one() -> set[int]:
    """The ids of everybody who has a second step."""
    return set(TOTPDevice.objects.filter(confirmed=True).values_list("user_id", flat=True))
