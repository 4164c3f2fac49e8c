"""Every line of an invitation, of a feed and of a time zone, as RFC 5545 wants it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bookings.enums import ResourceKind
from bookings.models import Appointment
from bookings.schedule import feeds, ics, zones
from tests.bookings.steps import ELEVEN, asked, confirmed
from tests.factories import MONDAY, ResourceFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LONDON = """\
BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:STANDARD
DTSTART:20260101T000000
TZNAME:GMT
TZOFFSETFROM:+0000
TZOFFSETTO:+0000
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20260329T010000
TZNAME:BST
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20261025T020000
TZNAME:GMT
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
END:STANDARD
END:VTIMEZONE
"""


def lines(file):
    return file.decode().replace("\r\n ", "").replace("\r\n", "\n")


def blocks(text):
    """What stands between BEGIN and END, each block's lines in order of the alphabet."""
    found, open_ = [], []
    for line in text.splitlines():
        name, _colon, value = line.partition(":")
        if name == "BEGIN":
            open_.append((value, []))
        elif name == "END":
            found.append((open_[-1][0], sorted(open_.pop()[1])))
        else:
            open_[-1][1].append(line)
    return found


def text_of(*about):
    return [(name, sorted(text.splitlines())) for name, text in about]


CALENDAR = """\
CALSCALE:GREGORIAN
METHOD:{method}
PRODID:-//clinic-site//bookings//EN
VERSION:2.0
"""
NO = "“No” or “Decline” in a calendar does not reach us."
EVENT = """\
CLASS:PRIVATE
DESCRIPTION:To move or cancel\\, use the link in our message or call us.\\n{no}
DTEND;TZID=Europe/London:20261124T110000
DTSTAMP:20261123T080000Z
DTSTART;TZID=Europe/London:20261124T100000
LOCATION:{place}
SEQUENCE:{sequence}
STATUS:{status}
SUMMARY:Appointment at Hip & Spine Clinic
TRANSP:OPAQUE
UID:{uid}
URL:http://localhost:8000/request/find/
"""
PEOPLE = """\
ATTENDEE;PARTSTAT=ACCEPTED;RSVP=FALSE:mailto:maria@example.org
ORGANIZER;CN="Hip & Spine Clinic";SENT-BY="mailto:clinic@example.org":mailto:hello@example.org
"""
ALARM = """\
ACTION:DISPLAY
DESCRIPTION:Appointment at Hip & Spine Clinic
TRIGGER:-PT2H
"""


@pytest.mark.parametrize(
    ("method", "people", "alarm", "status"),
    [
        ("REQUEST", PEOPLE, True, "CONFIRMED"),
        ("CANCEL", PEOPLE, False, "CANCELLED"),
        ("PUBLISH", "", True, "CONFIRMED"),
    ],
)
def test_every_line_of_an_invitation(clinic, desk, method, people, alarm, status):
    visit = confirmed(clinic, desk)[1]
    file = lines(ics.invitation(visit, method=method, now=MONDAY))
    place = visit.place_label.replace(",", "\\,").replace("\n", "\\n")
    event = EVENT.format(
        no=NO, place=place, sequence=visit.ics_sequence, status=status, uid=visit.ics_uid
    )
    assert blocks(file) == [
        *blocks(LONDON),
        *text_of(*[("VALARM", ALARM)] * alarm),
        *text_of(("VEVENT", event + people), ("VCALENDAR", CALENDAR.format(method=method))),
    ]


def test_a_video_call_is_its_own_place(clinic, desk):
    visit = confirmed(clinic, desk)[1]
    visit.kind_of_visit, visit.service.video_link = "video", "https://video.example.org/a"
    file = lines(ics.invitation(visit, method="PUBLISH", now=MONDAY))
    assert "\nLOCATION:https://video.example.org/a\n" in file
    assert "Video call: https://video.example.org/a" in file


def test_whoever_sends_it_stands_for_nobody(clinic, desk, settings):
    settings.DEFAULT_FROM_EMAIL = "Clinic <Hello@Example.org>"
    visit = confirmed(clinic, desk)[1]
    assert ics.sender_address() == "Hello@Example.org"
    file = lines(ics.invitation(visit, method="REQUEST", now=MONDAY))
    assert '\nORGANIZER;CN="Hip & Spine Clinic":mailto:hello@example.org\n' in file


FEED = """\
CLASS:PRIVATE
DTEND;TZID=Europe/London:20261124T{end}0000
DTSTAMP:20261123T080000Z
DTSTART;TZID=Europe/London:20261124T{start}0000
LAST-MODIFIED:20261123T080000Z
LOCATION:{place}
SEQUENCE:{visit.ics_sequence}
STATUS:{status}
SUMMARY:{summary} {visit.request.reference}
TRANSP:OPAQUE
UID:{visit.ics_uid}
"""


def test_every_line_of_a_feed(clinic, desk):
    service, location, (person, _other) = clinic
    visit = confirmed(clinic, desk, practitioner=person)[1]
    room = ResourceFactory(kind=ResourceKind.ROOM, location=location, name="Blue room")
    Appointment.objects.filter(pk=visit.pk).update(room=room)
    held = asked(clinic, start=ELEVEN, practitioner=person, email="b@example.org")
    held = held.appointments.get()
    about = CALENDAR.format(method="PUBLISH") + f"X-WR-CALNAME:{person.name}\n"
    about += "REFRESH-INTERVAL;VALUE=DURATION:PT1H\n"
    place, name = f"Blue room\\, {location.name}", location.name
    booked = {"start": 10, "end": 11, "place": place, "status": "CONFIRMED", "summary": "Visit"}
    kept = {"start": 11, "end": 12, "place": name, "status": "TENTATIVE", "summary": "Held:"}
    assert blocks(lines(feeds.file_of(person, now=MONDAY))) == [
        *blocks(LONDON),
        *text_of(
            ("VEVENT", FEED.format(visit=visit, **booked)),
            ("VEVENT", FEED.format(visit=held, **kept)),
            ("VCALENDAR", about),
        ),
    ]


def test_each_zone_has_the_years_of_its_visits(clinic, desk):
    """One that begins on New Year's Eve is read with the clocks of the new year as well."""
    first = confirmed(clinic, desk)[1]
    second = confirmed(clinic, desk, start=ELEVEN, email="b@example.org")[1]
    for visit, start, zone in (
        (first, datetime(2026, 12, 31, 12, tzinfo=UTC), "Europe/London"),
        (second, datetime(2027, 1, 1, 12, tzinfo=UTC), "Europe/Berlin"),
    ):
        visit.start, visit.end, visit.time_zone = start, start + HOUR, zone
    file = ics.invitation(first, second, method="PUBLISH", now=MONDAY)
    found = [name for name, _lines in blocks(lines(file))]
    clocks = ["STANDARD", "DAYLIGHT"] * 2 + ["STANDARD", "VTIMEZONE"]
    assert found == [*clocks * 2, *["VALARM", "VEVENT"] * 2, "VCALENDAR"]
    for year in (b"20260329", b"20261025", b"20270328", b"20271031"):
        assert file.count(b"DTSTART:" + year) == 2
    once = ics.invitation(second, method="PUBLISH", now=MONDAY)
    assert once.count(b"BEGIN:STANDARD") == 3 and b"Europe/London" not in once


def utc(*when):
    return datetime(*when, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "first", "last", "changes"),
    [
        # São Tomé moved its clocks in the first hours of two years.
        ("Africa/Sao_Tome", 2017, 2017, []),
        ("Africa/Sao_Tome", 2018, 2018, [utc(2018, 1, 1, 1)]),
        ("Africa/Sao_Tome", 2018, 2019, [utc(2018, 1, 1, 1), utc(2019, 1, 1, 1)]),
        # Fiji did in the middle of January.
        ("Pacific/Fiji", 2019, 2019, [utc(2019, 1, 12, 14), utc(2019, 11, 9, 14)]),
        ("Pacific/Fiji", 2018, 2018, [utc(2018, 1, 13, 14), utc(2018, 11, 3, 14)]),
    ],
)
def test_changes_around_new_year(zone, first, last, changes):
    assert list(zones.changes(ZoneInfo(zone), first, last)) == changes


def test_a_zone_without_changes_says_its_offset():
    found = zones.component(ZoneInfo("Asia/Kathmandu"), date(2026, 6, 1), date(2026, 6, 2))
    assert lines(found.to_ical()) == (
        "BEGIN:VTIMEZONE\nTZID:Asia/Kathmandu\nBEGIN:STANDARD\nDTSTART:20260101T054500\n"
        "TZNAME:+0545\nTZOFFSETFROM:+0545\nTZOFFSETTO:+0545\nEND:STANDARD\nEND:VTIMEZONE\n"
    )
