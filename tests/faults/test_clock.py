"""The computer's clock is wrong for a while, and then put right."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bookings import transitions
from bookings.enums import AppointmentStatus, RequestStatus
from bookings.messages import send
from bookings.models import Appointment, Heartbeat, PeriodicJob
from bookings.schedule import claims
from bookings.worker import health, jobs
from tests.factories import MONDAY, make_clinic, make_request

pytestmark = pytest.mark.django_db
SLOT = MONDAY + timedelta(days=1, hours=2)
YEAR = timedelta(days=365)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("wrong", [YEAR, -YEAR], ids=["ahead", "behind"])
def test_a_clock_that_was_wrong_stops_nothing(wrong, figure, settings, tmp_path):
    settings.VAR, settings.BACKUP_DIR = tmp_path, tmp_path / "backups"
    # Erasing what was kept too long is right for the clock it sees; see docs/reliability.md.
    settings.PERIODIC = [job for job in settings.PERIODIC if job[0] != "retention"]
    service, location, _people = make_clinic()
    held = make_request(service, location, start=SLOT)
    ran_wrong = jobs.run_due(now=MONDAY + wrong)
    send.send_due(now=MONDAY + wrong)
    Heartbeat.objects.create(name="worker", at=MONDAY + wrong)

    assert not health.worker(MONDAY + HOUR).ok
    assert set(jobs.run_due(now=MONDAY + HOUR)) == set(ran_wrong)
    due = PeriodicJob.objects.order_by("due_at").first().due_at
    assert due <= MONDAY + 2 * HOUR
    held.refresh_from_db()
    assert held.status == RequestStatus.SUBMITTED  # whatever lapsed, the request is there
    assert list(claims.inconsistencies(MONDAY + HOUR)) == []
    made = make_request(service, location, start=SLOT + HOUR, email="b@example.org", now=MONDAY)
    assert made.appointments.get().status == AppointmentStatus.PROPOSED
    transitions.expire_due(now=MONDAY + HOUR)
    assert Appointment.objects.filter(request=made).holding(MONDAY + HOUR).exists()
    figure(
        "Clock a year wrong, then put right: requests stay, work by the clock goes on at once",
        "nothing lost, diary consistent",
    )
