from datetime import timedelta

import pytest
from django.conf import settings as site
from django.core.management import call_command
from django.db import OperationalError

from bookings.models import PeriodicJob
from bookings.worker import jobs
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
ran = []


def count(*, now):
    ran.append(now)


def fail(*, now):
    raise ValueError("with something private in it")


def lose_the_database(*, now):
    raise OperationalError


@pytest.fixture(autouse=True)
def only_count(settings):
    ran.clear()
    settings.PERIODIC = [("count", HOUR, f"{__name__}.count")]


def test_every_configured_job_is_a_function():
    for _name, _every, path in site.PERIODIC:
        assert callable(jobs.import_string(path))


def test_job_runs_at_once_then_when_due():
    for minutes in (0, 59, 60, 61):
        jobs.run_due(now=MONDAY + timedelta(minutes=minutes))
    assert ran == [MONDAY, MONDAY + HOUR]
    assert PeriodicJob.objects.get().done_at == MONDAY + HOUR


def test_of_two_workers_one_does_it(monkeypatch):
    """Both have read that it is due; the lease lets one of them run it."""
    PeriodicJob.objects.create(name="count", due_at=MONDAY)
    rows = PeriodicJob.objects.in_bulk(field_name="name")
    jobs.run_due(now=MONDAY)
    monkeypatch.setattr(PeriodicJob.objects, "in_bulk", lambda **_: rows)
    assert jobs.run_due(now=MONDAY) == []
    assert ran == [MONDAY]


def test_killed_workers_job_returns_after_lease():
    PeriodicJob.objects.create(name="count", due_at=MONDAY + jobs.LEASE)
    assert jobs.run_due(now=MONDAY) == []
    assert jobs.run_due(now=MONDAY + jobs.LEASE) == ["count"]


def test_failed_job_is_retried_and_others_run(settings, caplog):
    settings.PERIODIC = [("fail", HOUR, f"{__name__}.fail"), *settings.PERIODIC]
    assert jobs.run_due(now=MONDAY) == ["count"]
    job = PeriodicJob.objects.get(name="fail")
    assert job.problem == "ValueError" and job.due_at == MONDAY + jobs.RETRY
    assert "private" not in caplog.text


def test_a_lost_database_ends_the_round(settings):
    settings.PERIODIC = [("lose", HOUR, f"{__name__}.lose_the_database"), *settings.PERIODIC]
    with pytest.raises(OperationalError):
        jobs.run_due(now=MONDAY)
    assert PeriodicJob.objects.get().due_at == MONDAY + jobs.LEASE


def test_the_worker_does_them(transactional_db):
    call_command("worker", "--once")
    assert len(ran) == 1


def test_wrong_clock_does_not_stop_jobs():
    jobs.run_due(now=MONDAY + timedelta(days=365))
    assert jobs.run_due(now=MONDAY) == ["count"]
    assert jobs.run_due(now=MONDAY) == []
