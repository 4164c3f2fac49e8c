"""A device that makes and uses passkeys, in software: what a browser would hand to the page's script."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor

from tests.hostile.bodies import NASTY

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40
ES256, P256 = -7, 1


def text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(text_: str) -> bytes:
    return urlsafe_b64decode(text_ + "==")


class Authenticator:
    """One key. `count` is what it says of its uses; what a test wants wrong, it sets."""

    def __init__(self, origin: str = "http://testserver", id_: bytes = b"credential-1") -> None:
        self.origin, self.id, self.count = origin, id_, 0
        self.flags = PRESENT | VERIFIED
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.statement: tuple[str, dict[str, Any]] = ("none", {})

    def cose_key(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        x, y = (n.to_bytes(32, "big") for n in (numbers.x, numbers.y))
        return cbor.encode({1: 2, 3: ES256, -1: P256, -2: x, -3: y})

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """`navigator.credentials.create()`, as `toJSON()` writes it."""
        id_ = bytes(16) + len(self.id).to_bytes(2, "big") + self.id
        data = self.data(options["rp"]["id"], WITH_KEY) + id_ + self.cose_key()
        form, statement = self.statement
        made = cbor.encode({"fmt": form, "attStmt": statement, "authData": data})
        said = self.client_data("webauthn.create", options)
        return self.answer(clientDataJSON=said, attestationObject=made)

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """`navigator.credentials.get()`."""
        data, said = self.data(options["rpId"]), self.client_data("webauthn.get", options)
        signed = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        return self.answer(clientDataJSON=said, authenticatorData=data, signature=signed)

    def data(self, host: str, flags: int = 0) -> bytes:
        head = hashlib.sha256(host.encode()).digest()
        return head + bytes([self.flags | flags]) + self.count.to_bytes(4, "big")

    def client_data(self, kind: str, options: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps(said).encode()

    def answer(self, **parts: bytes) -> dict[str, Any]:
        response = {name: text(part) for name, part in parts.items()}
        return {"id": text(self.id), "rawId": text(self.id), "type": "public-key"} | {
            "response": response,
            "clientExtensionResults": {},
        }


def tampered(device, **changes):
    for name, value in changes.items():
        setattr(device, name, value)
    return device


NO_ANSWERS = [
    "",
    "\x00",
    "null",
    "[]",
    "[" * 15_000,
    '{"id":' * 2_000,
    "9" * 5_000,
    '{"id": 1, "rawId": null, "response": [], "type": {}}',
    "x" * 20_001,
]
GARBAGE = [
    *NO_ANSWERS,
    *(pytest.param(text, marks=pytest.mark.thorough) for text in NASTY if text not in NO_ANSWERS),
]


def mangled(answer):
    """An answer with each of its parts damaged, one after the other."""
    for name in answer["response"]:
        good = raw(answer["response"][name])
        for bad in ("", "!", "é", None, 1, text(good[:-1]), text(b"x" + good), text(b"[" * 9_000)):
            yield answer | {"response": answer["response"] | {name: bad}}
    for name in ("id", "rawId", "type", "response"):
        for bad in ("", "é", None, 2**80, [], {}):
            yield answer | {name: bad}
