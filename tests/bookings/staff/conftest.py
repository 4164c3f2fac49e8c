from datetime import UTC, datetime

import pytest
import time_machine
from django.contrib.auth.models import Group

from bookings import transitions
from bookings.models import Practitioner
from bookings.roles import make_roles
from tests.factories import MONDAY, make_request

TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday(settings):
    """It is Monday morning for the views too; a throw-away login needs no strong hash."""
    with time_machine.travel(MONDAY, tick=False):
        yield MONDAY


@pytest.fixture
def make_user(db, django_user_model):
    """A login with one of the seeded roles; the owner of everything as "superuser"."""

    def make(role, name=""):
        name = name or role.lower().replace(" ", "-") or "nobody"
        if role == "superuser":
            return django_user_model.objects.create_superuser(name)
        make_roles()
        user = django_user_model.objects.create_user(name, first_name=name.title())
        if role:
            user.groups.add(Group.objects.get(name=role))
        return user

    return make


@pytest.fixture
def desk(make_user):
    return make_user("Front desk", "ruth")


@pytest.fixture
def desk_client(client, desk):
    client.force_login(desk)
    return client


@pytest.fixture
def asked(clinic):
    """A request that holds Tuesday at ten and waits for an answer."""
    service, location, _people = clinic
    return make_request(service, location, start=TEN)


@pytest.fixture
def confirmed(asked, desk):
    transitions.confirm(asked, actor=transitions.staff(desk), version=asked.version, now=MONDAY)
    return asked


@pytest.fixture
def practitioner(make_user, clinic):
    """A login with the practitioner's role, of the first practitioner of the clinic."""
    user = make_user("Practitioner", "amara")
    Practitioner.objects.filter(resource=clinic[2][0]).update(user=user)
    return user
