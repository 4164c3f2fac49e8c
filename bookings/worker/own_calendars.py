"""Reads practitioners' own calendars. A periodic job.

The addresses are asked side by side, for 15 seconds at most. A file that says nothing new is not read
again: by its ETag or Last-Modified, or by its text without the stamps that Google renews at each call. Once
a day its times are worked out anew, so that what repeats goes on. A failure is kept for the pages that show
it and tried again, later each time; logs have ids only.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.db.models import F

from bookings.enums import CalendarProblem
from bookings.models import Appointment, OwnCalendar
from bookings.schedule import intervals
from bookings.schedule.intervals import Interval
from bookings.schedule.own_calendars.apart import TakesTooLong, read_apart
from bookings.schedule.own_calendars.events import Busy, Found, NotACalendar, TooManyEvents
from bookings.transitions import ChangedMeanwhile, drop_old, see_clashes, set_busy
from clinic import safe_http
from clinic.safe_http import Answer, Limits, RefusedAddress, Unreachable
from clinic.sealed import CannotOpen

logger = logging.getLogger(__name__)

AT_ONCE = 8
A_ROUND = 24
"""Calendars in one run; the others come with the next."""
ROUND = 40
"""Seconds of reading in one run."""
LIMITS = Limits(seconds=15, body_bytes=10 * 1024 * 1024)
LEASE = timedelta(minutes=5)
"""After that another worker assumes that the first one died."""
EXPANDED = timedelta(hours=24)
LONGEST_WAIT = timedelta(hours=6)
STAMPS = re.compile(rb"^(?:DTSTAMP|CREATED|LAST-MODIFIED)[:;][^\r\n]*\r?\n", re.MULTILINE)
GONE = frozenset({401, 403, 404, 410})


class Failed(Exception):
    """It could not be read. `wait`: how long its server asks to be left alone."""

    def __init__(self, problem: CalendarProblem, wait: timedelta = timedelta()) -> None:
        self.problem, self.wait = problem, wait
        super().__init__(problem)


@dataclass(frozen=True)
class Ask:
    """One address with what was known about its file; without its repr, because it is a secret."""

    address: str
    headers: dict[str, str]

    def __repr__(self) -> str:
        return "Ask(…)"


def read_due(*, now: datetime) -> int:
    """Read every calendar that is due; returns how many were asked. Running it twice changes nothing.

    An error that nobody foresaw is raised at the end, so that the job counts as failed and the other
    calendars are read all the same; its own calendar is tried again when its lease is over.
    """
    due = OwnCalendar.objects.due(now).order_by("due_at", "pk").select_related("resource__location")
    mine = [one for one in due[:A_ROUND] if _take(one, now)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(_fetch, [_ask(one, now) for one in mine]))
    began, broken = monotonic(), None
    for calendar, answer in zip(mine, answers, strict=True):
        if monotonic() - began > ROUND:  # mail waits meanwhile: the others come with the next round
            _write(calendar, due_at=now)
            continue
        try:
            _read(calendar, answer, now)
        except ChangedMeanwhile:
            logger.info("own calendar %s was changed while it was read", calendar.pk)
        except Exception as error:  # raised below
            logger.error("own calendar %s: %s", calendar.pk, type(error).__name__)
            broken = broken or error
    if broken:
        raise broken
    return len(mine)


def _take(calendar: OwnCalendar, now: datetime) -> bool:
    """Lease it; False if another worker has just done so."""
    rows = OwnCalendar.objects.filter(pk=calendar.pk, due_at=calendar.due_at)
    return bool(rows.update(due_at=now + LEASE))


def _ask(calendar: OwnCalendar, now: datetime) -> Ask | Failed:
    try:
        address = calendar.address()
    except CannotOpen:
        return Failed(CalendarProblem.SEALED)
    headers = {"accept": "text/calendar, */*;q=0.1"}
    if _is_known(calendar, now):
        known = {"if-none-match": calendar.etag, "if-modified-since": calendar.last_modified}
        headers |= {name: value for name, value in known.items() if value}
    return Ask(address, headers)


def _is_known(calendar: OwnCalendar, now: datetime) -> bool:
    """Whether the same file would lead to the same times: not in another zone, nor after a day."""
    fresh = calendar.expanded_at is not None and now - calendar.expanded_at < EXPANDED
    return fresh and calendar.zone == calendar.resource.location.time_zone


def _fetch(ask: Ask | Failed) -> Answer | Failed:
    """In a thread: no database here."""
    if isinstance(ask, Failed):
        return ask
    try:
        answer = safe_http.request("GET", ask.address, headers=ask.headers, limits=LIMITS)
    except RefusedAddress:
        return Failed(CalendarProblem.REFUSED)
    except Unreachable:
        return Failed(CalendarProblem.UNREACHABLE)
    if answer.status in (200, 304):
        return answer
    problem = CalendarProblem.GONE if answer.status in GONE else CalendarProblem.NOT_NOW
    return Failed(problem, _asked_to_wait(answer))


def _asked_to_wait(answer: Answer) -> timedelta:
    said = answer.headers.get("retry-after", "")
    return timedelta(seconds=int(said)) if re.fullmatch(r"[0-9]{1,5}", said) else timedelta()


def _read(calendar: OwnCalendar, answer: Answer | Failed, now: datetime) -> None:
    try:
        if isinstance(answer, Failed):
            raise answer
        _apply(calendar, answer, now)
    except Failed as failed:
        _fail(calendar, failed, now)


def _apply(calendar: OwnCalendar, answer: Answer, now: datetime) -> None:
    """Let its times count, and write down what is known about the file. Raises `Failed`."""
    digest = hashlib.sha256(STAMPS.sub(b"", answer.body)).hexdigest()
    same = answer.status == 304 or digest == calendar.digest
    done: dict[str, object] = {}
    if same and _is_known(calendar, now):
        see_clashes(calendar, now=now)
    elif answer.status == 304:
        raise Failed(CalendarProblem.NOT_NOW)  # to a question that we did not ask
    else:
        zone = calendar.resource.location.zone
        found = _expand(calendar, answer.body, now)
        set_busy(calendar, _others(calendar, found.busy), now=now)
        done = {"digest": digest, "zone": zone.key, "expanded_at": now}
        done["unreadable"] = found.unreadable
    if answer.status == 200:
        done["etag"] = _kept(answer.headers.get("etag", ""), 200)
        done["last_modified"] = _kept(answer.headers.get("last-modified", ""), 64)
    _write(
        calendar,
        due_at=now + timedelta(minutes=settings.OWN_CALENDARS["EVERY_MINUTES"]),
        read_at=now,
        failing_since=None,
        failures=0,
        problem="",
        dropped_at=None,
        **done,
    )


def _kept(header: str, longest: int) -> str:
    """What is sent back to its server; half of it would be another one."""
    return header if len(header) <= longest and header.isprintable() else ""


def _expand(calendar: OwnCalendar, text: bytes, now: datetime) -> Found:
    until = now + timedelta(days=settings.OWN_CALENDARS["DAYS_AHEAD"])
    try:
        return read_apart(text, zone=calendar.resource.location.zone, start=now, end=until)
    except NotACalendar:
        raise Failed(CalendarProblem.NO_CALENDAR) from None
    except (TooManyEvents, TakesTooLong):
        raise Failed(CalendarProblem.TOO_MUCH) from None


def _others(calendar: OwnCalendar, busy: Sequence[Busy]) -> list[Interval]:
    """All but our own visits, which may be in that calendar through the feed of this site.

    By the UID; a program that gives its copies another one keeps the title, with the request's reference.
    """
    uids = {one.uid for one in busy}
    names = {name for one in busy for name in one.references}
    own = {uid for part in _parts(uids) for uid in _column("ics_uid", ics_uid__in=part)}
    visits = {"practitioner": calendar.resource, "request__reference__in": []}
    references = {
        name
        for part in _parts(names)
        for name in _column("request__reference", **visits | {"request__reference__in": part})
    }
    return intervals.union(
        (one.start, one.end)
        for one in busy
        if one.uid not in own and not references & set(one.references)
    )


def _column(name: str, **which: object) -> set[str]:
    return set(Appointment.objects.filter(**which).values_list(name, flat=True))


def _parts(values: set[str]) -> list[list[str]]:
    """SQLite takes so many values in one question and no more."""
    ordered = sorted(values)
    return [ordered[at : at + 500] for at in range(0, len(ordered), 500)]


def _fail(calendar: OwnCalendar, failed: Failed, now: datetime) -> None:
    since = calendar.failing_since or now
    every = timedelta(minutes=settings.OWN_CALENDARS["EVERY_MINUTES"])
    longer = min(every * 2 ** min(calendar.failures, 10), LONGEST_WAIT)
    due, ends = now + max(longer, failed.wait), _counts_until(calendar)
    if ends and ends > now:
        due = min(due, ends)  # dropped then, however long its server asks to wait
    _write(
        calendar,
        due_at=due,
        failing_since=since,
        failures=F("failures") + 1,
        problem=failed.problem,
    )
    if ends and ends <= now:
        drop_old(calendar, now=now)


def _counts_until(calendar: OwnCalendar) -> datetime | None:
    """When what was read becomes too old; None if nothing was read, or it is dropped already."""
    if calendar.read_at is None or calendar.dropped_at:
        return None
    return calendar.read_at + timedelta(hours=settings.OWN_CALENDARS["TOO_OLD_HOURS"])


def _write(calendar: OwnCalendar, **values: object) -> None:
    """Unless it has another address by now."""
    OwnCalendar.objects.filter(pk=calendar.pk, version=calendar.version).update(**values)
