"""The invented clinic says what it is, until a real one is in its place."""

import pytest
from django.core.management import call_command
from django.http import HttpResponse

from bookings import demonstration
from bookings.models import Location, Practitioner, Resource
from bookings.public.noindex import NoIndex
from bookings.worker import health
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def seeded(settings):
    settings.PRODUCTION = True
    call_command("seed_clinic", verbosity=0)


def robots(rf):
    return NoIndex(lambda request: HttpResponse())(rf.get("/")).headers.get("X-Robots-Tag")


def found():
    return next(one for one in health.findings(now=MONDAY) if one.name == "demonstration")


@pytest.mark.postgresql
def test_invented_people_are_named_until_replaced(seeded, rf, admin_client):
    assert demonstration.invented() == ["Harbour Street", "Amara Osei", "Jonas Lindqvist"]
    assert robots(rf) == "noindex" and not found().ok
    assert b"still the demonstration clinic" in admin_client.get("/admin/").content

    Location.objects.update(address="1 Real Road")
    Practitioner.objects.filter(resource__name="Amara Osei").update(bio="Real")
    Resource.objects.filter(name="Jonas Lindqvist").update(active=False)

    assert robots(rf) is None and found().ok
    assert b"still the demonstration clinic" not in admin_client.get("/admin/").content


@pytest.mark.postgresql
def test_a_trial_run_may_stay_as_it_is(seeded, settings, rf):
    settings.PRODUCTION = False
    assert robots(rf) is None
    assert "demonstration" not in [one.name for one in health.findings(now=MONDAY)]


@pytest.mark.postgresql
def test_roles_come_without_a_clinic(settings):
    call_command("seed_clinic", empty=True, verbosity=0)
    assert not Location.objects.exists() and demonstration.invented() == []
