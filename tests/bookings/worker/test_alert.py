"""Who looks after the server is told what failed, once, and by no way that may have failed itself."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from bookings.management.commands import alert
from bookings.models import Heartbeat
from clinic import from_outside
from clinic.backup import making
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
UNIT, HEALTH = "clinic-backup.service", "clinic-health.service"


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    settings.VAR, settings.BACKUP_DIR = tmp_path, tmp_path / "backups"
    settings.ALERT_EMAIL = "admin@example.org"
    settings.POST_OFFICE = settings.POST_OFFICE | {
        "BACKENDS": {"default": "django.core.mail.backends.locmem.EmailBackend"}
    }


def test_a_failed_unit_is_told_with_what_is_wrong():
    call_command("alert", UNIT, verbosity=0)

    (sent,) = mail.outbox
    assert sent.to == ["admin@example.org"] and "clinic-backup failed" in sent.subject
    assert UNIT in sent.body and "worker: never ran" in sent.body


def test_the_same_trouble_is_told_once():
    call_command("alert", UNIT)
    call_command("alert", UNIT)
    assert len(mail.outbox) == 1

    Heartbeat.objects.create(name="worker", at=timezone.now())
    call_command("alert", UNIT)
    call_command("alert", "clinic-worker.service")
    assert len(mail.outbox) == 3


def test_it_is_told_again_after_twelve_hours(settings, tmp_path):
    lines = ["worker: never ran"]
    alert.remember(UNIT, lines, now=MONDAY)
    later = ["worker: ran 3 minutes ago"]

    assert alert.told_lately(UNIT, later, now=MONDAY + timedelta(hours=11))
    assert not alert.told_lately(UNIT, later, now=MONDAY + timedelta(hours=13))


def test_health_tells_what_visitors_meet(settings):
    settings.SITE_URL = "https://127.0.0.1:1"

    call_command("alert", HEALTH)

    (sent,) = mail.outbox
    assert "site: no answer: ConnectionRefusedError" in sent.body
    assert "clinic health --site" in sent.body


def test_two_troubles_of_the_site_are_told():
    ends = ["site: the certificate ends in 9 days"]
    away = ["site: no answer: ConnectionRefusedError"]
    alert.remember(HEALTH, ends, now=MONDAY)
    assert not alert.told_lately(HEALTH, away, now=MONDAY)
    alert.remember(HEALTH, away, now=MONDAY)

    for again in (["site: the certificate ends in 8 days"], ["site: no answer: timeout"]):
        assert alert.told_lately(HEALTH, again, now=MONDAY + timedelta(hours=11))


def test_nobody_to_tell_is_an_error(settings):
    settings.ALERT_EMAIL = ""
    with pytest.raises(CommandError, match="ALERT_EMAIL"):
        call_command("alert", UNIT)


def test_health_asks_the_site_itself(settings, tmp_path, capsys):
    Heartbeat.objects.create(name="worker", at=timezone.now())
    (tmp_path / "clinic.tar.gz.age").touch()
    making.note(tmp_path / "clinic.tar.gz.age", timezone.now())
    settings.SITE_URL = "https://127.0.0.1:1"

    with pytest.raises(SystemExit):
        call_command("health", site=True)

    assert "BAD  site: no answer: ConnectionRefusedError" in capsys.readouterr().out


def test_a_certificate_that_ends_soon_is_told():
    now = datetime(2026, 6, 1, tzinfo=UTC)
    soon, later = "Jun 10 12:00:00 2026 GMT", "Aug 10 12:00:00 2026 GMT"
    assert from_outside.ends_soon(soon, now=now) == "the certificate ends in 9 days"
    assert from_outside.ends_soon(later, now=now) == ""
