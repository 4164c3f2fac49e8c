"""The second step of a login: codes from an app (RFC 6238), recovery codes, passkeys.

django-allauth keeps them, a row each (`Authenticator`). Here is what the clinic wants of it: who must
have one, each code good for one time on every server, recovery codes stored hashed.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    record_authentication,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts import limits

Type = Authenticator.Type
CODES = 10
ALPHABET = "23456789bcdfghjkmnpqrstvwxyz"
"""No vowels and no look-alikes: codes are copied by hand."""


def of(user: Any, *types: str) -> Any:
    """The user's rows of these types, or all of them."""
    rows = Authenticator.objects.filter(user_id=user.pk)
    return rows.filter(type__in=types) if types else rows


def has_one(user: Any) -> bool:
    return bool(of(user, Type.TOTP).exists())


def is_passed(request: HttpRequest, user: Any) -> bool:
    """Whether this login took every step that it must, and what it took them with is still there."""
    there = set(of(user).values_list("pk", flat=True))
    return opens(request.session, there)


def opens(session: Mapping[str, Any], there: set[int]) -> bool:
    """The same for any session's data: `there` are the ids of all that its user has."""
    wanted = settings.SECOND_FACTOR_REQUIRED or there
    records = session.get(AUTHENTICATION_METHODS_SESSION_KEY) or []
    return bool(not wanted or there & {record.get("id") for record in records})


def set_up(user: Any, secret: str, code: str) -> list[str] | None:
    """An app with this secret, in place of the one before, and new recovery codes.

    None where the code is not one of the app's.
    """
    step = matching_step(secret, digits(code))
    if step is None:
        return None
    with transaction.atomic():
        of(user, Type.TOTP).delete()
        app = totp.TOTP.activate(user, secret).instance
        app.data["last_step"] = step
        app.save()
        return new_recovery_codes(user)


def address(user: Any, secret: str, *, clinic: str) -> str:
    """What the QR code says (Key URI format of Google Authenticator)."""
    issuer = clinic.replace(":", "")
    label = quote(f"{issuer}:{user.get_username()}")
    values = {"secret": secret, "issuer": issuer}
    return f"otpauth://totp/{label}?{urlencode(values, quote_via=quote)}"


def new_recovery_codes(user: Any) -> list[str]:
    """Ten codes that each work once, in place of all earlier ones; shown now and never again."""
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(12)) for _ in range(CODES)]
    with transaction.atomic():
        of(user, Type.RECOVERY_CODES).delete()
        Authenticator.objects.create(
            user_id=user.pk,
            type=Type.RECOVERY_CODES,
            # Under this name allauth keeps codes that it did not make from a seed of its own.
            data={"migrated_codes": [stored(user, code) for code in codes]},
        )
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


def recovery_codes_left(user: Any) -> int:
    row = of(user, Type.RECOVERY_CODES).first()
    return len(row.wrap().get_unused_codes()) if row else 0


def stored(user: Any, code: str) -> str:
    """What is kept of a recovery code: 64 bits of an HMAC."""
    value = f"{user.pk}:{code}"
    return salted_hmac("accounts.recovery", value, algorithm="sha256").hexdigest()[:16]


def check(request: HttpRequest, user: Any, code: str, *, now: datetime) -> Authenticator | None:
    """What the code is of, if it is right. Wrong ones count."""
    if not limits.allows(request, user, now=now):
        return None
    number = digits(code)
    found = used_app(user, number) if number else used_recovery_code(user, code)
    if found is None:
        limits.count(request, user, now=now)
        return None
    limits.forgive(request, user)
    return found


def used_app(user: Any, number: str) -> Authenticator | None:
    """The user's app, if it shows this number and nobody used it, or a later one, before."""
    with transaction.atomic():
        app: Authenticator | None = of(user, Type.TOTP).select_for_update().first()
        step = app and matching_step(app.data["secret"], number, after=app.data["last_step"])
        if app is None or step is None:
            return None
        app.data["last_step"] = step
        app.save(update_fields=["data"])
        return app


def matching_step(secret: str, number: str, *, after: int = -1) -> int | None:
    """The half-minute of which the number is, counted from 1970; one before and one after count too."""
    for step in totp.yield_hotp_counters_from_time():
        shown = totp.format_hotp_value(totp.hotp_value(secret, step))
        if step > after and constant_time_compare(shown, number):
            return step
    return None


def used_recovery_code(user: Any, code: str) -> Authenticator | None:
    letters = "".join(c for c in code.lower() if c in ALPHABET)
    row: Authenticator | None = of(user, Type.RECOVERY_CODES).first()
    return row if row and row.wrap().validate_code(stored(user, letters)) else None


def digits(code: str) -> str:
    """A code of six digits without what people type between them; else empty."""
    bare = "".join(code.split())
    return bare if len(bare) == 6 and bare.isascii() and bare.isdecimal() else ""


def reset(user: Any) -> None:
    """The user's phone is lost: they set up a new one at their next login. Passkeys go as well."""
    of(user).delete()


def stay_in(request: HttpRequest, user: Any) -> None:
    """Whoever replaces or removes what they came in with has passed the second step all the same."""
    app = of(user, Type.TOTP).first()
    if app:
        record_authentication(request, user, "mfa", id=app.pk, type=app.type)


def all_there() -> dict[int, dict[int, str]]:
    """By the user's id: the ids of all that lets them in, with their types."""
    found: dict[int, dict[int, str]] = {}
    for user, pk, type_ in Authenticator.objects.values_list("user_id", "pk", "type"):
        found.setdefault(user, {})[pk] = type_
    return found
