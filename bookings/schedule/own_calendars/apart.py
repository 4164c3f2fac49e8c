"""Reads a calendar's file in a process of its own, which ends when its time or its memory is used up.

Rules of repetition can be written that no parser gets to the end of, and the file is somebody else's.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bookings.schedule.own_calendars.events import (
    Busy,
    Found,
    NotACalendar,
    TooManyEvents,
    read,
)

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 45
MEMORY = 1024**3
ERRORS = {error.__name__: error for error in (NotACalendar, TooManyEvents)}


class TakesTooLong(Exception):
    """It was not read within `SECONDS` and `MEMORY`."""


def read_apart(
    text: bytes, *, zone: ZoneInfo, start: datetime, end: datetime, seconds: float = SECONDS
) -> Found:
    """As `events.read`, with its errors; also raises `TakesTooLong`."""
    about = [zone.key, str(start.timestamp()), str(end.timestamp())]
    try:
        done = subprocess.run(  # noqa: S603  (our own module, and no shell)
            [sys.executable, "-m", __name__, *about],
            input=text,
            capture_output=True,
            timeout=seconds,
            cwd=ROOT,
        )
    except subprocess.TimeoutExpired:
        raise TakesTooLong from None
    if done.returncode:
        raise TakesTooLong
    said = json.loads(done.stdout)
    if "error" in said:
        raise ERRORS[said["error"]]
    return Found([_busy(one) for one in said["busy"]], said["unreadable"])


def _busy(said: dict[str, object]) -> Busy:
    start, end = (datetime.fromtimestamp(float(str(said[name])), UTC) for name in ("start", "end"))
    return Busy(start, end, str(said["uid"]), tuple(said["references"]))  # type: ignore[arg-type]


def main() -> None:
    limit_memory()
    zone, start, end = sys.argv[1:]
    try:
        found = read(
            sys.stdin.buffer.read(),
            zone=ZoneInfo(zone),
            start=datetime.fromtimestamp(float(start), UTC),
            end=datetime.fromtimestamp(float(end), UTC),
        )
    except tuple(ERRORS.values()) as error:
        json.dump({"error": type(error).__name__}, sys.stdout)
    else:
        json.dump(asdict(found), sys.stdout, default=datetime.timestamp)


def limit_memory() -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ImportError, ValueError, OSError):
        pass  # not every system has such limits; the time is limited everywhere


if __name__ == "__main__":
    main()
