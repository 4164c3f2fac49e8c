"""Passkeys: the second step without a code (Web Authentication Level 3), beside the app.

Reading and checking what browsers send is py_webauthn's. It is imported where it is used, because it
brings much with it that no management command needs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django_otp.plugins.otp_totp.models import TOTPDevice
from wagtail.log_actions import log

from accounts import challenges, pauses, second_factor
from accounts.models import Passkey

ADD, USE = "add", "use"
LONGEST_ID = 1023
"""Bytes of a credential's id, as the standard says."""
LET_OUT = (ValueError, TypeError, LookupError, RecursionError)
"""What py_webauthn raises for some nonsense beside its own errors: a key without its parts is a
KeyError, JSON in a thousand brackets a RecursionError."""
T = TypeVar("T")


@dataclass(frozen=True)
class Place:
    """The site that a passkey belongs to: its host ("RP id"), and its address as browsers say it."""

    host: str
    origin: str


def place(request: HttpRequest) -> Place:
    """In production from the settings alone: the Host header is the visitor's to write."""
    here = settings.SITE_URL if settings.PRODUCTION else request.build_absolute_uri("/")
    parts = urlsplit(here)
    host = parts.hostname or ""
    usual = parts.port in (None, {"http": 80, "https": 443}.get(parts.scheme))
    port = "" if usual else f":{parts.port}"
    return Place(host=host, origin=f"{parts.scheme}://{host}{port}")


def options_to_add(
    *, user: Any, clinic: str, session: Any, place: Place, now: datetime
) -> dict[str, Any]:
    """What the browser is to be told for a new passkey. Lays a challenge in the session."""
    from webauthn import generate_registration_options
    from webauthn.helpers import options_to_json_dict
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = generate_registration_options(
        rp_id=place.host,
        rp_name=clinic,
        # The device shows the name; the id says nothing of who it is to whoever finds the device.
        user_name=user.get_username(),
        user_id=salted_hmac("accounts.passkey", str(user.pk), algorithm="sha256").digest(),
        challenge=challenges.lay(session, purpose=ADD, now=now),
        timeout=challenges.SECONDS * 1000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            # Not "discouraged": phones then make one that no other device of the user's gets.
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=descriptors(of(user)),
    )
    return options_to_json_dict(options)


def options_to_use(
    *, user: Any, session: Any, place: Place, now: datetime
) -> dict[str, Any] | None:
    """The same for one that the user has; None where they have none."""
    theirs = of(user)
    if not theirs:
        return None
    from webauthn import generate_authentication_options
    from webauthn.helpers import options_to_json_dict
    from webauthn.helpers.structs import UserVerificationRequirement

    options = generate_authentication_options(
        rp_id=place.host,
        challenge=challenges.lay(session, purpose=USE, now=now),
        timeout=challenges.SECONDS * 1000,
        allow_credentials=descriptors(theirs),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def descriptors(known: list[Passkey]) -> list[Any]:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [PublicKeyCredentialDescriptor(id=bytes(one.credential_id)) for one in known]


def of(user: Any) -> list[Passkey]:
    return list(Passkey.objects.filter(user=user))


def users_with_one() -> set[int]:
    """The ids of everybody who has a passkey."""
    return set(Passkey.objects.values_list("user_id", flat=True))


def add(
    *, user: Any, name: str, answer: str, session: Any, place: Place, now: datetime
) -> Passkey | None:
    """A passkey that the browser has just made; None for any other answer, or without an app. Logged."""
    with transaction.atomic():
        app = locked_app(user)
        challenge = challenges.take(session, purpose=ADD, now=now)
        made = challenge and unless_nonsense(registration, answer, challenge, place)
        if not app or not made:
            return None
        values = {
            "user": app.user,
            "name": name,
            "public_key": made.credential_public_key,
            "sign_count": made.sign_count,
            "created_at": now,
        }
        passkey: Passkey
        passkey, new = Passkey.objects.get_or_create(
            credential_id=made.credential_id, defaults=values
        )
        if not new:
            return None
        # Not `user`: of a lazy `request.user` Wagtail would keep no record, and say nothing.
        log(instance=app.user, action="accounts.add_passkey", user=app.user)
        return passkey


def registration(answer: str, challenge: bytes, place: Place) -> Any:
    from webauthn import verify_registration_response
    from webauthn.helpers import (
        decode_credential_public_key,
        decoded_public_key_to_cryptography,
        parse_attestation_object,
        parse_cbor,
        parse_registration_credential_json,
    )
    from webauthn.helpers.exceptions import InvalidRegistrationResponse

    credential = parse_registration_credential_json(answer)
    if not isinstance(parse_cbor(credential.response.attestation_object)["authData"], bytes):
        # Of a number the library would make as many bytes.
        raise InvalidRegistrationResponse("Authenticator data of another kind")
    shown = parse_attestation_object(credential.response.attestation_object)
    # No browser sends a certificate where none was asked for, so none is read.
    if shown.fmt not in ("none", "packed") or shown.att_stmt.x5c is not None:
        raise InvalidRegistrationResponse("An attestation that nobody asked for")
    made = verify_registration_response(
        credential=credential,
        expected_challenge=challenge,
        expected_rp_id=place.host,
        expected_origin=place.origin,
        require_user_verification=True,
    )
    if len(made.credential_id) > LONGEST_ID:
        raise InvalidRegistrationResponse("The credential's id is too long")
    # Raises for a key that no answer could ever be checked with.
    decoded_public_key_to_cryptography(decode_credential_public_key(made.credential_public_key))
    return made


def use(
    *, user: Any, answer: str, session: Any, place: Place, browser: str, now: datetime
) -> Passkey | None:
    """The passkey of the user's that signed; None for a wrong answer, which slows down the next.

    It counts with the wrong codes of their app, and waits with them: one pause for both. `browser`: what
    a known one is counted under (`pauses.browser_of`).
    """
    with transaction.atomic():
        app = locked_app(user)
        challenge = challenges.take(session, purpose=USE, now=now)
        if app is None or not pauses.allows(app, browser, now=now):
            return None
        passkey = challenge and recognised(user, answer, challenge, place)
        if not passkey:
            pauses.count(app, browser, now=now)
            return None
        pauses.forgive(app, browser)
        passkey.last_used_at = now
        passkey.save(update_fields=["sign_count", "last_used_at"])
        return passkey


def locked_app(user: Any) -> TOTPDevice | None:
    """The user's app, which no other answer of theirs gets at before this transaction ends."""
    return second_factor.apps_of(user).select_for_update().first()


def recognised(user: Any, answer: str, challenge: bytes, place: Place) -> Passkey | None:
    """The passkey that gave this answer, with the count that it came with."""
    from webauthn.helpers import parse_authentication_credential_json

    credential = unless_nonsense(parse_authentication_credential_json, answer)
    passkey: Passkey | None = (
        Passkey.objects.filter(user=user, credential_id=credential.raw_id).first()
        if credential
        else None
    )
    checked = passkey and unless_nonsense(assertion, credential, passkey, challenge, place)
    if passkey is None or not checked:
        return None
    before, passkey.sign_count = passkey.sign_count, checked.new_sign_count
    if (before or passkey.sign_count) and passkey.sign_count <= before:
        # Rightly signed, and not by the only one who ought to be able to.
        log(instance=passkey.user, action="accounts.refuse_passkey", user=passkey.user)
        return None
    return passkey


def assertion(credential: Any, passkey: Passkey, challenge: bytes, place: Place) -> Any:
    from webauthn import verify_authentication_response

    return verify_authentication_response(
        credential=credential,
        expected_challenge=challenge,
        expected_rp_id=place.host,
        expected_origin=place.origin,
        credential_public_key=bytes(passkey.public_key),
        # Compared afterwards: the library does so before it looks at the signature, and would call
        # any stranger's number a copied passkey.
        credential_current_sign_count=0,
        require_user_verification=True,
    )


def unless_nonsense(read: Callable[..., T], *args: Any) -> T | None:
    """What py_webauthn makes of a stranger's bytes; None where it refuses them."""
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        return read(*args)
    except (WebAuthnException, *LET_OUT):
        return None


def remove(*, passkey: Passkey) -> None:
    """Its logins are half-way in again. Logged."""
    with transaction.atomic():
        passkey.delete()
        log(instance=passkey.user, action="accounts.remove_passkey", user=passkey.user)
