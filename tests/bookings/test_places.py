"""One person in several locations: what is offered, what the database refuses, and forty at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from bookings import transitions
from bookings.enums import AppointmentStatus, ExceptionKind, ResourceKind
from bookings.errors import TimeTaken
from bookings.models import Appointment, DateException, TimeClaim, TravelTime
from bookings.schedule import answer_deadline, availability, claims, why_not_free
from bookings.schedule.availability import Search
from tests.bookings.races import consistent, no_overlap, noon_ahead, race, submit, submits
from tests.factories import (
    MONDAY,
    LocationFactory,
    ResourceFactory,
    ServiceFactory,
    make_clinic,
    make_request,
    work_also,
)

TUESDAY = date(2026, 11, 24)


def at(hour, minute=0):
    return datetime(2026, 11, 24, hour, minute, tzinfo=UTC)


def starts(service, location, **about):
    search = Search(service, location, MONDAY, **about)
    return [slot.start for slot in availability.free_slots(search, first_day=TUESDAY, days=1)]


def two_places(*, minutes=0, **about):
    """A person who works in the same hours, 9 to 17, at both of two locations."""
    service, here, (person,) = make_clinic(**about)
    there = LocationFactory()
    work_also(person, there)
    if minutes:
        TravelTime.objects.create(first=here, second=there, minutes=minutes)
    return service, here, there, person


def book(service, location, start, n=0):
    asked = make_request(service, location, start=start, email=f"n{n}{start:%H%M}@example.org")
    transitions.confirm(
        asked, actor=transitions.core.SYSTEM, version=asked.version, now=MONDAY, start=start
    )
    return asked.appointments.get(status=AppointmentStatus.BOOKED)


@pytest.mark.both
@pytest.mark.django_db
class TestOffered:
    def test_each_location_offers_its_own_hours(self):
        service, here, (person,) = make_clinic(hours=(time(9), time(11)))
        there = LocationFactory(time_zone="Asia/Kolkata")  # five and a half hours ahead
        work_also(person, there, hours=(time(18), time(20)))
        assert starts(service, here) == [at(9), at(10)]
        assert starts(service, there) == [at(12, 30), at(13, 30)]

    def test_a_visit_takes_the_time_in_both(self):
        service, here, there, _person = two_places()
        book(service, here, at(10))
        assert at(10) not in starts(service, there) and at(11) in starts(service, there)

    def test_the_way_between_is_kept_free(self):
        service, here, there, _person = two_places(minutes=30)
        book(service, here, at(11))
        assert starts(service, there) == [at(9), at(13), at(14), at(15), at(16)]
        assert {at(10), at(12)} < set(starts(service, here))

    def test_the_way_is_a_reason_in_words(self):
        service, here, there, person = two_places(minutes=30)
        book(service, here, at(11))
        said = why_not_free.explain(Search(service, there, MONDAY), at(12))
        assert said == [
            f"{person.name} has a visit at {here.name}, 11am–midday.",
            "The way between there and here takes 30 minutes.",
        ]
        assert why_not_free.explain(Search(service, there, MONDAY), at(11))[0] == said[0]

    def test_a_service_may_keep_to_one_location(self):
        service, here, there, person = two_places()
        service.locations.add(here)
        assert starts(service, here) and not starts(service, there)
        said = why_not_free.explain(Search(service, there, MONDAY, person), at(10))
        assert said == [f"{person.name} does not offer this service here."]

    def test_a_room_serves_some_services_only(self):
        service, here, _people = make_clinic(needs_room=True)
        room = ResourceFactory(kind=ResourceKind.ROOM, location=here, name="Gym")
        assert starts(service, here)
        room.serves.add(ServiceFactory())
        assert not starts(service, here)

    def test_answers_are_promised_by_its_own_hours(self):
        _service, _here, (person,) = make_clinic(hours=(time(9), time(17)))
        there = LocationFactory()
        work_also(person, there, hours=(time(9), time(10)))
        first, *_rest = answer_deadline.working_times(there, now=MONDAY, days=3)
        assert first == (MONDAY.replace(hour=9), MONDAY.replace(hour=10))


@pytest.mark.both
@pytest.mark.django_db
class TestClosed:
    def closed(self, location, resource=None):
        closure = DateException(
            location=location, resource=resource, start=at(0), end=at(0) + timedelta(days=1)
        )
        transitions.lock_location(closure)
        closure.save()
        transitions.apply_closure(closure, actor=transitions.core.SYSTEM, now=MONDAY)
        return closure

    def test_a_closed_location_leaves_the_other_open(self):
        service, here, there, _person = two_places()
        visit, other = book(service, here, at(9)), book(service, there, at(11))
        closure = self.closed(here)
        assert [row.appointment for row in closure.displaced.all()] == [visit]
        assert not starts(service, here) and at(12) in starts(service, there)
        assert book(service, there, at(14)) and other.claims.exists()
        assert not list(claims.inconsistencies(MONDAY))

    def test_who_is_away_is_away_everywhere(self):
        service, here, there, person = two_places()
        visits = [book(service, here, at(9)), book(service, there, at(11))]
        closure = self.closed(there, person)
        assert {row.appointment for row in closure.displaced.all()} == set(visits)
        assert not starts(service, here) and not starts(service, there)

    def test_an_extra_opening_is_of_one_location(self):
        service, here, there, person = two_places()
        DateException.objects.create(
            location=there, resource=person, kind=ExceptionKind.OPEN, start=at(18), end=at(19)
        )
        assert at(18) in starts(service, there) and at(18) not in starts(service, here)

    def test_closures_follow_where_somebody_works(self):
        service, here, (person,) = make_clinic()
        there = LocationFactory()
        closure = self.closed(here)
        assert TimeClaim.objects.filter(exception=closure, resource=person).exists()
        work_also(person, there)
        transitions.resource_moved(person, now=MONDAY)
        assert not TimeClaim.objects.filter(exception=closure, resource=person).exists()
        assert starts(service, there)
        person.also_at.clear()
        transitions.resource_moved(person, now=MONDAY)
        assert TimeClaim.objects.filter(exception=closure, resource=person).exists()
        assert {row.place for row in person.weekly_hours.all()} == {here}

    def test_another_zone_keeps_what_is_closed(self):
        _service, here, there, person = two_places()
        ours, theirs = self.closed(here, person), self.closed(there, person)
        before, here.time_zone = here.zone, "America/New_York"
        here.save()
        transitions.time_zone_changed(
            here, actor=transitions.core.SYSTEM, before=before, now=MONDAY
        )
        held = set(TimeClaim.objects.filter(resource=person).values_list("cell_start", flat=True))
        for closure in (ours, theirs):
            closure.refresh_from_db()
            assert set(claims.cells(closure.start, closure.end)) <= held


@pytest.mark.both
@pytest.mark.django_db
class TestRefused:
    def test_a_hold_that_lapsed_keeps_no_way(self):
        """Whoever was held there is refused once another visit is too close by now."""
        service, here, there, _person = two_places(minutes=30)
        asked = make_request(service, here, start=at(11))
        held = asked.appointments.get()
        late = held.hold_expires_at + timedelta(minutes=1)
        other = make_request(service, there, start=at(15), email="b@example.org")
        by = {"actor": transitions.core.SYSTEM, "now": late}
        transitions.confirm(other, version=other.version, start=held.end, **by)
        with pytest.raises(TimeTaken):
            claims.renew(held, now=late, expires_at=late + timedelta(hours=1))

    def test_staff_may_book_too_close_anyway(self):
        service, here, there, person = two_places(minutes=30)
        book(service, here, at(11))
        asked = make_request(service, there)
        about = {"practitioner": person, "now": MONDAY}
        found = transitions.against(service, there, at(12), **about)
        assert len(found.reasons) == 2
        decision = transitions.Anyway("They insist.", found.code)
        transitions.confirm(
            asked,
            actor=transitions.core.SYSTEM,
            version=asked.version,
            start=at(12),
            anyway=decision,
            **about,
        )
        assert Appointment.objects.filter(location=there, start=at(12)).exists()
        assert not list(claims.inconsistencies(MONDAY))


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_one_person_two_places_one_winner():
    """Forty at once, half in each location, at times that overlap; each believes the diary empty."""
    service, here, there, _person = two_places(step_minutes=15)
    noon = noon_ahead()
    times = [noon, noon + timedelta(minutes=15), noon + timedelta(minutes=30)]
    jobs = [partial(submit, service, (here, there)[n % 2], times[n % 3], n) for n in range(40)]
    found = race(jobs, stale=True)
    assert sorted(found) == ["TimeTaken"] * 39 + ["ok"]
    assert Appointment.objects.count() == 1 and no_overlap() and consistent()


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_the_way_between_has_one_winner():
    """The visits themselves only touch: what keeps them apart is the way."""
    service, here, there, _person = two_places(minutes=30)
    noon = noon_ahead()
    jobs = submits(service, here, [noon] * 6)
    later = noon + timedelta(hours=1)
    jobs += [partial(submit, service, there, later, n) for n in range(6, 12)]
    found = race(jobs, stale=True)
    assert sorted(found) == ["TimeTaken"] * 11 + ["ok"]
    assert consistent()


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_closing_one_location_against_booking():
    """A visit at the closed location is refused or listed; the other location goes on."""
    service, here, there, _person = two_places()
    noon, now = noon_ahead(), timezone.now()
    closure = DateException(location=here, start=noon, end=noon + timedelta(hours=1))
    found = race(
        [partial(close, closure, now), *submits(service, here, [noon] * 5)]
        + [partial(submit, service, there, noon + timedelta(hours=2), 9)],
        stale=True,
    )
    listed = DateException.objects.get().displaced.count()
    assert Appointment.objects.filter(location=here).count() == listed
    assert found.count("ok") == 2 + listed and consistent()


def close(closure, now):
    with transaction.atomic():
        transitions.lock_location(closure)
        closure.save()
        transitions.apply_closure(closure, actor=transitions.core.SYSTEM, now=now)
