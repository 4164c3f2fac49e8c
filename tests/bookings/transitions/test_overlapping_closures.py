"""Of two closures over one time the second owns what the first left; the end of one opens no other."""

from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest
from django.db import connection, transaction
from django.urls import reverse

from bookings import transitions
from bookings.models import DateException, Location, TimeClaim
from bookings.schedule import claims
from tests.factories import MONDAY, make_clinic

pytestmark = pytest.mark.both

TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


def shut(location, start, end, resource=None):
    return DateException.objects.create(location=location, resource=resource, start=start, end=end)


def close(location, start, end, resource=None):
    closure = shut(location, start, end, resource)
    transitions.apply_closure(closure, actor=transitions.SYSTEM, now=MONDAY)
    return closure


def taken(person):
    return sorted(TimeClaim.objects.filter(resource=person).values_list("cell_start", flat=True))


@pytest.fixture
def two(clinic):
    """The house from ten to twelve, and one person from eleven to one."""
    _service, location, (person, _other) = clinic
    return (
        close(location, TEN, TEN + 2 * HOUR),
        close(location, TEN + HOUR, TEN + 3 * HOUR, person),
        person,
    )


@pytest.mark.django_db
def test_deleting_one_leaves_closed_what_the_other_closes(two, client, django_user_model):
    house, own, person = two
    client.force_login(django_user_model.objects.create_superuser("olga"))
    client.post(reverse("closures:delete", args=[house.pk]))
    assert not DateException.objects.filter(pk=house.pk).exists()
    assert taken(person) == list(claims.cells(TEN + HOUR, TEN + 3 * HOUR))
    assert TimeClaim.objects.exclude(exception=own).count() == 0
    assert list(claims.inconsistencies(MONDAY)) == []


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"end": TEN + HOUR / 2}, {"kind": "open"}])
def test_changing_one_leaves_closed_what_the_other_closes(two, change):
    house, _own, person = two
    for name, value in change.items():
        setattr(house, name, value)
    house.save()
    transitions.apply_closure(house, actor=transitions.SYSTEM, now=MONDAY)
    assert set(claims.cells(TEN + HOUR, TEN + 3 * HOUR)) <= set(taken(person))
    assert list(claims.inconsistencies(MONDAY)) == []


@pytest.mark.django_db
def test_moving_location_keeps_personal_closures(two):
    _house, own, person = two
    person.location = Location.objects.create(name="Elsewhere", time_zone="Europe/London")
    person.save()
    transitions.resource_moved(person, now=MONDAY)
    assert taken(person) == list(claims.cells(TEN + HOUR, TEN + 3 * HOUR))
    assert own.claims.count() == len(taken(person))
    assert list(claims.inconsistencies(MONDAY)) == []


@pytest.mark.django_db(transaction=True)
def test_concurrent_closure_edits_leave_no_gap():
    """The new one has left its cells to the old one, and is not committed when that is deleted."""
    _service, location, (person, *_others) = make_clinic()
    old = close(location, TEN, TEN + HOUR)
    made, go_on = Event(), Event()

    def make():
        with transaction.atomic():
            close(location, TEN, TEN + HOUR, person)
            made.set()
            go_on.wait(5)
        connection.close()

    def delete():
        transitions.remove_closure(DateException.objects.get(pk=old.pk), now=MONDAY)
        connection.close()

    making, deleting = Thread(target=make), Thread(target=delete)
    making.start()
    assert made.wait(20)
    deleting.start()
    deleting.join(1)  # it waits for the other; without that it would be done by now
    go_on.set()
    making.join(20)
    deleting.join(20)
    assert taken(person) == list(claims.cells(TEN, TEN + HOUR))
    assert DateException.objects.get().resource == person
