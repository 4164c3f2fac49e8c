"""How late the worker, a backup or a mail may be, and what is counted of it."""

from datetime import timedelta
from pathlib import Path

import pytest
from post_office.models import Email

from bookings.models import ConsultationRequest, Heartbeat
from bookings.worker import gauges, health
from clinic.backup import making
from tests.bookings.steps import TEN, asked, confirmed
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
SECOND, MINUTE, HOUR, DAY = (timedelta(**{n: 1}) for n in ("seconds", "minutes", "hours", "days"))


@pytest.mark.parametrize(
    ("check", "late", "ok"),
    [
        ("worker", 2 * MINUTE, False),
        ("worker", 2 * MINUTE - SECOND, True),
        ("worker", -2 * MINUTE, False),
        ("worker", -2 * MINUTE + SECOND, True),
        ("backup", 26 * HOUR, False),
        ("backup", 26 * HOUR - SECOND, True),
    ],
)
def test_how_long_silence_may_last(settings, tmp_path, check, late, ok):
    settings.VAR, settings.BACKUP_DIR = tmp_path, tmp_path / "backups"
    (tmp_path / "clinic.tar.gz.age").touch()
    Heartbeat.objects.create(name="worker", at=MONDAY)
    Heartbeat.objects.get_or_create(name="other", defaults={"at": MONDAY + DAY})
    making.note(tmp_path / "clinic.tar.gz.age", MONDAY)
    assert getattr(health, check)(MONDAY + late).ok is ok


@pytest.mark.parametrize(("late", "ok"), [(15 * MINUTE, True), (15 * MINUTE + SECOND, False)])
def test_how_long_a_mail_may_wait(clinic, late, ok):
    asked(clinic)
    Email.objects.update(created=MONDAY, scheduled_time=MONDAY)
    found = health.mail(MONDAY + late)
    assert found.ok is ok and found.says.startswith("15")
    assert health.mail(MONDAY).says == "just now"


def test_free_disk_in_words(settings, tmp_path, monkeypatch):
    settings.VAR, settings.BACKUP_DIR = tmp_path, tmp_path / "none"
    free = {str(tmp_path): 2_000_000_000, str(settings.MEDIA_ROOT): 1_000_000_001}
    Path(settings.MEDIA_ROOT).mkdir(exist_ok=True)
    usage = type("Usage", (), {})

    def disk_usage(path):
        found = usage()
        found.free = free[str(path)]
        return found

    monkeypatch.setattr(health.shutil, "disk_usage", disk_usage)
    assert health.disk(MONDAY).ok
    free[str(settings.MEDIA_ROOT)] = 1_000_000_000
    assert not health.disk(MONDAY).ok


@pytest.mark.postgresql
def test_each_gauge(clinic, desk, settings, tmp_path):
    settings.VAR, settings.BACKUP_DIR = tmp_path, tmp_path / "backups"
    empty = gauges.gauges(now=MONDAY)
    assert empty["clinic_worker_age_seconds"] is None and empty["clinic_outbox_oldest_seconds"] == 0
    assert empty["clinic_promise_oldest_seconds"] is None and empty["clinic_database_up"] == 1
    (tmp_path / "clinic.tar.gz.age").touch()
    making.note(tmp_path / "clinic.tar.gz.age", MONDAY - HOUR)
    Heartbeat.objects.create(name="other", at=MONDAY - DAY)
    Heartbeat.objects.create(name="worker", at=MONDAY - MINUTE)
    first = asked(clinic)
    second = asked(clinic, start=TEN + HOUR, email="second@example.org")
    confirmed(clinic, desk, start=TEN + 2 * HOUR, email="third@example.org")
    ConsultationRequest.objects.filter(pk=first.pk).update(respond_by=MONDAY - 2 * MINUTE)
    ConsultationRequest.objects.filter(pk=second.pk).update(respond_by=MONDAY + HOUR)
    promised_nothing = asked(clinic, start=None, email="fourth@example.org")
    ConsultationRequest.objects.filter(pk=promised_nothing.pk).update(respond_by=None)
    Email.objects.update(created=MONDAY - 10 * SECOND, scheduled_time=MONDAY - 10 * SECOND)
    assert gauges.gauges(now=MONDAY) == {
        "clinic_database_up": 1,
        "clinic_worker_age_seconds": 60,
        "clinic_outbox_oldest_seconds": 10,
        "clinic_mail_failed": 0,
        "clinic_promise_oldest_seconds": 120,
        "clinic_requests_overdue": 1,
        "clinic_holds": 2,
        "clinic_backup_age_seconds": 3600,
    }
