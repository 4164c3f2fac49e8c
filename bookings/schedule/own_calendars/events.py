"""Reads an iCalendar file (RFC 5545): from when to when its owner is busy. No Django here.

A process of its own runs it (`apart.py`), because the file is somebody else's and may take for ever. What
an event is called leaves this module only as far as it names one of our own visits.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from math import prod
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

MOST_EVENTS = 10_000
MOST_TIMES = 50_000
"""Occurrences of all events together."""
MOST_A_DAY = 24
"""How often an event may repeat on one day; what repeats more often is no appointment."""
REFERENCE = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b")
"""A request's reference, as our own feed writes it into the title of a visit."""
MARGIN = timedelta(days=2)
"""More than any zone is away from UTC: the library is asked so much more on both sides."""
BEGAN = timedelta(days=30)
"""What began earlier begins here: an event may say that it began in the year 1."""
LONGEST_UID = 200
"""More than our own visits' have. It is said with each occurrence, and a file may have one of megabytes."""
MOST_REFERENCES = 20


class NotACalendar(Exception):
    """The text is no whole iCalendar file."""


class TooManyEvents(Exception):
    """More than `MOST_EVENTS`, or more occurrences than `MOST_TIMES`."""


@dataclass(frozen=True)
class Busy:
    """One occurrence: UTC, half-open. `uid` and `references` tell whether it is a visit of our own."""

    start: datetime
    end: datetime
    uid: str
    references: tuple[str, ...]


@dataclass
class Found:
    busy: list[Busy] = field(default_factory=list)
    unreadable: int = 0
    """Events that contradict themselves or the standard. They keep no time."""


def read(text: bytes, *, zone: ZoneInfo, start: datetime, end: datetime) -> Found:
    """Everything busy that touches [start, end) (UTC), and ends with it.

    `zone`: for whole days and for times without a zone. Left out: what is cancelled, or marked as free.
    Raises `NotACalendar` or `TooManyEvents`.
    """
    if text.count(b"BEGIN:VEVENT") > MOST_EVENTS:
        raise TooManyEvents
    found = Found()
    for calendar in _calendars(text):
        series: dict[str, list[Any]] = defaultdict(list)
        for number, event in enumerate(calendar.walk("VEVENT")):
            series[str(event.get("UID") or f"without-{number}")].append(event)
        for uid, events in series.items():
            try:
                times = list(_times(calendar, events, zone, start - MARGIN, end + MARGIN))
            except Exception:  # whatever the library says to a broken event: the others count
                found.unreadable += 1
                continue
            name, references = _stored(uid), _references(events)
            found.busy += [
                # An event may go on for thousands of years, and a closure has a row for each five minutes.
                Busy(max(first, start - BEGAN), min(last, end), name, references)
                for first, last in times
                if first < last and first < end and last > start
            ]
            if len(found.busy) > MOST_TIMES:
                raise TooManyEvents
    return found


def _calendars(text: bytes) -> Sequence[Any]:
    if not text.strip().upper().endswith(b"END:VCALENDAR"):
        raise NotACalendar  # also one that broke off
    try:
        found: Sequence[Any] = Calendar.from_ical(text, multiple=True)
    except Exception as error:  # the parser knows many ways to fail
        raise NotACalendar from error
    if not found or any(one.name != "VCALENDAR" for one in found):
        raise NotACalendar
    return found


def _times(
    calendar: Any, events: Sequence[Any], zone: ZoneInfo, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """The occurrences of the events of one UID: one event, or a series with its exceptions."""
    for event in events:
        if event.errors:
            raise ValueError
    if len(events) == 1 and not _repeats(events[0]):
        occurrences: Iterable[Any] = events
    else:
        occurrences = _expanded(calendar, events, start, end)
    for event in occurrences:
        if not _is_free(event):
            first, last = _instant(event.start, zone), _instant(event.end, zone)
            if last < first:
                raise ValueError
            yield first, last


def _repeats(event: Any) -> bool:
    return any(name in event for name in ("RRULE", "RDATE", "RECURRENCE-ID"))


def _expanded(
    calendar: Any, events: Sequence[Any], start: datetime, end: datetime
) -> Iterable[Any]:
    for event in events:
        rules = event.get("RRULE") or []
        for rule in rules if isinstance(rules, list) else [rules]:
            _seldom_enough(rule)
    alone = Calendar()
    for name in ("X-WR-TIMEZONE", "CALSCALE"):
        if name in calendar:
            alone.add(name, calendar[name])
    for event in events:
        alone.add_component(event)
    found: Iterable[Any] = recurring_ical_events.of(alone).between(start, end)
    return found


def _seldom_enough(rule: Any) -> None:
    if {"SECONDLY", "MINUTELY"} & {str(one).upper() for one in rule["FREQ"]}:
        raise ValueError
    names = ("BYHOUR", "BYMINUTE", "BYSECOND")
    if prod(len(rule[name]) for name in names if name in rule) > MOST_A_DAY:
        raise ValueError


def _is_free(event: Any) -> bool:
    """Cancelled, or marked as free; Outlook has a word of its own for that."""
    return (
        str(event.get("STATUS")).upper() == "CANCELLED"
        or str(event.get("TRANSP")).upper() == "TRANSPARENT"
        or str(event.get("X-MICROSOFT-CDO-BUSYSTATUS")).upper() == "FREE"
    )


def _instant(at: date | datetime, zone: ZoneInfo) -> datetime:
    """A day begins at midnight in `zone`, and a time without a zone is one on its clock."""
    if not isinstance(at, datetime):
        at = datetime.combine(at, time.min)
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def _stored(uid: str) -> str:
    """As a database can be asked for it: PostgreSQL takes no NUL. None of our own is cut."""
    return uid.replace("\0", "")[:LONGEST_UID]


def _references(events: Sequence[Any]) -> tuple[str, ...]:
    titles = " ".join(str(event.get("SUMMARY")) for event in events)
    return tuple(sorted(set(REFERENCE.findall(titles)))[:MOST_REFERENCES])
