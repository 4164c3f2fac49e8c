"""The mail files of a site without a mail server, in VAR_DIR/mail."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from django.conf import settings

RULE = b"-" * 79 + b"\n"
"""The separator that Django's file backend writes after each mail."""


def files() -> list[Path]:
    folder = Path(settings.EMAIL_FILE_PATH)
    return sorted(path for path in folder.glob("*.log")) if folder.is_dir() else []


def forget(message_ids: Collection[str]) -> None:
    """Remove these mails; other mails in the same file stay."""
    wanted = [message_id.encode() for message_id in message_ids if message_id]
    for path in files() if wanted else []:
        mails = path.read_bytes().split(RULE)
        left = [mail for mail in mails if not any(name in mail for name in wanted)]
        if len(left) == len(mails):
            continue
        if any(mail.strip() for mail in left):
            path.write_bytes(RULE.join(left))
        else:
            path.unlink(missing_ok=True)


def forget_before(moment: datetime) -> int:
    """Remove the files last written before `moment`; returns how many."""
    old = [path for path in files() if path.stat().st_mtime < moment.timestamp()]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
