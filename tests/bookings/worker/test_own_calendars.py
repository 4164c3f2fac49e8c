"""The worker reads calendars from a real server on loopback."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfoNotFoundError

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from bookings import transitions
from bookings.enums import CalendarProblem, StaffKind
from bookings.models import Location, OwnCalendar, Practitioner, Resource, StaffNotice, TimeClaim
from bookings.roles import make_roles
from bookings.schedule import claims
from bookings.worker import health, own_calendars
from tests.bookings.schedule.test_own_calendar_events import calendar
from tests.factories import MONDAY, make_request
from tests.outside import certificate, serve

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)
HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
ONE = "DTSTART:20261124T100000Z DTEND:20261124T110000Z SUMMARY:Dentist"
TWO = "DTSTART:20261125T100000Z DTEND:20261125T110000Z"


class Feed:
    """What the server says; a test changes it. It answers a known ETag with 304."""

    def __init__(self):
        self.body, self.status, self.headers, self.etag = calendar(ONE), 200, {}, '"1"'

    def __call__(self, asked):
        if self.status == 200 and self.etag and asked.headers["If-None-Match"] == self.etag:
            asked.say(status=304, ETag=self.etag)
        elif self.status == 200:
            asked.say(self.body, ETag=self.etag, **self.headers)
        else:
            asked.say(b"", self.status, **self.headers)


@pytest.fixture
def feed():
    return Feed()


@pytest.fixture
def server(feed, settings):
    settings.OUTGOING_EXCEPTIONS = ["127.0.0.1/32"]
    with serve(feed) as server:
        yield server


@pytest.fixture
def person(clinic):
    return clinic[2][0]


@pytest.fixture
def own(person, server):
    return add(person, server.url("/private-0d9f/basic.ics"))


def add(person, url):
    made = OwnCalendar(resource=person, created_at=MONDAY, due_at=MONDAY)
    made.set_address(url, host="127.0.0.1")
    made.save()
    return made


def read(own, now=MONDAY):
    own_calendars.read_due(now=now)
    own.refresh_from_db()
    return own


def starts(own):
    return sorted(own.busy.values_list("start", flat=True))


def test_it_is_read_when_it_is_due(own, server):
    read(own)

    assert starts(own) == [TEN] and own.read_at == MONDAY and own.problem == ""
    assert server.asked[0].path == "/private-0d9f/basic.ics"
    read(own, MONDAY + 9 * MINUTE)
    assert len(server.asked) == 1
    read(own, MONDAY + 10 * MINUTE)
    assert len(server.asked) == 2 and own.read_at == MONDAY + 10 * MINUTE


def test_over_tls_too(person, feed, settings, tmp_path, monkeypatch):
    settings.OUTGOING_EXCEPTIONS = ["127.0.0.1/32"]
    context = certificate(tmp_path, "127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with serve(feed, context) as server:
        own = read(add(person, server.url("/a.ics", scheme="https")))

    assert starts(own) == [TEN]


def test_a_known_file_is_asked_by_etag(own, server, feed):
    read(own)
    read(own, MONDAY + HOUR)
    assert server.asked[1].headers["If-None-Match"] == '"1"' and own.read_at == MONDAY + HOUR
    feed.body, feed.etag = calendar(TWO), '"2"'
    read(own, MONDAY + 2 * HOUR)

    assert starts(own) == [TEN + DAY] and own.etag == '"2"'


def test_once_a_day_it_is_read_anew(own, server, feed):
    """What repeats goes on, though its file says nothing new."""
    feed.body = calendar("DTSTART:20261124T100000Z DURATION:PT1H RRULE:FREQ=DAILY")
    read(own)
    before = max(starts(own))
    read(own, MONDAY + DAY)

    assert server.asked[1].headers["If-None-Match"] is None
    assert max(starts(own)) == before + DAY and len(starts(own)) == 180


@pytest.mark.postgresql
def test_new_stamps_are_nothing_new(own, feed):
    """As Google has them at each call."""
    feed.etag = ""
    read(own)
    feed.body = feed.body.replace(b"DTSTAMP:20261001T000000Z", b"DTSTAMP:20261123T080100Z")
    read(own, MONDAY + HOUR)
    assert own.expanded_at == MONDAY and own.read_at == MONDAY + HOUR
    feed.body = calendar(TWO)
    read(own, MONDAY + 2 * HOUR)
    assert own.expanded_at == MONDAY + 2 * HOUR


def test_another_zone_of_the_location_counts_at_once(own, feed, clinic):
    feed.body = calendar("DTSTART:20261124T100000 DTEND:20261124T110000")
    read(own)
    clinic[1].time_zone = "Europe/Berlin"
    clinic[1].save()
    read(own, MONDAY + HOUR)

    assert starts(own) == [TEN - HOUR]


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (404, CalendarProblem.GONE),
        (410, CalendarProblem.GONE),
        (401, CalendarProblem.GONE),
        (403, CalendarProblem.GONE),
        (500, CalendarProblem.NOT_NOW),
        (503, CalendarProblem.NOT_NOW),
        (429, CalendarProblem.NOT_NOW),
        (204, CalendarProblem.NOT_NOW),
    ],
)
def test_a_failure_leaves_what_was_read(own, feed, status, problem):
    read(own)
    feed.status = status
    read(own, MONDAY + HOUR)

    assert starts(own) == [TEN] and own.problem == problem
    assert own.failing_since == MONDAY + HOUR and own.read_at == MONDAY
    feed.status = 200
    read(own, own.due_at)
    assert own.problem == "" and own.failing_since is None and own.failures == 0


def test_it_is_asked_less_and_less(own, server, feed):
    feed.status = 500
    waits, now = [], MONDAY
    for _try in range(8):
        read(own, now)
        waits.append(own.due_at - now)
        now = own.due_at

    assert waits[:3] == [10 * MINUTE, 20 * MINUTE, 40 * MINUTE]
    assert waits[-1] == 6 * HOUR and len(server.asked) == own.failures == 8


def test_a_server_may_say_how_long_to_wait(own, feed):
    feed.status, feed.headers = 429, {"Retry-After": "7200"}
    assert read(own).due_at == MONDAY + 2 * HOUR


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"<html>Log in</html>", CalendarProblem.NO_CALENDAR),
        (calendar(ONE)[:-20], CalendarProblem.NO_CALENDAR),
        (b"BEGIN:VEVENT" * 10_001, CalendarProblem.TOO_MUCH),
    ],
)
def test_what_cannot_be_used_changes_nothing(own, feed, body, problem):
    read(own)
    feed.body, feed.etag = body, ""
    read(own, MONDAY + HOUR)

    assert starts(own) == [TEN] and own.problem == problem


def test_broken_events_are_counted(own, feed):
    feed.body = calendar(ONE, "DTSTART:yesterday")
    assert read(own).unreadable == 1 and starts(own) == [TEN]


def test_no_inner_address_is_asked(own, server, settings):
    settings.OUTGOING_EXCEPTIONS = []
    assert read(own).problem == CalendarProblem.REFUSED and server.asked == []


def test_nobody_there(person, settings):
    settings.OUTGOING_EXCEPTIONS = ["127.0.0.1/32"]
    own = read(add(person, "http://127.0.0.1:1/a.ics"))
    assert own.problem == CalendarProblem.UNREACHABLE


def test_another_key_of_the_server(own, server, settings):
    settings.SECRET_KEY = "another"
    assert read(own).problem == CalendarProblem.SEALED and server.asked == []


def test_old_busy_times_are_dropped_and_told(own, feed, person, make_staff, settings):
    settings.OWN_CALENDARS = settings.OWN_CALENDARS | {"TOO_OLD_HOURS": 2}
    make_staff(person)
    feed.body = calendar("DTSTART:20261130T100000Z DTEND:20261130T110000Z")
    read(own)
    feed.status, late = 500, MONDAY + 2 * HOUR
    read(own, late - HOUR)
    assert own.dropped_at is None and len(starts(own)) == 1
    read(own, late)
    assert own.dropped_at == late and starts(own) == []
    told = StaffNotice.objects.filter(kind=StaffKind.OWN_CALENDAR)
    assert {(notice.user.username, notice.calendar) for notice in told} == {
        ("ruth", own),
        ("amara", own),
    }
    read(own, own.due_at)
    assert told.count() == 2
    # Its next answer counts, although it is the one that was known.
    feed.status = 200
    read(own, own.due_at)
    assert len(starts(own)) == 1 and own.dropped_at is None


@pytest.fixture
def make_staff(desk, django_user_model):
    def make(person):
        make_roles()
        desk.user.groups.add(Group.objects.get(name="Front desk"))
        amara = django_user_model.objects.create_user("amara")
        Practitioner.objects.filter(resource=person).update(user=amara)

    return make


def test_health_knows_of_it(own, feed):
    def found(now):
        return next(one for one in health.findings(now=now) if one.name == "calendars")

    assert found(MONDAY).ok
    feed.status = 404
    read(own)
    assert found(MONDAY + HOUR).ok
    bad = found(MONDAY + 2 * HOUR)
    assert not bad.ok and bad.says == own.resource.name and bad.to_do


@pytest.mark.postgresql
def test_own_visits_block_nothing(own, feed, clinic, person, desk):
    """The feed of this site may be in that calendar; some programs give its events UIDs of their own."""
    service, location, people = clinic
    asked = make_request(service, location, start=TEN, practitioner=person)
    visit = transitions.confirm(asked, actor=desk, version=asked.version, now=MONDAY)
    other = make_request(
        service, location, start=TEN + 2 * HOUR, practitioner=people[1], email="b@example.org"
    )
    theirs = transitions.confirm(other, actor=desk, version=other.version, now=MONDAY)
    feed.body = calendar(
        f"UID:{visit.ics_uid} DTSTART:20261124T100000Z DTEND:20261124T110000Z",
        f"UID:copy@x SUMMARY:Visit~{asked.reference} DTSTART:20261124T100000Z DTEND:20261124T110000Z",
        # A stale copy of it, and the reference of somebody else's visit, which is no reason.
        f"UID:old@x SUMMARY:Visit~{asked.reference} DTSTART:20261124T150000Z DTEND:20261124T160000Z",
        f"UID:theirs@x SUMMARY:Visit~{other.reference} DTSTART:20261124T120000Z DTEND:20261124T130000Z",
    )
    read(own)

    assert starts(own) == [theirs.start]
    assert not StaffNotice.objects.filter(kind=StaffKind.OWN_CALENDAR).exists()


@pytest.mark.thorough
def test_ten_thousand_events(own, feed):
    first = MONDAY - 9900 * HOUR
    feed.body = calendar(
        *(
            f"DTSTART:{first + n * HOUR:%Y%m%dT%H%M%SZ} DURATION:PT30M SUMMARY:Private"
            for n in range(10_000)
        )
    )
    read(own)

    assert own.problem == "" and len(starts(own)) == 100
    assert list(claims.inconsistencies(MONDAY)) == []


def test_two_workers_ask_once(own, server):
    for _worker in range(2):
        own_calendars.read_due(now=MONDAY)
    assert len(server.asked) == 1


@pytest.mark.postgresql
def test_nothing_secret_is_logged(own, feed, caplog):
    caplog.set_level("DEBUG")
    for status in (200, 500, 404):
        feed.status, feed.etag = status, ""
        OwnCalendar.objects.update(due_at=MONDAY)
        read(own)

    assert "0d9f" not in caplog.text and "Dentist" not in caplog.text


def test_no_title_is_stored(own):
    read(own)
    stored = [str(vars(row)) for row in own.busy.all()] + [str(vars(own))]
    assert "Dentist" not in "".join(stored) and "0d9f" not in "".join(stored)


@pytest.mark.postgresql
def test_an_unforeseen_error_holds_up_nobody(own, server, clinic):
    elsewhere = Location.objects.create(name="Elsewhere", time_zone="Europe/London")
    Location.objects.filter(pk=elsewhere.pk).update(time_zone="Nowhere/Nothing")
    Resource.objects.filter(pk=clinic[2][1].pk).update(location=elsewhere)
    OwnCalendar.objects.filter(pk=own.pk).update(due_at=MONDAY + MINUTE)  # behind the other one
    add(clinic[2][1], server.url("/other.ics"))

    with pytest.raises(ZoneInfoNotFoundError):
        own_calendars.read_due(now=MONDAY + MINUTE)

    assert starts(own) == [TEN]


@pytest.mark.thorough
def test_an_endless_event_closes_the_horizon(own, feed, person):
    """It began in the year 1, and ends in 9999: no more than the days ahead is claimed."""
    feed.body = calendar("DTSTART;VALUE=DATE:00010101 DTEND;VALUE=DATE:99991231")
    read(own)
    (closure,) = own.busy.all()

    assert closure.end == MONDAY + 180 * DAY and closure.start.year == 2026
    assert TimeClaim.objects.filter(resource=person).count() == 180 * 24 * 12


def test_a_strange_uid_holds_up_nobody(own, feed, server, person):
    """PostgreSQL takes no NUL, and a file may have a UID of megabytes."""
    other = add(person, server.url("/other.ics"))
    feed.body = calendar(f"UID:\0{'a' * 70_000} {ONE}")
    read(own)
    other.refresh_from_db()

    assert starts(own) == starts(other) == [TEN]


@pytest.mark.postgresql
def test_whoever_is_switched_off_is_not_read(own, feed, server, person, admin_client):
    """They may have left: their private calendar is theirs. Read again as soon as they are back."""
    feed.status = 500
    read(own)
    person.active = False
    person.save()
    read(own, MONDAY + DAY)
    assert len(server.asked) == 1
    found = {one.name: one for one in health.findings(now=MONDAY + DAY)}
    assert found["calendars"].ok
    page = reverse("desk:calendars_of", args=[person.pk])
    assert "is switched off" in admin_client.get(page).text
    person.active, feed.status = True, 200
    person.save()
    read(own, MONDAY + DAY)
    assert own.problem == ""


def test_old_times_go_when_the_page_says(own, feed):
    """Also where the server asks to be left alone for longer."""
    read(own)
    feed.status, feed.headers = 503, {"Retry-After": "99999"}
    read(own, MONDAY + DAY)
    read(own, MONDAY + 2 * DAY - MINUTE)
    assert starts(own) == [TEN] and own.failures == 1
    read(own, MONDAY + 2 * DAY)
    assert own.dropped_at == MONDAY + 2 * DAY and not starts(own)
    assert own.due_at > MONDAY + 3 * DAY
