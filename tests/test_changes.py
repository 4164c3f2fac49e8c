"""The content version of tests moves with what pages show, and with nothing else."""

import multiprocessing

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction

from bookings.models import Location, Service
from clinic.content_version import cached_until_change
from tests import changes
from tests.factories import LocationFactory, make_clinic

pytestmark = pytest.mark.django_db


@pytest.fixture
def advanced():
    """Whether the version has moved since this was asked last."""
    seen = [changes.version()]

    def advanced():
        seen.append(changes.version())
        return seen[-1] != seen[-2]

    return advanced


def raw(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.both
def test_rows_of_pages_move_it(advanced):
    place = LocationFactory()
    assert advanced()
    Location.objects.update(name="Harbour")
    assert advanced()
    Location.objects.bulk_create([LocationFactory.build()])
    assert advanced()
    raw("update bookings_location set city = 'Bristol'")
    assert advanced()
    place.delete()
    assert advanced()


@pytest.mark.both
def test_who_offers_a_service_moves_it(advanced):
    service, _location, people = make_clinic()
    assert advanced()
    service.practitioners.remove(*people)
    assert advanced()


@pytest.mark.both
def test_a_rollback_moves_it(advanced):
    with transaction.atomic():
        Service.objects.update(name="Another")
        transaction.set_rollback(True)
        assert advanced()
    assert advanced()


def test_other_rows_leave_it(advanced):
    Group.objects.create(name="Desk")
    list(Location.objects.all())
    assert not advanced()


def test_what_was_found_is_found_again():
    found = [cached_until_change("a test", object) for _ in range(2)]
    LocationFactory()
    later = cached_until_change("a test", object)
    assert found[0] is found[1] is not later


def test_a_fork_caches_nothing():
    fork = multiprocessing.get_context("fork")
    queue = fork.Queue()
    process = fork.Process(target=lambda: queue.put(changes.version()))
    process.start()
    assert queue.get(timeout=60) is None
    process.join()
