"""Whose cells stay whose: holds, closures and visits that staff booked on top of one another."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection, transaction

from bookings import transitions
from bookings.enums import ResourceKind
from bookings.errors import StaleVersion, TimeTaken
from bookings.models import Appointment, BookedAnyway, DateException
from bookings.schedule import claims
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed, consistent
from tests.bookings.transitions.test_anyway import HALF_PAST, book_anyway, overlap
from tests.factories import (
    MONDAY,
    ResourceFactory,
    make_clinic,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both]
MINUTE, HOUR, DAY = (timedelta(**{n: 1}) for n in ("minutes", "hours", "days"))


def at(hour, minute=0, day=24):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def clinic(db):
    return make_clinic()


def lanes(visit):
    return sorted(set(visit.claims.values_list("lane", flat=True)))


def cells_of(closure):
    return closure.claims.count()


def closed(clinic, start, end, **about):
    return DateException.objects.create(location=clinic[1], start=start, end=end, **about)


def test_a_decision_outlasts_the_hold_below(clinic, desk):
    held = asked(clinic).appointments.get()
    second = overlap(clinic, desk)
    third = overlap(clinic, desk, email="c@example.org")
    assert (lanes(held), lanes(second), lanes(third)) == ([0], [0, 1], [1, 2])
    with pytest.raises(TimeTaken), transaction.atomic():
        claims.claim(unsaved(held), now=held.hold_expires_at)
    assert (held.claims.count(), lanes(second), lanes(third)) == (12, [0, 1], [1, 2])


def unsaved(visit, start=None):
    """A visit at the time of another one, about to take its cells."""
    found = Appointment.objects.get(pk=visit.pk)
    start = start or found.start
    found.pk, found.ics_uid, found.status = None, f"{start}@test", "pending"
    found.start, found.end = start, start + HOUR
    found.busy_start, found.busy_end, found.hold_expires_at = start, start + HOUR, None
    found.save()
    return found


def test_a_live_hold_keeps_what_is_overlapped(clinic, desk):
    held = asked(clinic).appointments.get()
    claims.renew(held, now=MONDAY, expires_at=held.hold_expires_at)
    overlap(clinic, desk)
    assert held.claims.count() == 12 and consistent()


def test_a_lapsed_hold_below_is_swept_and_promoted(clinic, desk):
    """Ten to half past ten goes to a newcomer; the rest has been somebody's by decision."""
    held = asked(clinic).appointments.get()
    second = overlap(clinic, desk)
    newcomer = unsaved(held, start=TEN - HOUR / 2)
    late = held.hold_expires_at
    claims.claim(newcomer, now=late)
    assert held.claims.count() == 6 and lanes(second) == [0, 1]
    Appointment.objects.filter(pk=newcomer.pk).update(status="cancelled")
    claims.release(newcomer)
    after = unsaved(held, start=TEN - HOUR / 6)
    with pytest.raises(TimeTaken):
        claims.claim(after, now=late)


def test_a_sweep_leaves_others_holds(desk):
    service, location, (one, two) = clinic = make_clinic(practitioners=2)
    holds = [
        asked(clinic, practitioner=who, start=start, email=f"{n}@x.org").appointments.get()
        for n, (who, start) in enumerate(((one, TEN), (one, at(9)), (one, ELEVEN), (two, TEN)))
    ]
    claims.claim(unsaved(holds[0]), now=max(one.hold_expires_at for one in holds))
    assert [one.claims.count() for one in holds] == [0, 12, 12, 12]


def test_the_lowest_of_three_comes_down(clinic, desk):
    first = confirmed(clinic, desk, start=HALF_PAST - HOUR / 2)[0]
    second, third = overlap(clinic, desk), overlap(clinic, desk, email="c@example.org")
    transitions.withdraw(first, now=MONDAY)
    assert (lanes(second), lanes(third)) == ([0], [1, 2])
    assert set(second.claims.values_list("decided", flat=True)) == {None}
    transitions.withdraw(second.request, now=MONDAY)
    assert lanes(third) == [0] and consistent()


def test_whoever_left_brings_nobody_else_down(clinic, desk):
    confirmed(clinic, desk)
    second = overlap(clinic, desk)
    for start in (at(9), at(14)):
        visit = confirmed(clinic, desk, start=start, email=f"{start.hour}@example.org")[1]
        claims.release(visit)
        assert lanes(second) == [0, 1]
    claims.promote(at(9), at(17))
    assert lanes(second) == [0, 1]


def test_newcomers_elsewhere_do_not_count(clinic, desk):
    """A decision is about who was there: a later visit at another time is no reason against it."""
    confirmed(clinic, desk)
    second = overlap(clinic, desk)
    other = confirmed(clinic, desk, start=at(15), email="d@example.org")[1]
    Appointment.objects.filter(pk=other.pk).update(created_at=MONDAY + HOUR)
    second.claims.first().delete()
    claims.renew(second, now=MONDAY)
    assert second.claims.count() == 12 and lanes(second) == [0, 1]


@pytest.mark.parametrize(("late", "taken"), [(timedelta(0), False), (MINUTE, True)])
def test_nobody_comes_back_above_a_newcomer(clinic, desk, late, taken):
    confirmed(clinic, desk)
    second = overlap(clinic, desk)
    claims.release(second)
    newcomer = unsaved(second, start=ELEVEN)
    Appointment.objects.filter(pk=newcomer.pk).update(created_at=MONDAY + late)
    claims.claim(newcomer, now=MONDAY)
    if taken:
        with pytest.raises(TimeTaken):
            claims.renew(second, now=MONDAY)
    else:
        claims.renew(second, now=MONDAY)
        assert lanes(second) == [1]


def test_a_decision_stands_above_a_closure(clinic, desk):
    closure = closed(clinic, TEN, ELEVEN)
    claims.claim_closure(closure, now=MONDAY)
    visit = book_anyway(asked(clinic, start=at(14)), TEN, desk)
    assert lanes(visit) == [1] and claims.standing_inside(closure, now=MONDAY) == []
    DateException.objects.filter(pk=closure.pk).update(end=HALF_PAST)
    closure.refresh_from_db()
    claims.claim_closure(closure, now=MONDAY)
    claims.fill_closures(TEN, ELEVEN, now=MONDAY)
    assert lanes(visit) == [0, 1] and cells_of(closure) == 6
    assert claims.standing_inside(closure, now=MONDAY) == []
    second = closed(clinic, TEN, at(12))
    assert claims.claim_closure(second, now=MONDAY) == [visit]
    closure.delete()
    claims.fill_closures(TEN, HALF_PAST, now=MONDAY)
    assert cells_of(second) == 18 and lanes(visit) == [0, 1]


def test_a_decision_beside_a_closure_within(clinic, desk):
    closure = closed(clinic, HALF_PAST, at(12))
    claims.claim_closure(closure, now=MONDAY)
    visit = book_anyway(asked(clinic, start=at(14)), TEN, desk)
    assert lanes(visit) == [0, 1] and claims.standing_inside(closure, now=MONDAY) == []


def test_a_decision_in_a_closed_room(desk):
    clinic = make_clinic(needs_room=True)
    room = ResourceFactory(kind=ResourceKind.ROOM, location=clinic[1])
    closure = closed(clinic, TEN, ELEVEN, resource=room)
    claims.claim_closure(closure, now=MONDAY)
    visit = book_anyway(asked(clinic, start=at(14)), TEN, desk)
    assert visit.room == room and lanes(visit) == [0, 1]
    assert claims.standing_inside(closure, now=MONDAY) == []


def test_cells_given_up_come_down(clinic, desk):
    closure = closed(clinic, TEN, ELEVEN)
    claims.claim_closure(closure, now=MONDAY)
    visit = book_anyway(asked(clinic, start=at(14)), TEN, desk)
    closure.delete()
    assert lanes(visit) == [1]
    claims.fill_closures(TEN, ELEVEN, now=MONDAY)
    assert lanes(visit) == [0]


def test_renewing_touches_nobody_else(clinic, desk):
    first = asked(clinic).appointments.get()
    second = asked(clinic, start=ELEVEN, email="b@example.org").appointments.get()
    until = second.hold_expires_at
    claims.renew(first, now=MONDAY, expires_at=until + HOUR)
    assert set(second.claims.values_list("expires_at", flat=True)) == {until}
    claims.renew(first, now=until + HOUR, expires_at=until + 2 * HOUR)
    assert set(first.claims.values_list("expires_at", flat=True)) == {until + 2 * HOUR}
    assert second.claims.count() == 12
    claims.release(first)
    assert (first.claims.count(), second.claims.count()) == (0, 12)


def test_a_renewed_visit_needs_its_own_decision(clinic, desk):
    _first, visit = confirmed(clinic, desk)
    second = overlap(clinic, desk)
    taken = unsaved(visit, start=HALF_PAST + HOUR / 2)
    with pytest.raises(TimeTaken):
        claims.renew(taken, now=MONDAY)
    assert BookedAnyway.objects.get().appointment == second


@pytest.mark.parametrize(
    ("said", "raised"), [("deadlock detected", TimeTaken), ("disk full", OperationalError)]
)
def test_a_deadlock_means_taken(clinic, desk, said, raised):
    visit = confirmed(clinic, desk)[1]
    claims.release(visit)

    def refuse(execute, sql, *rest):
        if sql.startswith("INSERT") and "timeclaim" in sql:
            raise OperationalError(said)
        return execute(sql, *rest)

    with connection.execute_wrapper(refuse), pytest.raises(raised):
        claims.claim(visit, now=MONDAY)


@pytest.mark.parametrize(
    ("said", "raised"), [("deadlock detected", StaleVersion), ("disk full", OperationalError)]
)
def test_a_deadlock_in_leaving_means_changed(clinic, desk, said, raised):
    visit = confirmed(clinic, desk)[1]

    def refuse(execute, sql, *rest):
        if sql.startswith("DELETE") and "timeclaim" in sql:
            raise OperationalError(said)
        return execute(sql, *rest)

    with connection.execute_wrapper(refuse), pytest.raises(raised):
        claims.release(visit)
