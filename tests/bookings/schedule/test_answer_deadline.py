"""When an answer is promised, and when it is almost due."""

from datetime import UTC, datetime, time, timedelta

import pytest

from bookings.models import (
    DateException,
    WeeklyHours,
)
from bookings.schedule import (
    answer_deadline,
)
from tests.factories import make_clinic

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
