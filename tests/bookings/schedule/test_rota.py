"""Who and what counts for a service at a location, and how far around a time is looked."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bookings.enums import ResourceKind
from bookings.models import DateException, WeeklyHours
from bookings.schedule import availability, rota
from bookings.schedule.availability import Search
from tests.bookings.steps import TEN, asked, confirmed
from tests.factories import (
    MONDAY,
    LocationFactory,
    ResourceFactory,
    ServiceFactory,
    WeeklyHoursFactory,
    make_clinic,
    work_also,
)

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = (timedelta(**{n: 1}) for n in ("minutes", "hours", "days"))


def at(hour, minute=0, day=24):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def test_who_offers_a_service_where(clinic):
    service, here, (one, two) = clinic
    there = LocationFactory()
    work_also(two, there)
    other = ServiceFactory()
    other.locations.add(there)
    other.practitioners.add(one, two)
    room = ResourceFactory(kind=ResourceKind.ROOM, location=here)
    service.practitioners.add(room, ResourceFactory(location=here, active=False))
    found = {
        (name, place.pk): set(rota.people(offered, place))
        for name, offered in (("any", service), ("there", other))
        for place in (here, there)
    }
    assert found == {
        ("any", here.pk): {one, two},
        ("any", there.pk): {two},
        ("there", here.pk): set(),
        ("there", there.pk): {two},
    }


@pytest.mark.postgresql
def test_which_rooms_serve_a_service(clinic):
    service, here, _people = clinic
    about = {"kind": ResourceKind.ROOM, "location": here}
    every, own, others = (ResourceFactory(**about) for _ in range(3))
    own.serves.add(service, ServiceFactory())
    others.serves.add(ServiceFactory())
    ResourceFactory(**about, active=False)
    ResourceFactory(kind=ResourceKind.ROOM, location=LocationFactory())
    assert set(rota.rooms(service, here)) == {every, own}


def test_each_persons_hours_and_absences(clinic):
    service, here, (one, two) = clinic
    there = LocationFactory(time_zone="Asia/Kolkata")
    work_also(two, there, hours=(time(18), time(20)))
    WeeklyHoursFactory(resource=ResourceFactory(location=here))  # who offers something else
    about = {"start": TEN, "end": TEN + HOUR}
    away = DateException.objects.create(location=there, resource=two, **about)
    DateException.objects.create(location=there, resource=two, kind="open", **about)
    DateException.objects.create(location=there, **about)
    shut = DateException.objects.create(location=here, **about)
    over = {"start": MONDAY - 40 * DAY, "end": MONDAY - 31 * DAY}
    DateException.objects.create(location=here, **over)
    recent = DateException.objects.create(location=here, **over | {"end": over["end"] + MINUTE})
    found = rota.read(service, here, now=MONDAY)
    assert list(found.practitioners) == [one, two] and found.rooms == []
    assert {pk: len(rows) for pk, rows in found.hours.items()} == {one.pk: 5, two.pk: 5}
    assert {row.start for rows in found.hours.values() for row in rows} == {time(9)}
    assert set(found.exceptions) == {away, shut, recent}
    (visiting,) = rota.read(service, there, now=MONDAY).practitioners
    assert visiting == two and visiting.location == here


@pytest.mark.parametrize("weekday", range(5))
@pytest.mark.parametrize("find", [availability.nearest, availability.closest])
def test_ten_days_are_looked_at(clinic, find, weekday):
    """From three days before the Thursday until the Wednesday after it."""
    WeeklyHours.objects.exclude(weekday=weekday).delete()
    WeeklyHours.objects.update(end=time(10))
    search = Search(*clinic[:2], MONDAY - 20 * DAY, notice=False)
    found = find(search, at(9, day=26), count=50)
    days = [date(2026, 11, 23) + n * DAY for n in range(10)]
    assert sorted(slot.start.date() for slot in found) == [
        day for day in days if day.weekday() == weekday
    ]


def test_staff_book_from_now_on(clinic):
    search = Search(*clinic[:2], at(10), notice=False)
    found = availability.free_slots(search, first_day=at(10).date(), days=1)
    assert found[0].start == at(10)
    search = Search(*clinic[:2], at(10, 1), notice=False)
    found = availability.free_slots(search, first_day=at(10).date(), days=1)
    assert found[0].start == at(11)


def test_the_first_page_may_begin_today():
    service, location, _people = make_clinic(minimum_notice_hours=0)
    search = Search(service, location, MONDAY)
    day, slots = availability.first_page(search, days=2)
    assert (day, slots[0].start, slots[-1].start) == (MONDAY.date(), at(9, day=23), at(16))


@pytest.mark.parametrize(
    "day", [date(2026, 11, 26), *(date(2026, 12, day) for day in (2, 3, 22, 23))]
)
def test_the_first_page_at_the_ends_of_looks(clinic, day):
    """A page has all its days, whichever look finds the first."""
    WeeklyHours.objects.update(valid_from=day)
    first, slots = availability.first_page(Search(*clinic[:2], MONDAY), days=10)
    assert first == day
    weekdays = [day + n * DAY for n in range(10) if (day + n * DAY).weekday() < 5]
    assert len(slots) == 8 * len(weekdays) and slots[-1].start.date() == weekdays[-1]


def test_a_visit_of_the_next_day_is_in_the_way():
    service, location, (one,) = clinic = make_clinic(hours=(time(12), time(0)), step_minutes=30)
    for weekday in range(5):
        WeeklyHours.objects.create(resource=one, weekday=weekday, start=time(0), end=time(12))
    search = Search(service, location, MONDAY)
    late = at(23, 30)
    assert availability.find_slot(search, late)
    visit = asked(clinic, start=at(0, day=25)).appointments.get()
    assert availability.find_slot(search, late) is None
    assert availability.find_slot(Search(*clinic[:2], MONDAY, ignoring=[visit.pk]), late)
    closure = {"start": at(0, day=25), "end": at(1, day=25)}
    visit.delete()
    DateException.objects.create(location=location, **closure)
    assert availability.find_slot(search, late) is None


def test_one_of_two_that_is_searched_for(clinic, desk):
    one, two = clinic[2]
    confirmed(clinic, desk, practitioner=one)
    found = [
        availability.find_slot(Search(*clinic[:2], MONDAY, who), TEN) for who in (None, one, two)
    ]
    assert [slot and slot.practitioner_ids for slot in found] == [(two.pk,), None, (two.pk,)]


def test_an_opening_of_the_whole_location(clinic):
    saturday = {"start": at(9, day=28), "end": at(11, day=28)}
    DateException.objects.create(location=clinic[1], kind="open", **saturday)
    slot = availability.find_slot(Search(*clinic[:2], MONDAY), at(10, day=28))
    assert slot.practitioner_ids == tuple(one.pk for one in clinic[2])


def test_a_room_shut_or_taken_serves_nobody(desk):
    clinic = make_clinic(needs_room=True, practitioners=2)
    about = {"kind": ResourceKind.ROOM, "location": clinic[1]}
    blue, red = (ResourceFactory(name=name, **about) for name in ("Blue", "Red"))
    DateException.objects.create(location=clinic[1], resource=blue, start=TEN, end=TEN + HOUR)
    search = Search(*clinic[:2], MONDAY)
    day = availability.day_of(search, TEN)
    assert day.free_rooms((TEN, TEN + HOUR)) == [red] and day.room_free((TEN, TEN + HOUR))
    assert day.free_rooms((TEN + HOUR, TEN + 2 * HOUR)) == [blue, red]
    assert confirmed(clinic, desk)[1].room == red
    day = availability.day_of(search, TEN)
    assert not day.room_free((TEN, TEN + HOUR)) and day.slot_at(TEN) is None
    assert day.first_start() == at(9) and day.slot_at(TEN + HOUR)


def test_finding_a_time_asks_what_is_remembered(clinic, caching):
    search = Search(*clinic[:2], MONDAY)
    assert availability.find_slot(search, TEN)
    WeeklyHours.objects.all().delete()  # told to nobody: nothing was committed
    assert availability.find_slot(search, TEN) and availability.first_page(search, days=1)
    assert availability.day_of(search, TEN).slot_at(TEN) is None
