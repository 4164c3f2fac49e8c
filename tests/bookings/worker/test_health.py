"""What the owner and a monitor are told, well and unwell."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from post_office.models import STATUS, Email

from bookings.models import Heartbeat, PeriodicJob
from bookings.roles import make_roles
from bookings.worker import health
from clinic import __version__
from clinic.backup import making
from tests.factories import MONDAY, make_request

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    settings.VAR, settings.BACKUP_DIR = tmp_path, tmp_path / "backups"
    (tmp_path / "clinic.tar.gz.age").touch()


def make_well(now):
    Heartbeat.objects.update_or_create(name="worker", defaults={"at": now})
    making.note(making.settings.VAR / "clinic.tar.gz.age", now)


def bad(now=MONDAY):
    return [finding.name for finding in health.findings(now=now) if not finding.ok]


@pytest.mark.postgresql
def test_all_is_well():
    make_well(MONDAY)
    assert bad() == []


@pytest.mark.parametrize(
    ("later", "wrong"),
    [
        (timedelta(minutes=1), []),
        (timedelta(minutes=3), ["worker"]),
        (timedelta(hours=27), ["worker", "backup"]),
    ],
)
def test_silence_is_noticed(later, wrong):
    make_well(MONDAY)
    assert bad(MONDAY + later) == wrong


def test_new_site_has_no_worker_or_backup():
    assert bad() == ["worker", "backup"]
    told = [finding.name for finding in health.findings(now=MONDAY) if finding.to_do]
    assert told == ["worker", "backup"]


def test_what_the_mail_and_the_clock_do(clinic):
    service, location, _people = clinic
    make_well(MONDAY)
    consultation = make_request(service, location)
    PeriodicJob.objects.create(name="retention", due_at=MONDAY, problem="OSError")
    assert bad() == ["jobs"]
    half_an_hour = MONDAY + timedelta(minutes=30)
    assert "mail" in bad(half_an_hour)
    Email.objects.update(status=STATUS.failed)
    assert {"failed"} <= set(bad(half_an_hour)) and "mail" not in bad(half_an_hour)
    assert "overdue" in bad(consultation.respond_by + timedelta(minutes=1))


def test_a_full_disk_and_an_open_backup(monkeypatch):
    make_well(MONDAY)
    monkeypatch.setattr(health, "DISK", 10**18)
    assert bad() == ["disk"]
    making.note(making.settings.VAR / "clinic.tar.gz.age", MONDAY)
    (making.settings.VAR / "clinic.tar.gz").touch()
    making.note(making.settings.VAR / "clinic.tar.gz", MONDAY)
    assert "not encrypted" in health.backup(MONDAY).says


@pytest.mark.postgresql
def test_the_command_ends_with_a_code(capsys):
    make_well(timezone.now())
    call_command("health")
    assert "ok   worker" in capsys.readouterr().out
    Heartbeat.objects.all().delete()
    with pytest.raises(SystemExit) as end:
        call_command("health")
    assert end.value.code == 1 and "BAD  worker: never" in capsys.readouterr().out


@pytest.mark.parametrize(("role", "sees"), [("Owner", True), ("Front desk", False)])
def test_the_owner_sees_it_first(client, django_user_model, role, sees):
    make_roles()
    user = django_user_model.objects.create_user(role)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    page = client.get(reverse("wagtailadmin_home")).content.decode()
    assert ("Is everything running?" in page) is sees
    assert (f"Version {__version__}" in page) is sees
    assert ("Sending of mail and reminders" in page) is sees
    assert ("to start the worker" in page) is sees
