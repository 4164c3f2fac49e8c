"""A time that came free: with whom it still is, whom it suits, and which free times are looked at."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bookings import transitions
from bookings.enums import DayPart
from bookings.models import Appointment, Event, WeeklyHours
from bookings.schedule import waiting_list
from bookings.schedule.waiting_list import WaitingList
from tests.bookings.steps import ELEVEN, TEN, confirmed
from tests.factories import MONDAY, make_clinic, make_request

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
JANUARY = date(2027, 1, 4)


def waits(clinic, name="a", *, weekdays=(), now=MONDAY, **about):
    waiting = transitions.Waiting(weekdays, JANUARY)
    return make_request(*clinic[:2], email=f"{name}@example.org", waiting=waiting, now=now, **about)


def give_back(visit):
    transitions.withdraw(visit.request, now=MONDAY)
    visit.refresh_from_db()
    return visit


@pytest.fixture
def freed(clinic, desk):
    """Tuesday at ten with the first of two practitioners."""
    return give_back(confirmed(clinic, desk, practitioner=clinic[2][0])[1])


def lasts(visit, start, length):
    rows = Appointment.objects.filter(pk=visit.pk)
    rows.update(start=start, end=start + length, busy_start=start, busy_end=start + length)
    visit.refresh_from_db()


def names(visit, now=MONDAY):
    return [one.request.email.split("@")[0] for one in WaitingList(now=now).matches(visit)]


def test_free_with_another_is_not_freed(clinic, desk, freed):
    waits(clinic)
    assert names(freed) == ["a"]
    confirmed(clinic, desk, practitioner=freed.practitioner, email="quick@example.org")
    assert names(freed) == [] and WaitingList(now=MONDAY).freed() == []


@pytest.mark.postgresql
def test_who_gave_a_time_back_is_not_asked(clinic, desk, freed):
    consultation = waits(clinic)
    Appointment.objects.filter(pk=freed.pk).update(request=consultation)
    freed.refresh_from_db()
    assert names(freed) == []


def test_a_long_time_has_its_nearest_start(clinic, freed):
    """Two hours came free, of which an hour is taken: what is left begins at eleven."""
    lasts(freed, TEN, 2 * HOUR)
    waits(clinic)
    (match,) = WaitingList(now=MONDAY).matches(freed)
    assert (match.slot.start, match.practitioner) == (TEN, freed.practitioner)
    make_request(*clinic[:2], start=TEN, practitioner=freed.practitioner, email="b@x.org")
    (match,) = WaitingList(now=MONDAY).matches(freed)
    assert match.slot.start == ELEVEN


def test_no_notice_for_whoever_is_phoned(clinic, desk, freed):
    waits(clinic, now=TEN - 2 * HOUR)
    assert names(freed, now=TEN - HOUR / 60) == ["a"]


@pytest.mark.parametrize(("days", "last"), [(1, 24), (2, 25), (90, None)])
def test_free_times_to_the_horizon(clinic, days, last):
    clinic[0].horizon_days = days
    slots = WaitingList(now=MONDAY).slots(*clinic[:2])
    end = MONDAY.date() + 59 * DAY if last is None else date(2026, 11, last)
    assert slots[0].start == MONDAY + HOUR
    assert slots[-1].start.date() == (end - DAY * max(0, end.weekday() - 4))


def test_each_service_has_its_own_times(clinic):
    other = make_clinic(hours=(TEN.time(), ELEVEN.time()))
    waiting = WaitingList(now=MONDAY)
    assert waiting.slots(*clinic[:2])[0].start == MONDAY + HOUR
    assert waiting.slots(*other[:2])[0].start == MONDAY + 2 * HOUR
    assert waiting.slots(other[0], clinic[1]) == []


def test_who_works_when_is_remembered(clinic, caching):
    assert WaitingList(now=MONDAY).slots(*clinic[:2])
    WeeklyHours.objects.all().delete()  # told to nobody: nothing was committed
    assert WaitingList(now=MONDAY).slots(*clinic[:2])


@pytest.mark.postgresql
def test_when_somebody_on_the_list_can_come(clinic):
    one, two = clinic[2]
    any_day = waits(clinic, "any")
    picky = waits(clinic, "picky", weekdays=[2], parts=[DayPart.AFTERNOON], practitioner=two)
    WeeklyHours.objects.filter(resource=two, weekday=2).update(start="10:00", end="14:00")
    waiting = WaitingList(now=MONDAY)
    requests = {one.pk: one for one in waiting.requests}
    soonest = [slot.start for slot in waiting.suiting(requests[any_day.pk])][:2]
    assert soonest == [MONDAY + HOUR, MONDAY + 2 * HOUR]
    found = [slot.start for slot in waiting.suiting(requests[picky.pk])][:3]
    noon = datetime(2026, 11, 25, 12, tzinfo=UTC)
    assert found == [noon, noon + HOUR, noon + 7 * DAY]


def test_times_that_only_touch_do_not_suit(clinic, desk, freed):
    consultation = waits(clinic)
    waiting = WaitingList(now=MONDAY)
    (listed,) = waiting.requests
    assert listed == consultation
    assert [slot.start for slot in waiting.suiting(listed, during=freed)] == [TEN]


def test_a_time_given_back_twice_is_listed_once(clinic, desk, freed):
    waits(clinic)
    again = confirmed(clinic, desk, practitioner=freed.practitioner, email="b@x.org")[1]
    give_back(again)
    assert [one.appointment for one in WaitingList(now=MONDAY).freed()] == [again]


def test_times_that_are_over_crowd_nobody_out(clinic, desk, freed, monkeypatch):
    later = give_back(confirmed(clinic, desk, start=ELEVEN, email="b@x.org")[1])
    waits(clinic)
    lasts(freed, MONDAY, HOUR)
    monkeypatch.setattr(waiting_list, "FREED_AT_ONCE", 1)
    assert [one.appointment for one in WaitingList(now=MONDAY).freed()] == [later]


@pytest.mark.parametrize("status", ["noshow", "fulfilled", "entered-in-error"])
def test_only_what_was_cancelled_came_free(clinic, freed, status):
    waits(clinic)
    Appointment.objects.filter(pk=freed.pk).update(status=status)
    assert WaitingList(now=MONDAY).freed() == []


def test_a_wait_that_began_today(clinic, freed):
    waits(clinic, now=MONDAY - DAY, practitioner=freed.practitioner, parts=[DayPart.MORNING])
    waits(clinic, "b", now=MONDAY - DAY + HOUR / 60)
    first, second = WaitingList(now=MONDAY).matches(freed)
    free = "60 minutes are free"
    name = freed.practitioner.name
    wishes = ["any day", "wants mornings", f"wants {name}"]
    assert (first.wishes_met, first.reasons) == (2, [*wishes, "waits 1 day", free])
    wishes = ["any day", "any hour", "any practitioner"]
    assert (second.wishes_met, second.reasons) == (0, [*wishes, "joined today", free])


@pytest.mark.postgresql
def test_whose_offer_lapsed_is_said_of_them(clinic, freed):
    lapsed, other = waits(clinic, "lapsed"), waits(clinic, "other")
    for one, verb in ((lapsed, "lapse_offer"), (other, "lapse")):
        Event.objects.filter(request=one, verb="submit").update(verb=verb)
    said = {
        one.request: "did not answer an offer" in one.reasons
        for one in WaitingList(now=MONDAY).matches(freed)
    }
    assert said == {lapsed: True, other: False}


def test_the_same_wait_in_order_of_arrival(clinic, freed):
    for name in ("first", "second", "third"):
        waits(clinic, name)
    assert names(freed) == ["first", "second", "third"]
