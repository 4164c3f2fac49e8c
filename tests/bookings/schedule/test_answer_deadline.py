"""When an answer is promised, and when it is almost due."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bookings.enums import ResourceKind
from bookings.models import (
    DateException,
    WeeklyHours,
)
from bookings.schedule import (
    answer_deadline,
)
from tests.factories import LocationFactory, ResourceFactory, WeeklyHoursFactory, make_clinic

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def at(hour, minute=0, day=24):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "promised", "hours"),
    [
        (at(9, 0), at(13), 4),
        (at(9, 1), at(13, 15), 4),
        (at(9, 15), at(13, 15), 4),
        (at(13), at(17), 4),
        (at(13, 1), at(9, 15, day=25), 4),
        (at(20), at(13, day=25), 4),
        (at(9), at(17), 8),
    ],
)
def test_when_an_answer_is_promised(clinic, settings, now, promised, hours):
    settings.BOOKINGS = settings.BOOKINGS | {"ANSWER_WITHIN_WORKING_HOURS": hours}
    assert answer_deadline.answer_deadline(clinic[1], now=now) == promised


@pytest.mark.postgresql
def test_a_promise_where_hardly_anybody_works(clinic, settings):
    settings.BOOKINGS = settings.BOOKINGS | {"ANSWER_WITHIN_WORKING_HOURS": 8}
    WeeklyHours.objects.exclude(weekday=0).delete()
    WeeklyHours.objects.update(end=time(11))
    assert answer_deadline.answer_deadline(clinic[1], now=at(12)) == datetime(
        2026, 12, 21, 11, tzinfo=UTC
    )
    WeeklyHours.objects.all().delete()
    assert answer_deadline.answer_deadline(clinic[1], now=at(12)) == at(12) + 30 * DAY
    assert answer_deadline.next_working(clinic[1], now=at(12)) == at(12)


def test_the_next_moment_somebody_works(clinic):
    found = [answer_deadline.next_working(clinic[1], now=at(h)) for h in (3, 9, 12, 17)]
    assert found == [at(9), at(9), at(12), at(9, day=25)]


@pytest.mark.parametrize(
    ("now", "almost"), [(at(11, 59), False), (at(12), True), (at(12, 59), True), (at(13), False)]
)
def test_when_a_promise_is_almost_due(clinic, settings, now, almost):
    settings.BOOKINGS = settings.BOOKINGS | {"ANSWER_WITHIN_WORKING_HOURS": 4}
    working = answer_deadline.working_times(clinic[1], now=now, days=8)
    assert answer_deadline.is_almost_due(at(13), working, now=now) is almost


@pytest.mark.parametrize("kind", ["closed", "open", "person", "elsewhere"])
def test_what_counts_as_working_time(clinic, kind):
    closed = {"location": clinic[1], "kind": "closed", "start": at(9), "end": at(12)}
    closed |= {
        "open": {"kind": "open"},
        "person": {"resource": clinic[2][0]},
        "elsewhere": {"location": make_clinic()[1]},
    }.get(kind, {})
    DateException.objects.create(**closed)
    first = answer_deadline.working_times(clinic[1], now=at(8), days=1)[0]
    assert first == ((at(12) if kind == "closed" else at(9)), at(17))


def only(weekday, start, end, **about):
    """These are all the hours of the week."""
    WeeklyHours.objects.exclude(weekday=weekday).delete()
    WeeklyHours.objects.update(start=start, end=end, **about)


@pytest.mark.parametrize(
    ("first", "found"),
    [
        (date(2026, 12, 1), datetime(2026, 12, 1, 9, tzinfo=UTC)),
        (date(2026, 12, 2), at(12)),  # a week later than it looks
    ],
)
def test_the_next_moment_within_a_week(clinic, first, found):
    only(1, time(9), time(11), valid_from=first)
    if first.weekday() != 1:
        WeeklyHours.objects.update(weekday=first.weekday())
    assert answer_deadline.next_working(clinic[1], now=at(12)) == found


def test_hours_from_yesterday_go_on(clinic):
    only(0, time(22), time(2))
    assert answer_deadline.next_working(clinic[1], now=at(1)) == at(1)
    assert answer_deadline.next_working(clinic[1], now=at(2)) == at(22, day=30)


@pytest.mark.postgresql
def test_nothing_of_the_past_after_a_long_day(clinic):
    """Twenty-five hours of Sunday: the first minutes of Saturday are two days and an hour ago."""
    only(0, time(0), time(0, 30))
    WeeklyHours.objects.update(weekday=5)
    sunday_night = datetime(2026, 10, 25, 23, 45, tzinfo=UTC)
    found = answer_deadline.next_working(clinic[1], now=sunday_night)
    assert found == datetime(2026, 10, 31, tzinfo=UTC)


@pytest.mark.postgresql
def test_a_closure_four_weeks_ahead_counts(clinic, settings):
    settings.BOOKINGS = settings.BOOKINGS | {"ANSWER_WITHIN_WORKING_HOURS": 4}
    only(2, time(9), time(17), valid_from=date(2026, 12, 23))
    answer = datetime(2026, 12, 23, 13, tzinfo=UTC)
    assert answer_deadline.answer_deadline(clinic[1], now=at(8)) == answer
    closed = {"start": answer - 4 * DAY, "end": answer}
    DateException.objects.create(location=clinic[1], kind="closed", **closed)
    assert answer_deadline.answer_deadline(clinic[1], now=at(8)) == answer + DAY / 6


@pytest.mark.postgresql
@pytest.mark.parametrize("who", ["left", "elsewhere", "a room"])
def test_whose_hours_are_nobodys_work(clinic, who):
    WeeklyHours.objects.all().delete()
    other = ResourceFactory(
        location=LocationFactory() if who == "elsewhere" else clinic[1],
        active=who != "left",
        kind=ResourceKind.ROOM if who == "a room" else ResourceKind.PRACTITIONER,
    )
    WeeklyHoursFactory(resource=other, weekday=1)
    assert answer_deadline.working_times(clinic[1], now=at(8), days=3) == []
    if who == "left":
        type(other).objects.update(active=True)
        assert answer_deadline.working_times(clinic[1], now=at(8), days=3) == [(at(9), at(17))]


@pytest.mark.parametrize(("days", "last"), [(1, 24), (2, 25), (3, 26)])
def test_working_times_of_some_days(clinic, days, last):
    found = answer_deadline.working_times(clinic[1], now=at(8), days=days)
    assert found == [(at(9, day=day), at(17, day=day)) for day in range(24, last + 1)]
