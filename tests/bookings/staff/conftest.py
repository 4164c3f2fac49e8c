from datetime import UTC, datetime

import pytest
import time_machine
from django.contrib.auth.models import Group

from bookings import transitions
from bookings.models import ConsultationRequest, Practitioner
from tests import rows
from tests.factories import MONDAY, make_request, the_clinic, the_roles

TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday(settings):
    """It is Monday morning for the views too; a throw-away login needs no strong hash."""
    with time_machine.travel(MONDAY, tick=False):
        yield MONDAY


@pytest.fixture
def clinic(db):
    """Service, location and two practitioners who work 9 to 17 from Monday to Friday."""
    return the_clinic()


@pytest.fixture
def make_user(db, django_user_model):
    """A login with one of the seeded roles; the owner of everything as "superuser"."""

    def make(role, name=""):
        name = name or role.lower().replace(" ", "-") or "nobody"
        if role == "superuser":
            return django_user_model.objects.create_superuser(name)
        the_roles()
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
    service, location, people = clinic
    requests = ConsultationRequest.objects.order_by("pk")
    # Its rows name those of the clinic, and a file may have a clinic of its own.
    name = f"asked of {[person.pk for person in people]}"
    rows.recorded(name, lambda: make_request(service, location, start=TEN), unless=requests)
    return requests.last()


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
