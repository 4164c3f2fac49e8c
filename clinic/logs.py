"""Logs that say what happened and where, and nothing about anybody.

Our own messages carry ids only, by the house's rules. What libraries log is not ours: of it only
the fixed text is kept, not the values filled in, which may be an address with a patient's secret
in it. Of an error only its kind and its place: its message may quote a row.
"""

from __future__ import annotations

import json
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any

from clinic import __version__

OURS = ("accounts", "bookings", "clinic", "education", "plans")
REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
FIELDS = ("method", "route", "status", "ms", "user")
"""What `clinic.requests` adds to its lines."""
DEEPEST = 12


def facts(record: logging.LogRecord) -> dict[str, Any]:
    """A record as safe values, in the order in which people read them."""
    found: dict[str, Any] = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "from": record.name,
        "what": text(record),
    }
    if REQUEST_ID.get():
        found["request"] = REQUEST_ID.get()
    status = getattr(record, "status_code", None)
    if status:
        found["status"] = status
    found |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
    if record.exc_info and record.exc_info[0]:
        found["error"] = record.exc_info[0].__name__
        found["where"] = places(record.exc_info[2])
    return found


def text(record: logging.LogRecord) -> str:
    """Our own message in full; of anybody else's what the programmer wrote, without the values."""
    ours = record.name.partition(".")[0] in OURS
    return record.getMessage() if ours else str(record.msg)


def places(trace: Any) -> list[str]:
    """The innermost frames as `file.py:12 function`: no source line, no values."""
    return [
        f"{'/'.join(PurePath(frame.filename).parts[-2:])}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(trace)[-DEEPEST:]
    ]


class Json(logging.Formatter):
    """One JSON object a line, for whatever collects the logs."""

    def format(self, record: logging.LogRecord) -> str:
        found = facts(record) | {"version": __version__}
        return json.dumps(found, ensure_ascii=False, default=str)


class Line(logging.Formatter):
    """The same to read: one line, and one more for each place of an error."""

    def format(self, record: logging.LogRecord) -> str:
        found = facts(record)
        start = f"{found.pop('at')} {found.pop('level').upper()} {found.pop('from')} "
        what, where = found.pop("what"), found.pop("where", [])
        rest = "".join(f" {name}={value}" for name, value in found.items())
        return "\n  ".join([f"{start}{what}{rest}", *where])
