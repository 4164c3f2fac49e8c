"""How close two visits of one person at two locations may be, and closures of one location."""

from datetime import UTC, datetime, timedelta

import pytest

from bookings.errors import TimeTaken
from bookings.models import (
    Appointment,
    BookedAnyway,
    DateException,
    TimeClaim,
    TravelTime,
)
from bookings.schedule import (
    claims,
    travel,
)
from tests.bookings.steps import TEN, confirmed
from tests.factories import (
    MONDAY,
    LocationFactory,
    ResourceFactory,
    make_request,
    work_also,
)

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def at(hour, minute=0, day=24):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def elsewhere(clinic):
    """Another location at which the first practitioner works, forty minutes away."""
    other = LocationFactory()
    work_also(clinic[2][0], other)
    TravelTime.objects.create(first=clinic[1], second=other, minutes=40)
    return other


@pytest.fixture
def visit(clinic, desk):
    return confirmed(clinic, desk, start=TEN, practitioner=clinic[2][0])[1]


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        (at(11, 40), at(12, 40), 0),
        (at(11, 39), at(12, 39), 1),
        (at(8, 20), at(9, 20), 0),
        (at(8, 21), at(9, 21), 1),
        (at(10), at(11), 1),
    ],
)
def test_how_close_a_visit_elsewhere_may_be(clinic, elsewhere, visit, start, end, found):
    person, here = clinic[2][0], clinic[1]
    near = travel.visits_elsewhere(person.pk, elsewhere.pk, start, end, now=MONDAY)
    assert near == [(visit, 40 * MINUTE)] * found
    assert travel.visits_elsewhere(person.pk, here.pk, start, end, now=MONDAY) == []
    other = clinic[2][1]
    assert travel.visits_elsewhere(other.pk, elsewhere.pk, start, end, now=MONDAY) == []


def test_each_way_both_ways(clinic, elsewhere):
    here, third = clinic[1].pk, LocationFactory()
    TravelTime.objects.create(first=elsewhere, second=third, minutes=0)
    assert travel.ways() == {
        here: {elsewhere.pk: 40 * MINUTE},
        elsewhere.pk: {here: 40 * MINUTE},
    }
    assert travel.ways_from(elsewhere.pk) == {here: 40 * MINUTE}
    assert travel.ways_from(third.pk) == {}
    assert travel.works_in_several([clinic[2][0].pk])
    assert not travel.works_in_several([clinic[2][1].pk])


def unclaimed(visit, location, start):
    """A visit with the same person somewhere else that is about to take its cells."""
    request = make_request(visit.service, visit.location, email="other@example.org")
    values = {
        f.attname: getattr(visit, f.attname)
        for f in Appointment._meta.concrete_fields
        if f.name not in {"id", "ics_uid"}
    }
    values |= {"location_id": location.pk, "start": start, "end": start + HOUR}
    values |= {"busy_start": start, "busy_end": start + HOUR}
    values |= {"status": "booked", "created_at": MONDAY + HOUR, "request_id": request.pk}
    return Appointment.objects.create(ics_uid=f"{start}@test", **values)


@pytest.mark.parametrize(("start", "taken"), [(at(11, 40), False), (at(11, 35), True)])
def test_a_way_too_long_is_refused(clinic, elsewhere, visit, start, taken):
    following = unclaimed(visit, elsewhere, start)
    if taken:
        with pytest.raises(TimeTaken):
            claims.claim(following, now=MONDAY)
    else:
        claims.claim(following, now=MONDAY)
        assert following.claims.count() == 12


@pytest.mark.postgresql
def test_whoever_works_here_alone_has_no_way(clinic, elsewhere, visit):
    other = clinic[2][1]
    TimeClaim.objects.all().delete()
    Appointment.objects.filter(pk=visit.pk).update(practitioner=other)
    following = unclaimed(visit, elsewhere, at(11))
    Appointment.objects.filter(pk=following.pk).update(practitioner=other)
    following.refresh_from_db()
    travel.check(following, now=MONDAY)


@pytest.mark.postgresql
def test_no_way_but_two_places_at_once(clinic, elsewhere, visit):
    TravelTime.objects.all().delete()
    travel.check(unclaimed(visit, elsewhere, at(11)), now=MONDAY)
    Appointment.objects.filter(location=elsewhere).delete()
    with pytest.raises(TimeTaken):
        travel.check(unclaimed(visit, elsewhere, at(10, 55)), now=MONDAY)


@pytest.mark.parametrize(
    ("made", "taken"), [(MONDAY, False), (MONDAY + HOUR, False), (MONDAY + 2 * HOUR, True)]
)
def test_a_decision_covers_what_was_there(clinic, elsewhere, visit, made, taken):
    following = unclaimed(visit, elsewhere, at(11, 5))
    Appointment.objects.filter(pk=visit.pk).update(created_at=made)
    decided = BookedAnyway.objects.create(
        appointment=following, because="asked", created_at=MONDAY + HOUR
    )
    if taken:
        with pytest.raises(TimeTaken):
            travel.check(following, now=MONDAY, decided=decided)
    else:
        travel.check(following, now=MONDAY, decided=decided)


@pytest.mark.parametrize(
    ("start", "end", "closed"),
    [
        (at(15), at(16), True),
        (at(15, 59), at(18), True),
        (at(16), at(18), False),
        (at(12), at(15), False),
        (at(12), at(15, 1), True),
    ],
)
def test_a_closed_location_keeps_them_away(clinic, elsewhere, visit, start, end, closed):
    following = unclaimed(visit, elsewhere, at(15))
    about = {"location": elsewhere, "start": start, "end": end}
    DateException.objects.create(kind="closed", **about)
    all_day = {"start": at(0), "end": at(23)}
    DateException.objects.create(kind="closed", location=clinic[1], **all_day)
    other = ResourceFactory(location=elsewhere)
    DateException.objects.create(kind="closed", location=elsewhere, resource=other, **all_day)
    if closed:
        with pytest.raises(TimeTaken):
            travel.check(following, now=MONDAY)
        DateException.objects.update(kind="open")
    travel.check(following, now=MONDAY)
    DateException.objects.update(kind="closed")
    travel.check(following, now=MONDAY, with_its_place=True)


@pytest.mark.postgresql
def test_whoever_was_merged_is_not_booked(clinic, visit):
    one, two = clinic[2]
    assert travel.lock([one.pk, two.pk])
    type(one).objects.filter(pk=one.pk).update(merged_into=two)
    assert not travel.lock([one.pk]) and travel.lock([two.pk])
    with pytest.raises(TimeTaken):
        travel.check(visit, now=MONDAY)


@pytest.mark.postgresql
def test_a_lapsed_hold_is_looked_at_again(clinic, elsewhere, visit):
    """Its cells are still there, but the way has become too long; what others decided is no excuse."""
    held = unclaimed(visit, elsewhere, at(11, 40))
    claims.claim(held, now=MONDAY, expires_at=MONDAY + HOUR)
    Appointment.objects.filter(pk=visit.pk).update(busy_end=at(11, 5), end=at(11, 5))
    claims.renew(held, now=MONDAY, expires_at=MONDAY + 2 * HOUR)
    other = unclaimed(visit, clinic[1], at(15))
    about = {"because": "asked", "created_at": MONDAY + HOUR}
    BookedAnyway.objects.create(appointment=other, **about)
    with pytest.raises(TimeTaken):
        claims.renew(held, now=MONDAY + 2 * HOUR, expires_at=MONDAY + 3 * HOUR)
