from datetime import UTC, datetime

import pytest
from icalendar import Calendar

from bookings import calendars, transitions
from tests.factories import MONDAY, make_request

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.fixture
def visit(clinic, desk):
    service, location, _people = clinic
    request = make_request(service, location, start=TEN, note="It hurts at night.")
    return transitions.confirm(request, actor=desk, version=request.version, now=MONDAY)


def event_of(file):
    return Calendar.from_ical(file).walk("VEVENT")[0]


def test_an_invitation(visit):
    file = calendars.invitation(visit, method="REQUEST", now=MONDAY)
    assert Calendar.from_ical(file)["method"] == "REQUEST"
    event = event_of(file)
    assert event["uid"] == visit.ics_uid and event["sequence"] == visit.ics_sequence
    assert event.decoded("dtstart") == TEN
    assert event.decoded("dtstart").tzinfo.key == "Europe/London"
    assert Calendar.from_ical(file).walk("VTIMEZONE")


def test_no_word_about_health_and_none_of_the_patients(visit):
    file = calendars.invitation(visit, method="REQUEST", now=MONDAY).decode()
    file = file.replace("maria@example.org", "")  # whom it is for: RFC 5546 wants the attendee
    for word in ("hurts", "stretch", "Maria", "hip", "pain"):
        assert word.lower() not in file.lower().replace("hip & spine clinic", "")


def test_a_cancellation_keeps_the_uid_and_raises_the_sequence(visit):
    before = visit.ics_sequence
    transitions.withdraw(visit.request, now=MONDAY)
    visit.refresh_from_db()
    event = event_of(calendars.invitation(visit, method="CANCEL", now=MONDAY))
    assert event["status"] == "CANCELLED" and event["uid"] == visit.ics_uid
    assert event["sequence"] > before
