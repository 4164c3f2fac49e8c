"""Instants in words, on a location's wall clock."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bookings import clock

LONDON = ZoneInfo("Europe/London")
NEW_YEAR = datetime(2027, 1, 5, 10, tzinfo=UTC)


def test_other_years_are_named():
    day = date(2026, 12, 31)
    assert clock.date_label(day, today=date(2026, 1, 1)) == "Thursday 31 December"
    assert clock.date_label(day, today=date(2027, 1, 1)) == "Thursday 31 December 2026"


def test_year_is_relative_to_today():
    for now, label in (
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), "Tuesday 5 January 2027, 10am"),
        (datetime(2027, 1, 1, tzinfo=UTC), "Tuesday 5 January, 10am"),
    ):
        assert clock.moment_label(NEW_YEAR, LONDON, now=now) == label
