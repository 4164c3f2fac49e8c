"""Who may join the waiting list and leave it, and whose place it is."""

from datetime import date, timedelta

import pytest

from bookings import transitions
from bookings.enums import DayPart, RequestStatus
from bookings.errors import InvalidTransition, VisitBegun
from bookings.models import WaitingListEntry
from bookings.transitions import Waiting
from bookings.transitions.waiting_list import wait_at_once
from tests.bookings.steps import TEN, asked, confirmed, kinds, verbs
from tests.bookings.transitions import test_refused as of_requests
from tests.bookings.transitions.test_refused import by_desk
from tests.bookings.transitions.test_written import by_phone
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def join(consultation, *parts, weekdays=(), until=None, now=MONDAY):
    transitions.join_waiting_list(consultation, Waiting(weekdays, until), parts=parts, now=now)


def parts_of(consultation):
    return list(consultation.preferences.order_by("rank").values_list("rank", "part"))


@pytest.mark.parametrize("make", [confirmed, of_requests.moving, by_phone, of_requests.unverified])
def test_who_does_not_join_the_list(clinic, desk, make):
    """With a visit booked, or nothing proven yet."""
    consultation = make(clinic, desk)[0]
    before = consultation.status
    with pytest.raises(InvalidTransition) as caught:
        join(consultation)
    assert type(caught.value) is InvalidTransition
    consultation.refresh_from_db()
    assert consultation.status == before and not WaitingListEntry.objects.exists()


@pytest.mark.parametrize("now", [TEN - MINUTE, TEN])
def test_once_the_visit_has_begun_they_call(clinic, desk, now):
    consultation = of_requests.moving(clinic, desk)[0]
    with pytest.raises(InvalidTransition) as caught:
        join(consultation, now=now)
    assert isinstance(caught.value, VisitBegun) is (now == TEN)


@pytest.mark.postgresql
def test_parts_of_the_day_come_after_times(clinic):
    consultation = asked(clinic, parts=[DayPart.EVENING])
    join(consultation, DayPart.MORNING, DayPart.AFTERNOON)
    assert parts_of(consultation) == [(1, ""), (2, "morning"), (3, "afternoon")]
    join(consultation, DayPart.EVENING)
    assert parts_of(consultation) == [(1, ""), (2, "evening")]
    without = asked(clinic, start=None, email="b@example.org")
    join(without, DayPart.MORNING, DayPart.EVENING)
    assert parts_of(without) == [(1, "morning"), (2, "evening")]
    assert parts_of(consultation) == [(1, ""), (2, "evening")]


@pytest.mark.postgresql
def test_changing_keeps_the_place_in_the_queue(clinic):
    one, two = asked(clinic), asked(clinic, start=None, email="b@example.org")
    join(one, weekdays=[3, 0, 3])
    join(two, weekdays=[1], now=MONDAY + MINUTE)
    join(one, weekdays=[4, 2], until=date(2026, 12, 24), now=MONDAY + DAY)
    rows = WaitingListEntry.objects.order_by("joined_at")
    assert list(rows.values_list("request", "weekdays", "until", "joined_at")) == [
        (one.pk, [2, 4], date(2026, 12, 24), MONDAY),
        (two.pk, [1], date(2027, 1, 18), MONDAY + MINUTE),
    ]
    assert verbs(one)[-2:] == ["join_waiting_list", "change_waiting"]
    assert kinds(one) == ["waitlisted"]


def test_only_who_asked_for_it_waits_at_once(clinic):
    waits = asked(clinic, start=None, waiting=Waiting(), verified=False)
    other = asked(clinic, email="b@example.org")
    assert wait_at_once(other, now=MONDAY) is False
    assert other.status == RequestStatus.SUBMITTED
    assert transitions.verify(waits, now=MONDAY) is False
    assert waits.status == RequestStatus.WAITLISTED


@pytest.mark.parametrize("make", [of_requests.new, of_requests.offered, of_requests.declined])
def test_only_who_waits_leaves_the_list(clinic, desk, make):
    consultation = make(clinic, desk)[0]
    before = consultation.status, verbs(consultation), kinds(consultation)
    with pytest.raises(InvalidTransition):
        transitions.leave_waiting_list(consultation, now=MONDAY)
    consultation.refresh_from_db()
    assert (consultation.status, verbs(consultation), kinds(consultation)) == before


def test_leaving_closes_the_request(clinic, desk):
    one, two = asked(clinic), asked(clinic, start=None, email="b@example.org")
    for consultation in (one, two):
        join(consultation)
    transitions.leave_waiting_list(one, now=MONDAY + DAY)
    two.refresh_from_db()
    assert (one.status, two.status) == (RequestStatus.WITHDRAWN, RequestStatus.WAITLISTED)
    assert one.closed_at == MONDAY + DAY and verbs(one)[-1] == "leave_waiting_list"
    assert kinds(one) == ["withdrawn"] and kinds(two) == ["waitlisted"]


@pytest.mark.parametrize(
    ("until", "status"), [("2026-11-23", "waitlisted"), ("2026-11-22", "in_review")]
)
def test_who_waits_on_after_an_offer(clinic, desk, until, status):
    """Up to the last day that they gave themselves; the place of another is not theirs."""
    consultation, _visit = of_requests.waiting(clinic, desk)
    join(asked(clinic, start=None, email="b@example.org"))
    by_desk("offer", times=[(TEN, None)])(consultation, None, desk)
    WaitingListEntry.objects.filter(request=consultation).update(until=until)
    transitions.look(consultation, actor=desk, now=MONDAY)
    transitions.refuse(consultation, now=MONDAY)
    assert consultation.status == status
    assert kinds(consultation) == ["waitlisted" if status == "waitlisted" else "refused"]


def test_who_had_not_waited_is_looked_at(clinic, desk):
    consultation, _visit = of_requests.offered(clinic, desk)
    WaitingListEntry.objects.create(request=consultation, until="2027-01-01", joined_at=MONDAY)
    assert not transitions.goes_on_waiting(consultation, now=MONDAY)
    transitions.refuse(consultation, now=MONDAY)
    assert consultation.status == RequestStatus.IN_REVIEW and consultation.respond_by
