"""Which cells closures and holds take, keep and give back."""

from datetime import UTC, datetime, timedelta

import pytest

from bookings.models import (
    Appointment,
    BookedAnyway,
    DateException,
    TimeClaim,
)
from bookings.schedule import (
    claims,
)
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed
from tests.factories import MONDAY, make_clinic

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def at(hour, minute=0, day=24):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def visit(clinic, desk):
    return confirmed(clinic, desk, start=TEN, practitioner=clinic[2][0])[1]


def test_what_closures_take_and_leave(clinic, desk, visit):
    about = {"location": clinic[1], "kind": "closed", "start": at(9), "end": at(12)}
    closure = DateException.objects.create(**about)
    inside = claims.claim_closure(closure, now=MONDAY)
    assert inside == [visit]
    of_closure = TimeClaim.objects.filter(exception=closure)
    by_person = [of_closure.filter(resource=one).count() for one in clinic[2]]
    assert by_person == [24, 36]
    assert claims.span(of_closure) == (at(9), at(12))
    assert claims.span(of_closure.none()) is None
    claims.release(visit)
    claims.fill_closures(TEN, ELEVEN, now=MONDAY)
    assert of_closure.filter(resource=clinic[2][0]).count() == 36
    claims.claim_closure(closure, now=MONDAY)
    assert of_closure.count() == 72


@pytest.mark.parametrize(
    ("start", "end", "inside"),
    [(at(9), at(10), 0), (at(9), at(10, 1), 1), (at(11), at(12), 0), (at(10, 59), at(12), 1)],
)
def test_who_stands_inside_a_closure(clinic, visit, start, end, inside):
    one, two = clinic[2]
    about = {"location": clinic[1], "kind": "closed", "start": start, "end": end}
    for resource, number in ((None, inside), (one, inside), (two, 0)):
        closure = DateException(**about, resource=resource)
        closure.save()
        assert len(claims.standing_inside(closure, now=MONDAY)) == number
    elsewhere = DateException.objects.create(**about | {"location": make_clinic()[1]})
    assert claims.standing_inside(elsewhere, now=MONDAY) == []


def test_holds_that_ran_out_give_way(clinic):
    held = asked(clinic, start=TEN).appointments.get()
    ends = held.hold_expires_at
    assert claims._wanted(held)[0] == (held.practitioner_id, TEN)
    closure = DateException.objects.create(
        location=clinic[1], kind="closed", start=at(9), end=at(12)
    )
    assert claims.claim_closure(closure, now=ends - MINUTE) == [held]
    assert held.claims.count() == 12
    assert claims.claim_closure(closure, now=ends) == []
    assert held.claims.count() == 0


def test_renewing_keeps_or_takes_again(clinic):
    held = asked(clinic, start=TEN).appointments.get()
    until = held.hold_expires_at
    claims.renew(held, now=until - MINUTE, expires_at=until + HOUR)
    assert set(held.claims.values_list("expires_at", flat=True)) == {until + HOUR}
    claims.renew(held, now=until + 2 * HOUR)
    assert set(held.claims.values_list("expires_at", flat=True)) == {None}
    held.claims.first().delete()
    claims.renew(held, now=MONDAY)
    assert held.claims.count() == 12


@pytest.mark.postgresql
def test_what_check_claims_says(clinic, desk, visit):
    assert list(claims.inconsistencies(MONDAY)) == []
    looked = []
    visit.claims.first().delete()
    assert list(claims.inconsistencies(MONDAY, looked.append)) == [
        f"{visit} holds 11 of its 12 cells"
    ]
    assert looked == [1]
    Appointment.objects.update(status="cancelled")
    (said,) = claims.inconsistencies(MONDAY)
    assert said.endswith("is cancelled and still holds 11 cells")
    TimeClaim.objects.all().delete()
    closure = DateException.objects.create(
        location=clinic[1], kind="closed", start=at(9), end=at(12)
    )
    claims.claim_closure(closure, now=MONDAY)
    DateException.objects.update(end=at(11, 55))
    assert list(claims.inconsistencies(MONDAY)) == [
        f"closure {closure.pk} holds 2 cells outside of it"
    ]
    decided = BookedAnyway.objects.create(appointment=visit, because="asked", created_at=MONDAY)
    TimeClaim.objects.update(lane=1, decided=decided)
    assert sum("alone" in line for line in claims.inconsistencies(MONDAY)) == 72


def test_a_lapsed_hold_is_no_mistake(clinic):
    held = asked(clinic, start=TEN).appointments.get()
    held.claims.all().delete()
    assert list(claims.inconsistencies(held.hold_expires_at)) == []
    assert len(list(claims.inconsistencies(held.hold_expires_at - MINUTE))) == 1


@pytest.mark.postgresql
def test_whoever_comes_back_is_closed_again(clinic):
    one, two = clinic[2]
    about = {"location": clinic[1], "start": at(9), "end": at(10)}
    DateException.objects.create(kind="closed", **about)
    DateException.objects.create(kind="open", **about | {"start": at(13), "end": at(14)})
    DateException.objects.create(kind="closed", resource=two, **about | {"end": at(12)})
    elsewhere = {"location": make_clinic()[1], "end": at(11)}
    DateException.objects.create(kind="closed", **about | elsewhere)
    claims.close_with_location(one, now=MONDAY)
    assert TimeClaim.objects.filter(resource=one).count() == TimeClaim.objects.count() == 12
    TimeClaim.objects.all().delete()
    claims.close_with_location(one, now=at(10))
    assert not TimeClaim.objects.exists()
