"""Holidays that are suggested as closures: which, for whom, and with which visits."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from bookings.models import (
    Appointment,
    DateException,
)
from bookings.schedule import (
    public_holidays,
)
from tests.bookings.steps import confirmed
from tests.factories import MONDAY, make_clinic

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def at(hour, minute=0, day=24):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def british(clinic):
    place = clinic[1]
    place.country, place.region = "GB", "ENG"
    place.save()
    return place


def holidays(place, now=MONDAY):
    return {one.name: one for one in public_holidays.suggestions(place, now=now)}


def test_holidays_of_the_next_year(british):
    found = holidays(british)
    christmas = found["Christmas Day"]
    assert christmas.day == date(2026, 12, 25)
    assert (christmas.start, christmas.end) == (
        datetime(2026, 12, 25, tzinfo=UTC),
        datetime(2026, 12, 26, tzinfo=UTC),
    )
    days = [one.day for one in public_holidays.suggestions(british, now=MONDAY)]
    assert days == sorted(days) and min(days) > date(2026, 11, 22)
    on_the_day = public_holidays.suggestions(british, now=datetime(2026, 12, 25, 12, tzinfo=UTC))
    assert {date(2026, 12, 25), date(2027, 12, 25)} <= {one.day for one in on_the_day}
    before = public_holidays.suggestions(british, now=datetime(2026, 12, 24, 12, tzinfo=UTC))
    assert before[0].day == date(2026, 12, 25) and before[-1].day == date(2027, 12, 25)
    earlier = public_holidays.suggestions(british, now=datetime(2026, 12, 23, 12, tzinfo=UTC))
    assert earlier[-1].day < date(2027, 12, 25)


def test_holidays_of_its_own_region(british):
    british.region = "SCT"
    scottish = set(holidays(british))
    british.region = ""
    assert scottish != set(holidays(british))
    british.country = ""
    assert holidays(british) == {}
    british.country, british.region = "GB", "no such region"
    assert holidays(british) == {}


@pytest.mark.parametrize(
    ("start", "end", "left"),
    [
        (at(0), datetime(2026, 12, 26, tzinfo=UTC), False),
        (datetime(2026, 12, 25, tzinfo=UTC), datetime(2026, 12, 26, tzinfo=UTC), False),
        (datetime(2026, 12, 25, 0, 1, tzinfo=UTC), datetime(2026, 12, 26, tzinfo=UTC), True),
        (datetime(2026, 12, 25, tzinfo=UTC), datetime(2026, 12, 25, 23, 59, tzinfo=UTC), True),
    ],
)
def test_a_day_that_is_closed_already(british, clinic, start, end, left):
    about = {"location": british, "kind": "closed", "start": start, "end": end}
    closure = DateException.objects.create(**about)
    assert ("Christmas Day" in holidays(british)) is left
    for other in (
        {"resource": clinic[2][0]},
        {"kind": "open", "resource": None},
        {"kind": "closed", "location": make_clinic()[1]},
    ):
        for name, value in other.items():
            setattr(closure, name, value)
        closure.save()
        assert "Christmas Day" in holidays(british)


@pytest.mark.postgresql
def test_what_a_suggestion_becomes(british):
    one = holidays(british)["Christmas Day"]
    made = public_holidays.Suggestion(british, one.day, "x" * 130, one.start, one.end).closure()
    assert (made.location, made.kind, made.reason) == (british, "closed", "x" * 120)
    assert (made.start, made.end, made.resource) == (one.start, one.end, None)


@pytest.mark.parametrize(
    ("start", "hours", "touches"),
    [(-1, 1, False), (-1, 2, True), (0, 1, True), (23, 1, True), (24, 1, False)],
)
def test_visits_on_a_holiday(british, clinic, desk, start, hours, touches):
    other = make_clinic()
    day = holidays(british)["Christmas Day"]
    visit = confirmed(clinic, desk)[1]
    confirmed(other, desk, email="other@example.org")
    Appointment.objects.update(
        start=day.start + start * HOUR,
        end=day.start + (start + hours) * HOUR,
        busy_start=day.start + start * HOUR,
        busy_end=day.start + (start + hours) * HOUR,
    )
    found = public_holidays.with_visits([british], now=MONDAY)
    assert [place for place, _days in found] == [british]
    assert day.touches(Appointment.objects.get(pk=visit.pk)) is touches
    inside = {one.name: visits for one, visits in found[0][1]}
    assert inside["Christmas Day"] == [visit] * touches
    Appointment.objects.update(status="cancelled")
    again = public_holidays.with_visits([british], now=MONDAY)
    assert not any(visits for _day, visits in again[0][1])


@pytest.mark.postgresql
def test_with_visits_leaves_closed_days_out(british):
    DateException.objects.create(
        location=british,
        kind="closed",
        start=datetime(2026, 12, 25, tzinfo=UTC),
        end=datetime(2026, 12, 26, tzinfo=UTC),
    )
    ((_place, days),) = public_holidays.with_visits([british], now=MONDAY)
    assert "Christmas Day" not in {one.name for one, _visits in days} and days


def test_known_countries_and_regions():
    found = dict(public_holidays.countries())
    assert found["GB"] == "United Kingdom" and found["TT"] == "Trinidad and Tobago"
    names = [name for _code, name in public_holidays.countries()]
    assert names == sorted(names)
    assert "ENG" in public_holidays.regions("GB") and public_holidays.regions("??") == []
    public_holidays.check_region("GB", "")
    public_holidays.check_region("GB", "ENG")
    with pytest.raises(ValidationError, match="ENG"):
        public_holidays.check_region("GB", "BY")
