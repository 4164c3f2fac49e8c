"""The ledger of erasures. It survives a restore, which brings back rows that were erased later.

It is a table and, because a restore replaces tables, also a file in VAR_DIR and one beside the
backups. A line is an HMAC of the request's idempotency key, and the time. The key has at least 128
random bits, is deleted by the erasure and never leaves the server, so a line identifies nobody. The
HMAC needs no secret that may change, such as SECRET_KEY.
"""

from __future__ import annotations

import hmac
import os
import re
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path

from django.conf import settings

from bookings.errors import NotRecorded
from bookings.models import ConsultationRequest, Erasure

PURPOSE = b"clinic: ledger of erasures"
FILE = "erasures.ledger"
LINE = re.compile(r"^([0-9a-f]{64}) (\S+)$", re.MULTILINE)


def digest(consultation: ConsultationRequest) -> str:
    return digest_of(consultation.idempotency_key)


def digest_of(idempotency_key: str) -> str:
    return hmac.new(PURPOSE, idempotency_key.encode(), "sha256").hexdigest()


def files() -> list[Path]:
    return [Path(settings.VAR) / FILE, Path(settings.BACKUP_DIR) / FILE]


def enter(digest: str, *, because: str, now: datetime) -> None:
    """Record one erasure on disk before the transaction ends. Raises `NotRecorded`.

    If the transaction fails later, a restore erases somebody who was due to be erased anyway.
    """
    Erasure.objects.get_or_create(digest=digest, defaults={"because": because, "at": now})
    try:
        for path in files():
            append(path, [f"{digest} {now.isoformat()}"])
    except OSError as error:
        raise NotRecorded from error


def append(path: Path, lines: Iterable[str]) -> None:
    """Append whole lines and sync. The leading newline ends a line that a crash may have cut off."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(path, "ab", buffering=0, opener=partial(os.open, mode=0o600)) as ledger:
        ledger.write("\n".join(["", *lines, ""]).encode())
        os.fsync(ledger.fileno())


def entries(*more: Path) -> dict[str, str]:
    """Every digest in any copy of the ledger, with its time; `more` are additional files."""
    found = {row.digest: row.at.isoformat() for row in Erasure.objects.all()}
    for path in [*files(), *more]:
        if path.is_file():
            found |= dict(LINE.findall(path.read_text(errors="replace")))
    return found


def complete(known: dict[str, str]) -> None:
    """Add to every copy what only the others have."""
    for path in files():
        here = dict(LINE.findall(path.read_text(errors="replace"))) if path.is_file() else {}
        missing = [f"{digest} {at}" for digest, at in known.items() if digest not in here]
        if missing:
            append(path, missing)
