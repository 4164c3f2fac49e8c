"""What each check says, well and unwell, and who can do something about it."""

from datetime import timedelta

import pytest
from post_office.models import STATUS, Email

from bookings import demonstration
from bookings.enums import CalendarProblem, PausedBecause
from bookings.models import (
    ConsultationRequest,
    Heartbeat,
    Location,
    Message,
    OwnCalendar,
    PeriodicJob,
)
from bookings.worker import health
from clinic.backup import making
from tests.bookings.messages.test_webhooks import make_endpoint
from tests.bookings.steps import TEN, asked
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    settings.VAR, settings.BACKUP_DIR = tmp_path, tmp_path / "backups"
    (tmp_path / "clinic.tar.gz.age").touch()


def told(now=MONDAY):
    return {
        one.name: (one.ok, one.says.replace("\xa0", " "), one.technical)
        for one in health.findings(now=now)
        if one.name != "disk"
    }


def test_each_finding_when_all_is_well(settings):
    Heartbeat.objects.create(name="worker", at=MONDAY)
    making.note(settings.VAR / "clinic.tar.gz.age", MONDAY - HOUR)
    assert told() == {
        "worker": (True, "ran just now", True),
        "jobs": (True, "none has failed", True),
        "mail": (True, "none", True),
        "failed": (True, "0", False),
        "backup": (True, "1 hour ago", True),
        "calendars": (True, "none", False),
        "overdue": (True, "0", False),
    }
    assert all(not one.to_do for one in health.findings(now=MONDAY))


def fails_to_be_read(person, since):
    made = OwnCalendar(resource=person, created_at=MONDAY, due_at=MONDAY)
    made.set_address("https://calendar.example.org/a.ics", host="calendar.example.org")
    made.failing_since, made.problem = since, CalendarProblem.GONE
    made.save()


@pytest.mark.postgresql
def test_each_finding_when_nothing_is_well(clinic, settings):
    for name, problem in (("b", "TooManyAtOnce"), ("a", "OSError"), ("c", "")):
        PeriodicJob.objects.create(name=name, due_at=MONDAY, problem=problem)
    first, second = asked(clinic), asked(clinic, start=TEN + HOUR, email="b@example.org")
    late = first.respond_by + MINUTE
    ConsultationRequest.objects.filter(pk=second.pk).update(respond_by=late)
    for person, since in zip(clinic[2], (late - 2 * HOUR, late - 119 * MINUTE), strict=True):
        fails_to_be_read(person, since)
    Email.objects.update(created=late - 16 * MINUTE, scheduled_time=late - 16 * MINUTE)
    lost = Message.objects.filter(request=first).first().email
    Email.objects.filter(pk=lost.pk).update(status=STATUS.failed)
    Heartbeat.objects.create(name="worker", at=late - 2 * MINUTE)
    (settings.VAR / "clinic.tar.gz").touch()
    making.note(settings.VAR / "clinic.tar.gz", late - 26 * HOUR)
    make_endpoint(paused_at=MONDAY, paused_because=PausedBecause.GONE)
    settings.PRODUCTION = True
    Location.objects.filter(pk=clinic[1].pk).update(
        name=demonstration.LOCATION["name"], address=demonstration.LOCATION["address"]
    )
    known = health.KNOWN_PROBLEMS["TooManyAtOnce"]
    found = told(late)
    host, _colon, why = found.pop("webhooks")[1].partition(":")
    assert host and why == " paused by itself"
    assert found == {
        "worker": (False, "ran 2 minutes ago", True),
        "jobs": (False, f"a (OSError), b ({known})", True),
        "mail": (False, "16 minutes ago", True),
        "failed": (False, "1", False),
        "backup": (False, "1 day, 2 hours ago, not encrypted", True),
        "calendars": (False, clinic[2][0].name, False),
        "overdue": (False, "1", False),
        "demonstration": (False, demonstration.LOCATION["name"], False),
    }
    unwell = [one for one in health.findings(now=late) if not one.ok]
    assert [one.to_do for one in unwell] == [str(health.TO_DO[one.name]) for one in unwell]


@pytest.mark.postgresql
def test_only_a_real_site_must_not_be_invented(clinic, settings):
    Location.objects.update(address="1 Real Street")
    names = [one.name for one in health.findings(now=MONDAY)]
    assert "demonstration" not in names and "webhooks" not in names
    settings.PRODUCTION = True
    found = {one.name: one for one in health.findings(now=MONDAY)}["demonstration"]
    assert (found.ok, found.says, found.technical) == (True, "none", False)


def test_webhooks_are_for_the_owner(clinic):
    make_endpoint(paused_at=MONDAY, paused_because=PausedBecause.FAILING)
    found = {one.name: one for one in health.findings(now=MONDAY)}["webhooks"]
    assert not found.ok and not found.technical


def test_which_backup_was_the_last(settings):
    assert told()["backup"] == (False, "never", True)
    making.note(settings.VAR / "clinic.tar.gz.age", MONDAY - 26 * HOUR)
    assert told()["backup"] == (False, "1 day, 2 hours ago", True)


@pytest.mark.parametrize(
    ("late", "says"), [(-MINUTE, "just now"), (0 * MINUTE, "just now"), (MINUTE, "1 minute ago")]
)
def test_how_long_ago(late, says):
    assert health.ago(MONDAY, MONDAY + late).replace("\xa0", " ") == says
