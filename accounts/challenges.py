"""What a passkey is asked to sign: kept in the session, good for one answer and for five minutes."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

SECONDS = 5 * 60


def lay(session: Any, *, purpose: str, now: datetime) -> bytes:
    """A new challenge, in place of an earlier one."""
    challenge = secrets.token_bytes(32)
    session[kept_as(purpose)] = [challenge.hex(), int(now.timestamp())]
    return challenge


def take(session: Any, *, purpose: str, now: datetime) -> bytes | None:
    """The challenge that waits for an answer; None where there is none (any more).

    Taken from the session's row and not from what this request has read of it: under a lock of the
    caller's, the second of two answers at once finds nothing.
    """
    session.pop(kept_as(purpose), None)
    row = session.__class__(session.session_key)
    challenge, began = row.pop(kept_as(purpose), ("", 0))
    if not challenge:
        return None
    row.save()
    late = now.timestamp() - began > SECONDS
    return None if late else bytes.fromhex(challenge)


def kept_as(purpose: str) -> str:
    return f"passkey-{purpose}"
