"""Whose cells stay whose: holds, closures and visits that staff booked on top of one another."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection, transaction

from bookings import transitions
from bookings.enums import ResourceKind
from bookings.errors import TimeTaken
from bookings.models import Appointment, BookedAnyway, DateException, TimeClaim
from bookings.schedule import claims
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed, consistent
from tests.bookings.transitions.test_anyway import HALF_PAST, book_anyway, overlap
from tests.factories import (
    MONDAY,
    LocationFactory,
    ResourceFactory,
    make_clinic,
    work_also,
)

pytestmark = pytest.mark.django_db
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
    _later, visit = confirmed(clinic, desk, start=at(14), email="d@example.org")
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
    second = closed(clinic, TEN, at(12))
    assert claims.claim_closure(second, now=MONDAY) == [visit]
    closure.delete()
    claims.fill_closures(TEN, HALF_PAST, now=MONDAY)
    assert cells_of(second) == 18 and lanes(visit) == [0, 1]


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


def test_a_closure_takes_no_holds_but_lapsed_ones(desk):
    service, location, (one, two) = clinic = make_clinic(practitioners=2)
    inside = asked(clinic, practitioner=one).appointments.get()
    outside = asked(clinic, start=at(13), practitioner=one, email="b@x.org").appointments.get()
    before = asked(clinic, start=at(9), practitioner=one, email="d@x.org").appointments.get()
    other = asked(clinic, practitioner=two, email="c@x.org").appointments.get()
    closure = closed(clinic, TEN, ELEVEN, resource=one)
    assert claims.claim_closure(closure, now=inside.hold_expires_at) == []
    left = [visit.claims.count() for visit in (inside, before, outside, other)]
    assert left == [0, 12, 12, 12] and cells_of(closure) == 12


def test_a_shorter_closure_gives_cells_back(clinic, desk):
    other = closed(clinic, at(13), at(14))
    closure = closed(clinic, TEN, at(12))
    for one in (other, closure):
        claims.claim_closure(one, now=MONDAY)
    closure.end = ELEVEN
    closure.save()
    claims.claim_closure(closure, now=MONDAY)
    assert (cells_of(closure), cells_of(other)) == (12, 12)


def test_only_closures_take_what_came_free(clinic, desk):
    before, after = closed(clinic, at(9), TEN), closed(clinic, ELEVEN, at(12))
    opened = closed(clinic, at(9), at(12), kind="open")
    reaches = closed(clinic, at(10, 30), at(11, 30))
    claims.fill_closures(TEN, ELEVEN, now=MONDAY)
    assert [cells_of(one) for one in (before, after, opened, reaches)] == [0, 0, 0, 12]


def test_rooms_close_with_their_location(clinic, desk):
    service, location, (person,) = clinic
    room = ResourceFactory(kind=ResourceKind.ROOM, location=location)
    also = ResourceFactory(location=location)
    work_also(also, LocationFactory())
    ResourceFactory(location=LocationFactory())
    closure = closed(clinic, TEN, ELEVEN)
    claims.claim_closure(closure, now=MONDAY)
    owned = set(closure.claims.values_list("resource", flat=True))
    assert owned == {person.pk, room.pk}


def test_who_stands_beside_a_closure(desk):
    """Booked although it is closed: they stand inside a closure only with cells that it has not got."""
    service, location, (one, two) = clinic = make_clinic(practitioners=2)
    first = confirmed(clinic, desk, practitioner=one)[1]
    second = confirmed(clinic, desk, practitioner=two, email="b@example.org")[1]
    BookedAnyway.objects.create(appointment=first, because="asked", created_at=MONDAY)
    closure = closed(clinic, HALF_PAST, at(12))
    assert set(claims.claim_closure(closure, now=MONDAY)) == {first, second}
    first.claims.filter(cell_start__gte=HALF_PAST).delete()
    assert claims.claim_closure(closure, now=MONDAY) == [second]
    mine = closed(clinic, HALF_PAST, at(12), resource=one)
    assert claims.standing_inside(mine, now=MONDAY) == []
    earlier = closed(clinic, TEN, at(12), resource=one)
    assert claims.standing_inside(earlier, now=MONDAY) == [first]


def test_what_is_over_stands_in_no_closure(clinic, desk):
    held = asked(clinic).appointments.get()
    closure = closed(clinic, at(9), at(12))
    assert claims.standing_inside(closure, now=held.hold_expires_at - MINUTE) == [held]
    assert claims.standing_inside(closure, now=held.hold_expires_at) == []
    transitions.withdraw(held.request, now=MONDAY)
    assert claims.standing_inside(closure, now=MONDAY) == []


def test_cells_that_a_closure_should_not_have(clinic, desk):
    service, location, (person,) = clinic
    closure, other = closed(clinic, TEN, ELEVEN), closed(clinic, at(13), at(14), resource=person)
    for one in (closure, other):
        claims.claim_closure(one, now=MONDAY)
    assert consistent()
    stranger = ResourceFactory(location=LocationFactory())
    for cell, resource in (
        (TEN - 5 * MINUTE, person),
        (ELEVEN, person),
        (TEN, stranger),
    ):
        extra = TimeClaim.objects.create(resource=resource, cell_start=cell, exception=closure)
        said = [f"closure {closure.pk} holds 1 cells outside of it"]
        assert list(claims.inconsistencies(MONDAY)) == said
        extra.delete()
    DateException.objects.filter(pk=closure.pk).update(kind="open")
    said = [f"closure {closure.pk} holds 12 cells outside of it"]
    assert list(claims.inconsistencies(MONDAY)) == said


def test_each_appointment_is_looked_at(clinic, desk):
    for hour in (9, 10, 11):
        confirmed(clinic, desk, start=at(hour), email=f"{hour}@example.org")
    looked = []
    assert list(claims.inconsistencies(MONDAY, looked.append)) == [] and looked == [1, 2, 3]
