"""Somebody leaves: switched off while visits are booked, and led through them."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from bookings import transitions
from bookings.enums import AppointmentStatus, RequestStatus
from bookings.models import Appointment, DateException, Resource, WeeklyHours
from bookings.schedule import claims
from bookings.schedule.availability import Search, free_slots
from tests.bookings.staff.conftest import TEN
from tests.factories import MONDAY, make_request

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner_client(client, make_user):
    client.force_login(make_user("Owner", "olga"))
    return client


@pytest.fixture
def person(confirmed):
    return confirmed.appointments.get(status="booked").practitioner


def switch_off(client, person, **changes):
    page = client.get(reverse("people:edit", args=[person.pk]))
    data = {k: v for k, v in page.context["form"].initial.items() if v is not None}
    data.pop("active", None)
    return client.post(reverse("people:edit", args=[person.pk]), data | changes)


def test_switching_off_leads_through_the_visits(owner_client, confirmed, person):
    response = switch_off(owner_client, person, title="Osteopath")
    assert response.url == reverse("desk:leave", args=[person.pk])
    person.refresh_from_db()
    assert person.active and person.practitioner.title == "Osteopath"
    page = owner_client.get(response.url).content.decode()
    assert reverse("desk:request", args=[confirmed.reference]) in page
    answer = owner_client.post(response.url, {"last_day": "2026-11-23"})
    closure = DateException.objects.get()
    assert answer.url == reverse("desk:closure", args=[closure.pk])
    assert (closure.start.date(), closure.end.date()) == (date(2026, 11, 24), date(2026, 11, 25))
    assert confirmed.reference in owner_client.get(answer.url).content.decode()
    assert [row.appointment.request for row in closure.displaced.all()] == [confirmed]
    assert not WeeklyHours.objects.filter(resource=person).exclude(valid_to="2026-11-23").exists()
    assert list(claims.inconsistencies(MONDAY)) == []


def test_no_new_time_after_the_last_day(owner_client, confirmed, person, clinic):
    service, location, _people = clinic
    WeeklyHours.objects.filter(resource=person, weekday=4).update(valid_from="2026-12-01")
    transitions.leave(person, last_day=date(2026, 11, 26), actor=transitions.SYSTEM, now=MONDAY)
    slots = free_slots(Search(service, location, MONDAY, person), first_day=MONDAY.date(), days=40)
    assert {slot.start.date() for slot in slots} <= {date(2026, 11, 24 + n) for n in range(3)}
    assert not WeeklyHours.objects.filter(resource=person, weekday=4).exists()
    assert not DateException.objects.exists()  # the visit is before


def test_holds_are_no_visits_and_lapse(owner_client, clinic):
    service, location, people = clinic
    held = make_request(service, location, start=TEN, practitioner=people[0])
    response = switch_off(owner_client, people[0])
    assert response.url == reverse("people:index")
    people[0].refresh_from_db()
    assert not people[0].active
    transitions.expire_due(now=MONDAY)
    held.refresh_from_db()
    assert held.appointments.get().status == AppointmentStatus.CANCELLED
    assert held.status == RequestStatus.SUBMITTED
    assert list(claims.inconsistencies(MONDAY)) == []


def test_an_offer_accepted_at_that_moment_is_a_visit(clinic, desk):
    service, location, people = clinic
    asked = make_request(service, location, start=TEN)
    actor = transitions.staff(desk)
    times = [(TEN + timedelta(days=1), people[0])]
    transitions.offer(asked, actor=actor, version=asked.version, now=MONDAY, times=times)
    transitions.accept(asked, appointment=asked.appointments.pending().get(), now=MONDAY)
    assert transitions.let_holds_lapse(people[0], now=MONDAY) == 0
    closure = transitions.leave(people[0], last_day=MONDAY.date(), actor=actor, now=MONDAY)
    assert closure and closure.displaced.count() == 1


def test_switched_off_once_everybody_has_another_time(
    owner_client, confirmed, person, desk, clinic
):
    actor = transitions.staff(desk)
    transitions.leave(person, last_day=MONDAY.date(), actor=actor, now=MONDAY)
    other = next(p for p in clinic[2] if p != person)
    transitions.move(
        confirmed,
        actor=actor,
        version=confirmed.version,
        now=MONDAY,
        start=TEN,
        practitioner=other,
    )
    assert switch_off(owner_client, person).url == reverse("people:index")
    person.refresh_from_db()
    assert not person.active


@pytest.mark.parametrize("day", ["2026-11-21", "2028-01-01", "x", ""])
def test_a_last_day_that_makes_no_sense(owner_client, person, day):
    page = owner_client.post(reverse("desk:leave", args=[person.pk]), {"last_day": day})
    assert page.status_code == 200 and page.context["form"].errors
    assert not DateException.objects.exists()


def test_a_room_with_visits_stays(owner_client, desk, clinic):
    service, location, _people = clinic
    room = Resource.objects.create(kind="room", location=location, name="Blue room")
    service.needs_room = True
    service.save()
    asked = make_request(service, location, start=TEN)
    transitions.confirm(asked, actor=transitions.staff(desk), version=asked.version, now=MONDAY)
    page = owner_client.post(
        reverse("rooms:edit", args=[room.pk]), {"location": location.pk, "name": room.name}
    )
    assert "still to come" in str(page.context["form"].errors)
    assert Appointment.objects.filter(room=room).exists()


@pytest.mark.parametrize(("days_before", "lapses"), [(1, True), (0, False)])
def test_what_is_held_later_lapses(clinic, days_before, lapses):
    service, location, people = clinic
    held = make_request(service, location, start=TEN, practitioner=people[0])
    last_day = TEN.date() - timedelta(days=days_before)
    transitions.leave(people[0], last_day=last_day, actor=transitions.SYSTEM, now=MONDAY)
    transitions.expire_due(now=MONDAY)
    assert (held.appointments.get().status == AppointmentStatus.CANCELLED) is lapses
    assert list(claims.inconsistencies(MONDAY)) == []
