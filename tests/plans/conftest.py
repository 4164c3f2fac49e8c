from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group

from bookings import transitions as of_requests
from bookings.models import Practitioner
from bookings.roles import make_roles
from education.models import Exercise
from plans import library, transitions
from tests.factories import MONDAY, make_clinic, make_request

TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)
AFTER = TEN + timedelta(hours=1)
"""The visit is over."""


@pytest.fixture
def after(settings):
    with time_machine.travel(AFTER, tick=False):
        yield AFTER


@pytest.fixture
def clinic(db):
    return make_clinic(practitioners=2)


@pytest.fixture
def make_user(db, django_user_model):
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
def amara(make_user, clinic):
    """A practitioner with a login: the first of the clinic."""
    user = make_user("Practitioner", "amara")
    Practitioner.objects.filter(resource=clinic[2][0]).update(user=user)
    return user


def make_visit(clinic, *, email="maria@example.org", hours=0, **changes):
    """A visit that took place, with the first practitioner."""
    service, location, people = clinic
    start = TEN + timedelta(hours=hours)
    asked = make_request(
        service, location, start=start, email=email, practitioner=people[0], **changes
    )
    of_requests.confirm(asked, actor=of_requests.SYSTEM, version=asked.version, now=MONDAY)
    visit = asked.appointments.get(status="booked")
    of_requests.arrive(visit, actor=of_requests.SYSTEM, now=start)
    of_requests.fulfil(visit, actor=of_requests.SYSTEM, now=start + timedelta(hours=1))
    asked.refresh_from_db()
    return asked


@pytest.fixture
def visited(clinic):
    return make_visit(clinic)


def make_exercise(key, **changes):
    values = {
        "name": key.replace("-", " ").capitalize(),
        "kind": "stretch",
        "position": "lying",
        "steps": "Lie down.\nBreathe.",
        "stop_if": "It hurts more.",
        "hold_from": 30,
        "hold_to": 60,
        "drawing": "bridge",
    }
    return Exercise.objects.create(key=key, **values | changes)


@pytest.fixture
def exercises(db):
    return [make_exercise(f"exercise-{n}") for n in range(1, 4)]


def make_plan(asked, exercises, *, sent=True, now=AFTER):
    """A plan of these exercises; the patient has it."""
    actor = of_requests.SYSTEM
    visit = asked.appointments.get(status="fulfilled")
    rows = [library.usual(one) for one in exercises]
    plan = transitions.make(asked, rows=rows, visit=visit, guide=None, actor=actor, now=now)
    if sent:
        transitions.send(plan, version=plan.version, actor=actor, now=now)
    return plan


@pytest.fixture
def plan(visited, exercises):
    return make_plan(visited, exercises)
