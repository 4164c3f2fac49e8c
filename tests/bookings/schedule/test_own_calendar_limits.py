"""How much of a calendar's file is taken, to the last event, and what the process that reads it says."""

import io
import json
import resource
import sys
from datetime import timedelta
from types import SimpleNamespace

import pytest

from bookings.schedule.own_calendars import apart, events
from bookings.schedule.own_calendars.address import host_of, https
from bookings.schedule.own_calendars.apart import TakesTooLong, read_apart
from bookings.schedule.own_calendars.events import Found, NotACalendar, TooManyEvents, read
from clinic.safe_http import RefusedAddress
from tests.bookings.schedule.test_own_calendar_events import (
    END,
    LONDON,
    START,
    busy,
    calendar,
)

ONE = "DTSTART:20261101T090000Z DTEND:20261101T100000Z"
DAILY = "DTSTART:20261101T000000Z DURATION:PT10M RRULE:FREQ=DAILY;COUNT=1"
ABOUT = {"zone": LONDON, "start": START, "end": END}


@pytest.mark.parametrize("limit", ["MOST_EVENTS", "MOST_TIMES"])
def test_to_the_last_event(monkeypatch, limit):
    monkeypatch.setattr(events, limit, 2)
    assert len(read(calendar(ONE, ONE), **ABOUT).busy) == 2
    with pytest.raises(TooManyEvents):
        read(calendar(ONE, ONE, ONE), **ABOUT)


@pytest.mark.parametrize(
    "event",
    [
        "DTSTART:20261101T090000Z",  # a point in time
        "DTSTART:20261120T000000Z DTEND:20261120T010000Z",  # begins as the horizon ends
        "DTSTART:20261019T230000Z DTEND:20261020T000000Z",  # ends as it begins
    ],
)
def test_what_keeps_no_time_is_readable(event):
    assert read(calendar(event), **ABOUT) == Found([], 0)


def test_what_reaches_beyond_is_cut():
    text = calendar("DTSTART:20250101T000000Z DTEND:20270101T000000Z")
    (found,) = read(text, **ABOUT).busy
    assert (found.start, found.end) == (START - timedelta(days=30), END)


HOURS = ",".join(map(str, range(24)))


@pytest.mark.parametrize(
    ("rule", "times"),
    [
        (f"COUNT=24;BYHOUR={HOURS}", 24),
        (f"COUNT=24;BYHOUR={HOURS};BYMINUTE=0,1", None),
        ("COUNT=24;BYHOUR=0,1,2,3;BYMINUTE=0,10;BYSECOND=0,10,20", 24),
        ("COUNT=24;BYHOUR=0,1,2,3,4;BYMINUTE=0,10;BYSECOND=0,10,20", None),
        ("COUNT=2;BYMINUTE=0,20", 2),
    ],
)
def test_how_often_on_one_day(rule, times):
    event = f"DTSTART:20261101T000000Z DURATION:PT1S RRULE:FREQ=DAILY;{rule}"
    found = read(calendar(event), **ABOUT)
    assert (len(found.busy), found.unreadable) == ((times, 0) if times else (0, 1))


def test_every_rule_of_an_event_counts():
    seldom = "RRULE:FREQ=DAILY;COUNT=2"
    often = "RRULE:FREQ=DAILY;COUNT=2 RRULE:FREQ=MINUTELY;COUNT=2"
    at = "DTSTART:20261101T000000Z DURATION:PT10M"
    assert len(busy(f"{at} {seldom}")) == 2
    assert read(calendar(f"{at} {often}"), **ABOUT) == Found([], 1)


def test_events_without_uid_are_apart():
    text = calendar(ONE, "DTSTART:yesterday", "DTSTART:20261102T090000Z DURATION:PT1H")
    for number in range(3):
        text = text.replace(f"UID:{number}@example.org\r\n".encode(), b"")
    found = read(text, **ABOUT)
    assert (len(found.busy), found.unreadable) == (2, 1)


@pytest.mark.parametrize(("named", "hour"), [(True, 9), (False, 8)])
def test_a_calendar_may_name_its_zone(named, hour):
    """As shared calendars do: times in UTC that mean the clock of the zone, in summer and winter."""
    text = calendar("DTSTART:20261024T080000Z DURATION:PT1H RRULE:FREQ=DAILY;COUNT=2")
    if named:
        text = text.replace(b"VERSION:2.0", b"VERSION:2.0\r\nX-WR-TIMEZONE:Europe/London")
    assert [one.start.hour for one in read(text, **ABOUT).busy] == [8, hour]


def test_a_card_beside_a_calendar():
    card = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:A\r\nEND:VCARD\r\n"
    assert read(calendar(ONE) + calendar(ONE) + b"\r\n", **ABOUT).busy
    with pytest.raises(NotACalendar):
        read(card + calendar(ONE), **ABOUT)


def test_titles_give_twenty_references_at_most():
    names = [f"AAAA-{n:04}" for n in range(25)]
    (found,) = read(calendar(f"{ONE} SUMMARY:{'~'.join([*names, *names])}"), **ABOUT).busy
    assert found.references == tuple(names[:20])
    (found,) = read(calendar(ONE), **ABOUT).busy
    assert (found.references, found.uid) == ((), "0@example.org")


# --- the process of its own


@pytest.fixture
def process(monkeypatch, capsys):
    """Runs it here: what it says of a file, and which limit it set itself."""
    limits = []
    monkeypatch.setattr(resource, "setrlimit", lambda *about: limits.append(about))

    def run(text):
        about = ["apart", LONDON.key, str(START.timestamp()), str(END.timestamp())]
        monkeypatch.setattr(sys, "argv", about)
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text)))
        apart.main()
        assert limits.pop() == (resource.RLIMIT_AS, (apart.MEMORY, apart.MEMORY))
        return json.loads(capsys.readouterr().out)

    return run


def test_what_the_process_says(process, monkeypatch):
    said = process(calendar(ONE, "DTSTART:yesterday"))
    found = read(calendar(ONE), **ABOUT).busy[0]
    assert said == {
        "busy": [
            {
                "start": found.start.timestamp(),
                "end": found.end.timestamp(),
                "uid": "0@example.org",
                "references": [],
            }
        ],
        "unreadable": 1,
    }
    assert process(b"no calendar") == {"error": "NotACalendar"}
    monkeypatch.setattr(events, "MOST_EVENTS", 0)
    assert process(calendar(ONE)) == {"error": "TooManyEvents"}


def test_no_limit_where_there_is_none(process, monkeypatch):
    def refused(*about):
        raise ValueError

    monkeypatch.setattr(resource, "setrlimit", refused)
    apart.limit_memory()


def test_a_process_that_dies_took_too_long(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(TakesTooLong):
        read_apart(calendar(ONE), **ABOUT)


@pytest.mark.parametrize(
    ("typed", "address", "host"),
    [
        (" webcal://a.example.org/x.ics ", "https://a.example.org/x.ics", "a.example.org"),
        ("WEBCALS://a.example.org/", "https://a.example.org/", "a.example.org"),
        ("https://A.example.org/?webcal://", None, "a.example.org"),
    ],
)
def test_the_address_as_it_is_asked(typed, address, host):
    assert https(typed) == (address or typed) and host_of(typed.strip()) == host


def test_no_other_address_is_taken():
    assert host_of("nothing") == ""
    for typed in ("ftp://a.example.org/", "a.example.org", "https://me:word@a.example.org/"):
        with pytest.raises(RefusedAddress):
            https(typed)
