"""Passkeys: the second step without a code (Web Authentication Level 3), beside the app.

django-allauth keeps them and checks what browsers send. Here is what it leaves open: whose answers count
(this very origin's), how often and how long, copies by their count, and strangers' nonsense.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from cryptography.exceptions import InvalidSignature
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from fido2 import cbor
from fido2.utils import websafe_decode
from fido2.webauthn import AuthenticationResponse, RegistrationResponse
from wagtail.log_actions import log

from accounts import challenges, limits, second_factor
from accounts.second_factor import Type

LONGEST_ID = 1023
"""Bytes of a credential's id, as the standard says."""
NONSENSE = (
    *(ValidationError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError),
    *(AssertionError, RecursionError, NotImplementedError, struct.error),
)
"""What the libraries raise for bytes of a stranger's."""


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


def options_to_add(request: HttpRequest, user: Any, *, now: datetime) -> dict[str, Any]:
    """What the browser is to be told for a new passkey. Lays a challenge in the session."""
    options: dict[str, Any] = auth.begin_registration(user, False)["publicKey"]
    challenges.laid(request.session, now=now)
    # Not "discouraged": phones then make one that no other device of the user's gets.
    chosen = dict(options["authenticatorSelection"])
    return dict(options) | {"authenticatorSelection": chosen | {"residentKey": "preferred"}}


def options_to_use(request: HttpRequest, user: Any, *, now: datetime) -> dict[str, Any] | None:
    """The same for one that the user has; None where they have none."""
    if not second_factor.of(user, Type.WEBAUTHN).exists():
        return None
    options: dict[str, Any] = auth.begin_authentication(user)["publicKey"]
    challenges.laid(request.session, now=now)
    return dict(options)


def read(answer: str, *parts: str) -> dict[str, Any]:
    """Of what a browser answered, the parts that are text; raises one of NONSENSE where one is missing."""
    given = json.loads(answer)
    response = {name: given["response"][name] for name in parts}
    texts = [given["id"], given["rawId"], given["type"], *response.values()]
    if not all(isinstance(text, str) for text in texts):
        raise TypeError
    if given["type"] != "public-key" or given["id"] != given["rawId"]:
        raise ValueError
    known = {name: given[name] for name in ("id", "rawId", "type")}
    return known | {"response": response, "clientExtensionResults": {}}


def add(
    request: HttpRequest, user: Any, *, name: str, answer: str, now: datetime
) -> Authenticator | None:
    """A passkey that the browser has just made; None for any other answer."""
    with transaction.atomic(), challenges.taken(locked(request, user), now=now) as waits:
        if not waits:
            return None
        try:
            credential = read(answer, "clientDataJSON", "attestationObject")
            count = registered_count(credential, place(request).origin)
        except NONSENSE:
            return None
        passkey: Authenticator = auth.WebAuthn.add(user, name, credential).instance
        passkey.data["count"] = count
        passkey.save()
        return passkey


def locked(request: HttpRequest, user: Any) -> Any:
    """The session, once no other answer of the user's is being looked at."""
    get_user_model()._default_manager.select_for_update().get(pk=user.pk)
    return request.session


def registered_count(credential: dict[str, Any], origin: str) -> int:
    """The count that a new passkey begins with; raises one of NONSENSE where it is refused."""
    made: Any = cbor.decode(websafe_decode(credential["response"]["attestationObject"]))
    if not isinstance(made["authData"], bytes):
        raise TypeError  # of a number the library would make as many bytes
    # No browser sends a certificate where none was asked for, so none is read.
    if made["fmt"] not in ("none", "packed") or "x5c" in made["attStmt"]:
        raise ValueError
    if RegistrationResponse.from_dict(credential).response.client_data.origin != origin:
        raise ValueError
    data = auth.complete_registration(credential)
    shown = data.credential_data
    if len(shown.credential_id) > LONGEST_ID or is_known(shown.credential_id):
        raise ValueError
    try:
        shown.public_key.verify(b"", b"")  # whether anything could ever be checked with it
    except InvalidSignature:
        return int(data.counter)
    raise ValueError


def is_known(credential_id: bytes) -> bool:
    rows = Authenticator.objects.filter(type=Type.WEBAUTHN)
    return any(
        row.wrap().authenticator_data.credential_data.credential_id == credential_id for row in rows
    )


def use(request: HttpRequest, user: Any, answer: str, *, now: datetime) -> Authenticator | None:
    """The passkey of the user's that signed; None for a wrong answer, which counts with wrong codes."""
    with transaction.atomic(), challenges.taken(locked(request, user), now=now) as waits:
        if not limits.allows(request, user, now=now):
            return None
        passkey = recognised(request, user, answer) if waits else None
        if passkey is None:
            limits.count(request, user, now=now)
            return None
        limits.forgive(request, user)
        return passkey


def recognised(request: HttpRequest, user: Any, answer: str) -> Authenticator | None:
    """The passkey that gave this answer, with the count that it came with."""
    try:
        credential = read(answer, "clientDataJSON", "authenticatorData", "signature")
        response = AuthenticationResponse.from_dict(credential).response
        if response.client_data.origin != place(request).origin:
            return None
        passkey: Authenticator = auth.complete_authentication(user, credential)
    except NONSENSE:
        return None
    before, count = passkey.data["count"], int(response.authenticator_data.counter)
    if (before or count) and count <= before:
        # Rightly signed, and not by the only one who ought to be able to.
        log(instance=passkey.user, action="accounts.refuse_passkey", user=passkey.user)
        return None
    passkey.data["count"] = count
    passkey.save(update_fields=["data"])
    return passkey
