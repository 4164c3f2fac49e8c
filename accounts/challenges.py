"""What a passkey is asked to sign: kept in the session by allauth, and here for how long.

It is good for one answer, right or wrong, and for five minutes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from allauth.mfa.webauthn.internal.auth import STATE_SESSION_KEY

SECONDS = 5 * 60
LAID_AT = "passkey-asked-at"


def laid(session: Any, *, now: datetime) -> None:
    """A challenge has just been put there."""
    session[LAID_AT] = int(now.timestamp())


@contextmanager
def taken(session: Any, *, now: datetime) -> Iterator[bool]:
    """For as long as this lasts, allauth finds the challenge that waits; afterwards nobody does.

    False where there is none (any more). It is taken from the session's row and not from what this
    request has read of it: under a lock of the caller's, the second of two answers finds nothing.
    """
    session.pop(STATE_SESSION_KEY, None)
    row = session.__class__(session.session_key)
    state = row.pop(STATE_SESSION_KEY, None)
    if state:
        row.save()
    waits = bool(state) and now.timestamp() - row[LAID_AT] <= SECONDS
    if waits:
        session[STATE_SESSION_KEY] = state
    try:
        yield waits
    finally:
        session.pop(STATE_SESSION_KEY, None)
