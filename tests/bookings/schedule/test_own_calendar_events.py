"""When somebody is busy, from the file of their calendar; beside it what a second parser makes of it."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import vobject
from dateutil import tz

from bookings.schedule import intervals
from bookings.schedule.own_calendars.apart import TakesTooLong, read_apart
from bookings.schedule.own_calendars.events import NotACalendar, TooManyEvents, read

LONDON = ZoneInfo("Europe/London")
START, END = datetime(2026, 10, 20, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)
ZONE = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:DAYLIGHT
DTSTART:19700329T010000
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19701025T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""


def calendar(*found: str, zone: str = "") -> bytes:
    """Each event as the lines between BEGIN and END, apart by spaces; ~ is a space in a line."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN"]
    lines += ZONE.format(name=zone).splitlines() if zone else []
    for number, event in enumerate(found):
        own = [] if "UID:" in event else [f"UID:{number}@example.org"]
        lines += ["BEGIN:VEVENT", "DTSTAMP:20261001T000000Z", *own]
        lines += [*(line.replace("~", " ") for line in event.split()), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def busy(*found: str, zone: str = "", at: ZoneInfo = LONDON) -> list[str]:
    """The busy times in UTC, such as "20 09:00-10:00" (of October) or "1101 …" with a month."""
    spans = intervals.union(
        (one.start, one.end)
        for one in read(calendar(*found, zone=zone), zone=at, start=START, end=END).busy
    )
    return [f"{start:%m%d %H:%M}-{end:%m%d %H:%M}" for start, end in spans]


@pytest.mark.parametrize(
    ("event", "spans"),
    [
        ("DTSTART:20261101T090000Z DTEND:20261101T100000Z", ["1101 09:00-1101 10:00"]),
        ("DTSTART:20261101T090000Z DURATION:PT45M", ["1101 09:00-1101 09:45"]),
        # A point in time keeps none.
        ("DTSTART:20261101T090000Z", []),
        ("DTSTART:20261101T090000Z DTEND:20261101T090000Z", []),
        # Over before, and after the horizon; one that reaches in counts.
        ("DTSTART:20261019T230000Z DTEND:20261020T000000Z", []),
        ("DTSTART:20261120T000000Z DTEND:20261120T010000Z", []),
        ("DTSTART:20261019T230000Z DTEND:20261020T003000Z", ["1019 23:00-1020 00:30"]),
        # Whole days, in the zone of the person: in summer they begin at 23:00 UTC.
        ("DTSTART;VALUE=DATE:20261024", ["1023 23:00-1024 23:00"]),
        ("DTSTART;VALUE=DATE:20261025 DTEND;VALUE=DATE:20261026", ["1024 23:00-1026 00:00"]),
        ("DTSTART;VALUE=DATE:20261031 DTEND;VALUE=DATE:20261102", ["1031 00:00-1102 00:00"]),
        # A time without a zone is on the person's clock.
        ("DTSTART:20261023T090000 DTEND:20261023T100000", ["1023 08:00-1023 09:00"]),
        ("DTSTART:20261026T090000 DTEND:20261026T100000", ["1026 09:00-1026 10:00"]),
        (
            "DTSTART;TZID=America/New_York:20261026T090000 DTEND;TZID=America/New_York:20261026T100000",
            ["1026 13:00-1026 14:00"],
        ),
        # What is cancelled or marked as free.
        ("DTSTART:20261101T090000Z DTEND:20261101T100000Z STATUS:CANCELLED", []),
        ("DTSTART:20261101T090000Z DTEND:20261101T100000Z TRANSP:TRANSPARENT", []),
        (
            "DTSTART:20261101T090000Z DTEND:20261101T100000Z X-MICROSOFT-CDO-BUSYSTATUS:FREE",
            [],
        ),
        (
            "DTSTART:20261101T090000Z DTEND:20261101T100000Z STATUS:TENTATIVE",
            ["1101 09:00-1101 10:00"],
        ),
    ],
)
def test_one_event(event, spans):
    assert busy(event) == spans


def test_zone_of_person_counts_for_whole_days():
    kolkata = ZoneInfo("Asia/Kolkata")

    assert busy("DTSTART;VALUE=DATE:20261101", at=kolkata) == ["1031 18:30-1101 18:30"]


@pytest.mark.parametrize("name", ["Europe/London", "GMT Standard Time", "My own zone"])
def test_a_series_keeps_its_clock_time(name):
    """Over the end of summer time, by its own VTIMEZONE too."""
    clock = f"TZID={name.replace(' ', '~')}"
    event = (
        f"DTSTART;{clock}:20261023T090000 DTEND;{clock}:20261023T093000 RRULE:FREQ=DAILY;COUNT=4"
    )

    spans = busy(event, zone=name)

    assert spans == [
        "1023 08:00-1023 08:30",
        "1024 08:00-1024 08:30",
        "1025 09:00-1025 09:30",
        "1026 09:00-1026 09:30",
    ]


DAILY = "UID:a DTSTART:20261101T090000Z DTEND:20261101T100000Z RRULE:FREQ=DAILY;COUNT=3"
SECOND = "UID:a RECURRENCE-ID:20261102T090000Z DTSTART:20261102T090000Z DTEND:20261102T100000Z"


@pytest.mark.parametrize(
    ("more", "spans"),
    [
        ([f"{DAILY} EXDATE:20261102T090000Z"], ["1101 09:00-1101 10:00", "1103 09:00-1103 10:00"]),
        (
            [f"{DAILY} RDATE:20261105T120000Z"],
            [
                "1101 09:00-1101 10:00",
                "1102 09:00-1102 10:00",
                "1103 09:00-1103 10:00",
                "1105 12:00-1105 13:00",
            ],
        ),
        # One of them moved, one cancelled, one free.
        (
            [
                DAILY,
                "UID:a RECURRENCE-ID:20261102T090000Z DTSTART:20261102T150000Z DTEND:20261102T153000Z",
            ],
            ["1101 09:00-1101 10:00", "1102 15:00-1102 15:30", "1103 09:00-1103 10:00"],
        ),
        (
            [
                DAILY,
                f"{SECOND} STATUS:CANCELLED",
            ],
            ["1101 09:00-1101 10:00", "1103 09:00-1103 10:00"],
        ),
        (
            [
                DAILY,
                f"{SECOND} TRANSP:TRANSPARENT",
            ],
            ["1101 09:00-1101 10:00", "1103 09:00-1103 10:00"],
        ),
        # Moved into the time that is asked for, from far outside of it.
        (
            [
                "UID:a DTSTART:20250101T090000Z DTEND:20250101T100000Z RRULE:FREQ=DAILY;COUNT=2",
                "UID:a RECURRENCE-ID:20250102T090000Z DTSTART:20261102T090000Z DTEND:20261102T100000Z",
            ],
            ["1102 09:00-1102 10:00"],
        ),
        # Without an end, and long ago.
        (
            [
                "DTSTART:20000101T090000Z DTEND:20000101T100000Z RRULE:FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=5"
            ],
            ["1105 09:00-1105 10:00"],
        ),
        # Whole days, each week.
        (
            ["DTSTART;VALUE=DATE:20261006 RRULE:FREQ=WEEKLY;UNTIL=20261028"],
            ["1019 23:00-1020 23:00", "1027 00:00-1028 00:00"],
        ),
        # The third of each month as a place in it.
        (
            [
                "DTSTART:20260902T120000Z DURATION:PT1H RRULE:FREQ=MONTHLY;BYDAY=1WE;BYHOUR=12",
            ],
            ["1104 12:00-1104 13:00"],
        ),
    ],
)
def test_a_series(more, spans):
    assert busy(*more) == spans


@pytest.mark.parametrize(
    "event",
    [
        "DTSTART:20261101T100000Z DTEND:20261101T090000Z",
        "DTEND:20261101T090000Z",
        "DTSTART:yesterday",
        "DTSTART:20261101T090000Z DURATION:PT1H RRULE:FREQ=SECONDLY",
        "DTSTART:20261101T090000Z DURATION:PT1H RRULE:FREQ=MINUTELY;INTERVAL=1",
        "DTSTART:20261101T090000Z DURATION:PT1H RRULE:FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=0,1,2,3,4,5",
        "DTSTART:20261101T090000Z DURATION:PT1H RRULE:FREQ=NEVER",
    ],
)
def test_a_broken_event_leaves_the_others(event):
    good = "DTSTART:20261102T090000Z DTEND:20261102T100000Z"

    found = read(calendar(event, good), zone=LONDON, start=START, end=END)

    assert found.unreadable == 1 and len(found.busy) == 1


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"<html>Log in</html>",
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n",
        b"BEGIN:VCARD\r\nEND:VCARD\r\n",
        b"END:VCALENDAR",
        b"\0\xff\xfe" * 100,
    ],
)
def test_what_is_no_calendar(text):
    with pytest.raises(NotACalendar):
        read(text, zone=LONDON, start=START, end=END)


def test_an_empty_calendar_is_one():
    assert read(calendar(), zone=LONDON, start=START, end=END).busy == []


def test_too_many_events():
    text = b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 10_001 + b"END:VCALENDAR"

    with pytest.raises(TooManyEvents):
        read(text, zone=LONDON, start=START, end=END)


def many(number: int) -> bytes:
    """Events of half an hour, one every hour, half of them over."""
    first = START - timedelta(hours=number // 2)
    return calendar(
        *(
            f"DTSTART:{at:%Y%m%dT%H%M%SZ} DTEND:{at + timedelta(minutes=30):%Y%m%dT%H%M%SZ}"
            for at in (first + timedelta(hours=n) for n in range(number))
        )
    )


@pytest.mark.thorough
def test_ten_thousand_events_are_read_apart():
    found = read_apart(many(10_000), zone=LONDON, start=START, end=END)

    assert len(found.busy) == 31 * 24 and found.unreadable == 0
    assert found.busy[0].start == START


def test_what_takes_too_long_is_ended():
    """The thirtieth of February: the rule is looked for day by day, until the year 9999."""
    text = calendar("DTSTART:00010101T000000Z RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")

    with pytest.raises(TakesTooLong):
        read_apart(text, zone=LONDON, start=START, end=END, seconds=0.5)


@pytest.mark.parametrize("text", [b"no calendar", many(10) * 2])
def test_apart_says_the_same(text):
    about = {"zone": LONDON, "start": START, "end": END}
    try:
        here = read(text, **about)
    except NotACalendar:
        with pytest.raises(NotACalendar):
            read_apart(text, **about)
    else:
        assert read_apart(text, **about) == here and here.busy


def test_no_title_leaves_but_a_reference():
    text = calendar("DTSTART:20261101T090000Z DTEND:20261101T100000Z SUMMARY:Visit~K7MB-4QX9")
    found = read(text, zone=LONDON, start=START, end=END)

    assert found.busy[0].references == ("K7MB-4QX9",)
    assert "Visit" not in repr(found)


# --- a second parser


def rules(seed: int) -> str:
    """Some event with a rule, such as calendars make them."""
    random_ = random.Random(seed)
    first = datetime(2026, random_.randint(1, 10), random_.randint(1, 28), random_.randint(0, 23))  # noqa: DTZ001
    freq = random_.choice(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
    rule = f"FREQ={freq};INTERVAL={random_.randint(1, 3)}"
    if freq == "WEEKLY":
        days = random_.sample(["MO", "TU", "WE", "TH", "FR", "SA", "SU"], random_.randint(1, 4))
        rule += f";BYDAY={','.join(days)}"
    if freq == "MONTHLY":
        by = ["BYMONTHDAY=1", "BYMONTHDAY=-1", "BYMONTHDAY=31", "BYDAY=2TU", "BYDAY=-1FR"]
        rule += f";{random_.choice(by)}"
    if freq == "YEARLY":
        rule += f";BYMONTH={random_.randint(10, 11)};BYMONTHDAY={random_.randint(1, 31)}"
    ends = ["", f";COUNT={random_.randint(1, 300)}", ";UNTIL=20261110T235959Z"]
    rule += random_.choice(ends)
    event = (
        f"DTSTART;TZID=Europe/London:{first:%Y%m%dT%H%M%S} DURATION:PT{random_.randint(1, 180)}M"
    )
    left_out = datetime(2026, 11, random_.randint(1, 19), first.hour)  # noqa: DTZ001
    more = f" EXDATE;TZID=Europe/London:{left_out:%Y%m%dT%H%M%S}" if random_.random() < 0.5 else ""
    return f"{event} RRULE:{rule}{more}"


def second_parser(text: bytes) -> list[tuple[datetime, datetime]]:
    """By vobject and dateutil, which share nothing with the first but dateutil's arithmetic of rules."""
    # vobject keeps zones for the whole process, and another test may have had it take one of pytz, with
    # which a day left out in winter is not that of a rule from summer.
    london = tz.gettz("Europe/London")
    vobject.icalendar.registerTzid("Europe/London", london)
    event = next(vobject.readComponents(text.decode())).vevent
    # The first is always one, also where the rule would not say so (RFC 5545, 3.8.5.3).
    starts = {event.dtstart.value.replace(tzinfo=None)}
    for at in event.getrruleset(addRDate=True):
        if at.replace(tzinfo=None) > datetime(2026, 12, 1):  # noqa: DTZ001
            break
        starts.add(at.replace(tzinfo=None))
    found = [start.replace(tzinfo=london).astimezone(UTC) for start in starts]
    spans = [(start, start + event.duration.value) for start in found]
    return [(start, end) for start, end in spans if start < END and end > START]


@pytest.mark.parametrize("seed", range(60))
def test_a_second_parser_agrees(seed):
    text = calendar(rules(seed), zone="Europe/London")
    found = read(text, zone=LONDON, start=START, end=END)

    ours = intervals.union((one.start, one.end) for one in found.busy)
    assert found.unreadable == 0
    assert ours == intervals.union(second_parser(text)), rules(seed)
