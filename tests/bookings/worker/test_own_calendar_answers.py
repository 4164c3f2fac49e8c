"""What is kept of a calendar's answer, who else is left alone, and what a worker does at the edges."""

from datetime import timedelta

import pytest

from bookings import transitions
from bookings.enums import CalendarProblem, StaffKind
from bookings.models import OwnCalendar, StaffNotice
from bookings.worker import own_calendars
from tests.bookings.schedule.test_own_calendar_events import calendar
from tests.bookings.steps import TEN, confirmed
from tests.bookings.worker.test_own_calendars import (  # noqa: F401  (fixtures)
    ONE,
    Feed,
    add,
    feed,
    make_staff,
    own,
    person,
    read,
    server,
    starts,
)
from tests.factories import MONDAY
from tests.outside import serve

pytestmark = pytest.mark.django_db
HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("etag", "modified", "kept"),
    [
        (f'"{"e" * 198}"', "x" * 64, ["e", "x"]),
        (f'"{"e" * 199}"', "x" * 65, ["", ""]),
        ('"a\tb"', "a\tb", ["", ""]),
        ("", "", ["", ""]),
    ],
)
def test_what_is_kept_of_an_answer(own, feed, server, etag, modified, kept):  # noqa: F811
    feed.etag, feed.headers = etag, {"Last-Modified": modified}
    read(own)
    assert [own.etag, own.last_modified] == [etag if kept[0] else "", modified if kept[1] else ""]
    read(own, MONDAY + HOUR)
    asked = server.asked[1].headers
    assert (asked["If-None-Match"] or "", asked["If-Modified-Since"] or "") == (
        own.etag,
        own.last_modified,
    )


def test_an_answer_without_either(person, settings):  # noqa: F811
    settings.OUTGOING_EXCEPTIONS = ["127.0.0.1/32"]
    with serve(lambda asked: asked.say(calendar(ONE))) as plain:
        own = read(add(person, plain.url("/a.ics")))  # noqa: F811
    assert (own.etag, own.last_modified, starts(own)) == ("", "", [TEN])


def test_nothing_new_to_no_question(person, settings):  # noqa: F811
    """An answer that the file is as before, though nothing was known of it."""
    settings.OUTGOING_EXCEPTIONS = ["127.0.0.1/32"]
    with serve(lambda asked: asked.say(status=304)) as broken:
        own = read(add(person, broken.url("/a.ics")))  # noqa: F811
    assert own.problem == CalendarProblem.NOT_NOW and own.read_at is None


@pytest.mark.parametrize(
    ("said", "wait"),
    [("99999", 99999), ("100000", 600), ("", 600), ("-1", 600), ("601", 601), ("soon", 600)],
)
def test_how_long_a_server_may_ask(own, feed, said, wait):  # noqa: F811
    feed.status, feed.headers = 503, {"Retry-After": said}
    assert read(own).due_at == MONDAY + timedelta(seconds=wait)


def test_one_that_fails_leaves_the_others(own, feed, server, clinic):  # noqa: F811
    other = add(clinic[2][1], server.url("/other.ics"))
    OwnCalendar.objects.filter(pk=other.pk).update(due_at=MONDAY + DAY)
    assert own_calendars.read_due(now=MONDAY) == 1
    feed.status = 500
    read(own, MONDAY + HOUR)
    other.refresh_from_db()
    assert (own.failures, own.failing_since) == (1, MONDAY + HOUR)
    assert (other.failures, other.due_at, other.problem) == (0, MONDAY + DAY, "")
    read(own, own.due_at)
    assert (own.failures, own.failing_since) == (2, MONDAY + HOUR)
    assert own_calendars.read_due(now=MONDAY + 2 * DAY) == 2


@pytest.mark.postgresql
def test_a_lease_is_one_workers(own, clinic, server):  # noqa: F811
    other = add(clinic[2][1], server.url("/other.ics"))
    stale = OwnCalendar.objects.get(pk=own.pk)
    assert own_calendars._take(own, MONDAY) and not own_calendars._take(stale, MONDAY)
    rows = OwnCalendar.objects.order_by("pk").values_list("pk", "due_at")
    assert list(rows) == [(own.pk, MONDAY + 5 * MINUTE), (other.pk, MONDAY)]


@pytest.mark.postgresql
def test_a_new_address_is_not_blamed(own):  # noqa: F811
    """It was replaced while the earlier one was asked, in vain."""
    stale = OwnCalendar.objects.get(pk=own.pk)
    transitions.replace_address(own, "https://new.example.org/", host="new.example.org", now=MONDAY)
    own_calendars._fail(stale, own_calendars.Failed(CalendarProblem.GONE), MONDAY)
    own.refresh_from_db()
    assert (own.problem, own.failures, own.due_at) == ("", 0, MONDAY)


@pytest.mark.postgresql
def test_who_comes_too_late_waits_a_round(own, monkeypatch):  # noqa: F811
    monkeypatch.setattr(own_calendars, "ROUND", -1)
    read(own)
    assert (own.read_at, own.due_at, starts(own)) == (None, MONDAY, [])


def test_an_unforeseen_error_is_in_the_log(own, monkeypatch, caplog):  # noqa: F811
    monkeypatch.setattr(own_calendars, "STAMPS", None)
    with pytest.raises(AttributeError):
        own_calendars.read_due(now=MONDAY)
    assert f"own calendar {own.pk}: AttributeError" in caplog.text


@pytest.mark.postgresql
def test_a_visit_booked_since_is_told(own, clinic, desk, person, make_staff):  # noqa: F811
    """The file is as before; meanwhile somebody was booked into what it says."""
    make_staff(person)
    visit = confirmed(clinic, desk, start=TEN + DAY, practitioner=person)[1]
    read(own)
    moved = {"start": TEN, "end": TEN + HOUR, "busy_start": TEN, "busy_end": TEN + HOUR}
    type(visit).objects.filter(pk=visit.pk).update(**moved)
    told = StaffNotice.objects.filter(kind=StaffKind.OWN_CALENDAR)
    assert not told.exists()
    read(own, MONDAY + HOUR)
    assert own.problem == "" and {notice.appointment for notice in told} == {visit}


def test_no_value_is_lost_between_questions():
    for number in (0, 1, 499, 500, 501, 1001):
        values = {f"{n:04}" for n in range(number)}
        parts = own_calendars._parts(values)
        assert [one for part in parts for one in part] == sorted(values)
        assert all(0 < len(part) <= 500 for part in parts)
