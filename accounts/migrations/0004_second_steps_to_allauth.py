"""What staff have set up goes on working: apps, recovery codes and passkeys, as django-allauth keeps them.

The old rows stay where they are: a server of the version before may still be reading them.
"""

import json
from base64 import b32encode

from django.db import migrations
from fido2 import cbor
from fido2.utils import websafe_encode



def copy(apps, schema_editor):
    authenticator = apps.get_model("mfa", "Authenticator").objects
    done = set(authenticator.values_list("user_id", flat=True))
    rows = [row for row in found(apps) if row["user_id"] not in done]
    authenticator.bulk_create(authenticator.model(**row) for row in rows)


def found(apps):
    """Everything that lets somebody in, as rows of allauth's table; one app and one list of codes each."""
    devices = apps.get_model("otp_totp", "TOTPDevice").objects.filter(confirmed=True)
    with_app = {device.user_id: device for device in devices.order_by("pk")}
    for user, device in with_app.items():
        secret = b32encode(bytes.fromhex(device.key)).decode()
        yield row(user, "totp", {"secret": secret, "last_step": device.last_t})
    for device in apps.get_model("otp_static", "StaticDevice").objects.filter(user__in=with_app):
        codes = list(device.token_set.values_list("token", flat=True))
        yield row(device.user_id, "recovery_codes", {"migrated_codes": codes})
    for passkey in apps.get_model("accounts", "Passkey").objects.filter(user__in=with_app):
        times = {"created_at": passkey.created_at, "last_used_at": passkey.last_used_at}
        data = {
            "name": passkey.name,
            "credential": credential(bytes(passkey.credential_id), bytes(passkey.public_key)),
            "count": passkey.sign_count,
        }
        yield row(passkey.user_id, "webauthn", data) | times


def row(user, kind, data):
    return {"user_id": user, "type": kind, "data": data}


def credential(id_, public_key):
    """What a browser would have answered when the passkey was made; of it, allauth reads id and key."""
    made = bytes(32) + b"\x45" + bytes(4) + bytes(16) + len(id_).to_bytes(2, "big") + id_ + public_key
    said = {"type": "webauthn.create", "challenge": "", "origin": ""}
    return {
        "id": websafe_encode(id_),
        "rawId": websafe_encode(id_),
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(json.dumps(said).encode()),
            "attestationObject": websafe_encode(
                cbor.encode({"fmt": "none", "attStmt": {}, "authData": made})
            ),
        },
        "clientExtensionResults": {},
    }


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0003_credentials"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("otp_static", "0003_add_timestamps"),
        ("otp_totp", "0003_add_timestamps"),
    ]

    operations = [migrations.RunPython(copy, migrations.RunPython.noop)]
