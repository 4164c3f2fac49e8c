"""The pause after wrong second steps: codes of the app, recovery codes, passkeys.

Whoever we do not know is counted by the account, by django-otp, in the row of what they try. A browser
in which the user has come in before is counted by itself, as with passwords: so strangers who have
the password cannot keep its owner out, and have no try more than without it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.http import HttpRequest
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from wagtail.log_actions import log

from accounts import known_browsers
from clinic import throttle

LIMIT = "login-code"
WRONG_COUNTED = 10
"""After that many wrong answers the pause, which doubles with each, is a quarter of an hour (settings)."""
COUNT = ("throttling_failure_timestamp", "throttling_failure_count")
D = TypeVar("D", TOTPDevice, StaticDevice)


def browser_of(request: HttpRequest, user: Any) -> str:
    """What the user's known browser is counted under; empty for any other."""
    name = user.get_username().strip().casefold()
    mark = known_browsers.mark(request, name)
    return f"{name}|{mark}" if mark else ""


def allows(device: TOTPDevice, browser: str, *, now: datetime) -> bool:
    """Whether another answer is looked at. From a known browser it costs a try, right or wrong."""
    if browser:
        return throttle.spend(LIMIT, browser, now=now)
    return bool(device.verify_is_allowed()[0])


def forgive(device: TOTPDevice, browser: str) -> None:
    """The answer was right."""
    if browser:
        throttle.refill(LIMIT, browser)
    else:
        device.throttle_reset()


def count(device: TOTPDevice, browser: str, *, now: datetime) -> None:
    """The answer was wrong."""
    if browser:
        log_last(device, browser, now=now)
    else:
        device.throttle_increment()
        count_no_further(device)


def verify_apart(device: D, token: str, browser: str, *, now: datetime) -> D | None:
    """The device, if the code is right. Its count of strangers' wrong ones is neither asked nor changed."""
    if not throttle.spend(LIMIT, browser, now=now):
        return None
    with transaction.atomic():
        row: D = type(device)._default_manager.select_for_update().get(pk=device.pk)
        strangers = {name: getattr(row, name) for name in COUNT}
        row.throttle_reset(commit=False)
        right = row.verify_token(token)
        for name, value in strangers.items():
            setattr(row, name, value)
        row.save(update_fields=COUNT)
    if not right:
        log_last(device, browser, now=now)
        return None
    throttle.refill(LIMIT, browser)
    return row


def count_no_further(device: TOTPDevice | StaticDevice) -> None:
    """The pause after wrong answers grows no longer. Logged: whoever gets that far knows the password.

    django-otp doubles it for ever, so that a stranger with the password could keep its owner out for days.
    """
    rows = type(device)._default_manager.filter(pk=device.pk)
    if rows.filter(throttling_failure_count__gt=WRONG_COUNTED).update(
        throttling_failure_count=WRONG_COUNTED
    ):
        log_refusal(device)


def log_last(device: TOTPDevice | StaticDevice, browser: str, *, now: datetime) -> None:
    """Logged for a known browser as well, once it has no try left."""
    if throttle.is_spent(LIMIT, browser, now=now):
        log_refusal(device)


def log_refusal(device: TOTPDevice | StaticDevice) -> None:
    log(instance=device.user, action="accounts.refuse_code", user=device.user)
