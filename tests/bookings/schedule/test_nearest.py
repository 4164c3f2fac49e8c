"""Free times at the ends of notice and horizon, those around a time, and who waits for one."""

from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from bookings import transitions
from bookings.enums import DayPart
from bookings.models import (
    WeeklyHours,
)
from bookings.schedule import (
    availability,
    intervals,
)
from bookings.schedule.availability import Search
from bookings.schedule.local_time import (
    instant,
)
from bookings.schedule.waiting_list import WaitingList, suits
from tests.bookings.steps import ELEVEN, TEN, confirmed
from tests.factories import MONDAY, make_clinic, make_request

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LONDON = ZoneInfo("Europe/London")


def at(hour, minute=0, day=24):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def visit(clinic, desk):
    return confirmed(clinic, desk, start=TEN, practitioner=clinic[2][0])[1]


def search(clinic, now=MONDAY, **about):
    return Search(clinic[0], clinic[1], now, **about)


@pytest.mark.parametrize(
    ("now", "found"), [(at(10, day=23), True), (at(10, 1, day=23), False), (at(9, day=23), True)]
)
def test_notice_to_the_minute(clinic, now, found):
    assert (availability.find_slot(search(clinic, now), TEN) is not None) is found


def test_the_last_day_of_the_horizon(clinic):
    last = instant(MONDAY.date() + 60 * DAY, time(9), LONDON)
    while last.weekday() > 4:
        clinic[0].horizon_days += 1
        last += DAY
    assert availability.find_slot(search(clinic), last)
    assert availability.find_slot(search(clinic), last + DAY) is None
    far = availability.day_of(search(clinic, notice=False), last + 7 * DAY)
    assert far.slot_at(last + 7 * DAY)


def test_four_free_times_around(clinic):
    near = availability.nearest(search(clinic, notice=False), at(12))
    assert [slot.start for slot in near] == [at(10), at(11), at(12), at(13)]
    far = availability.closest(search(clinic, notice=False), at(12))
    assert [slot.start for slot in far] == [at(12), at(11), at(13), at(10)]
    assert [len(slot.practitioner_ids) for slot in far] == [2] * 4


def test_who_is_named_for_a_time(clinic, visit):
    one, two = clinic[2]
    wished = availability.closest(search(clinic, notice=False, practitioner=two), TEN, count=2)
    assert [slot.practitioner_ids for slot in wished] == [(two.pk,)] * 2
    moving = availability.closest(
        search(clinic, notice=False, moving=visit, ignoring=[visit.pk]), TEN, count=1
    )
    assert [(slot.start, slot.practitioner_ids) for slot in moving] == [(TEN, (two.pk,))]
    taken = availability.closest(search(clinic, notice=False, practitioner=one), TEN, count=1)
    assert [(slot.start, slot.practitioner_ids) for slot in taken] == [(TEN, (two.pk,))]


@pytest.mark.postgresql
@pytest.mark.parametrize("days", [1, 3])
def test_the_first_page_of_free_times(clinic, days):
    first, slots = availability.first_page(search(clinic), days=days)
    assert first == date(2026, 11, 24) and slots[0].start == at(9)
    assert {slot.start.date() for slot in slots} == {first + n * DAY for n in range(days)}
    WeeklyHours.objects.update(valid_from=date(2026, 12, 16))
    first, slots = availability.first_page(search(clinic), days=days)
    assert first == date(2026, 12, 16) and len(slots) == 8 * days
    WeeklyHours.objects.update(valid_from=date(2027, 6, 1))
    assert availability.first_page(search(clinic), days=days) is None


def test_an_intersection_of_two():
    spans = intervals.intersect([(at(9), at(12))], [(at(10), at(11)), (at(11, 30), at(15))])
    assert spans == [(at(10), at(11)), (at(11, 30), at(12))]


@pytest.mark.parametrize(
    ("start", "weekdays", "parts", "wishes", "suit"),
    [
        (at(10), [], [], [], True),
        (at(10), [1], [], [], True),
        (at(10), [2], [], [], False),
        (at(10), [], ["morning"], [], True),
        (at(10), [], ["afternoon"], [], False),
        (at(10), [2], ["afternoon"], [at(10)], True),
        (at(10, day=25), [], [], [], True),
        (at(10, day=26), [], [], [at(10, day=26)], False),
    ],
)
def test_whom_a_time_suits(clinic, start, weekdays, parts, wishes, suit):
    times = [SimpleNamespace(start=one, part="") for one in wishes]
    times += [SimpleNamespace(start=None, part=DayPart(one)) for one in parts]
    consultation = SimpleNamespace(
        location=clinic[1],
        waiting=SimpleNamespace(until=date(2026, 11, 25), weekdays=weekdays),
        wishes=times,
    )
    assert suits(consultation, start) is suit


def waits(clinic, email, **about):
    until = about.pop("until", date(2027, 1, 4))
    waiting = transitions.Waiting(about.pop("weekdays", ()), until)
    return make_request(*clinic[:2], email=f"{email}@example.org", waiting=waiting, **about)


@pytest.fixture
def freed(clinic, desk, visit):
    transitions.withdraw(visit.request, now=MONDAY)
    visit.refresh_from_db()
    return visit


def test_who_is_asked_about_a_time(clinic, freed):
    other = make_clinic()
    first = waits(clinic, "first")
    waits(clinic, "over", until=date(2026, 11, 23), now=MONDAY - DAY)
    waits(other, "elsewhere")
    wishes_another = waits(clinic, "another", practitioner=clinic[2][1])
    wishes_this = waits(clinic, "this", practitioner=freed.practitioner)
    everywhere = WaitingList(now=MONDAY)
    assert len(everywhere.requests) == 5
    assert len(WaitingList(now=MONDAY + DAY).requests) == 4
    assert len(WaitingList(now=MONDAY, location=other[1]).requests) == 1
    found = everywhere.matches(freed)
    assert [match.request for match in found][:1] == [wishes_this]
    assert first in [match.request for match in found]
    assert wishes_another not in [match.request for match in found]
    assert everywhere.matches(freed)[0].slot.start == TEN
    assert WaitingList(now=freed.start).matches(freed) == []
    assert WaitingList(now=freed.start - MINUTE).matches(freed)


@pytest.mark.postgresql
def test_freed_times_soonest_first(clinic, desk, freed):
    waits(clinic, "one")
    later = confirmed(clinic, desk, start=ELEVEN, email="later@example.org")[1]
    transitions.withdraw(later.request, now=MONDAY)
    here = WaitingList(now=MONDAY, location=clinic[1])
    assert [row.appointment.start for row in here.freed()] == [TEN, ELEVEN]
    assert [row.appointment.start for row in here.freed(1)] == [TEN]
    assert WaitingList(now=MONDAY, location=make_clinic()[1]).freed() == []
    assert [row.appointment.start for row in WaitingList(now=TEN).freed()] == [ELEVEN]


def test_a_wait_in_days(clinic, freed):
    waits(clinic, "one", now=MONDAY - 3 * DAY, weekdays=[1])
    (match,) = WaitingList(now=MONDAY).matches(freed)
    assert match.wishes_met == 1
    assert match.reasons[:4] == [
        "wants Tuesday",
        "any hour",
        "any practitioner",
        "waits 3 days",
    ]
