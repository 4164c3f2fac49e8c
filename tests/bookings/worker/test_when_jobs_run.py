"""When a job runs again: after a success, after a failure, after a wrong clock."""

from datetime import timedelta

import pytest

from bookings.models import PeriodicJob
from bookings.worker import jobs
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
SECOND, MINUTE, HOUR, DAY = (timedelta(**{n: 1}) for n in ("seconds", "minutes", "hours", "days"))


def succeeds(*, now):
    return None


def fails(*, now):
    raise ValueError


@pytest.fixture
def periodic(settings):
    def of(run="succeeds", every=HOUR):
        settings.PERIODIC = [("one", every, f"{__name__}.{run}")]

    return of


def row():
    return PeriodicJob.objects.get()


@pytest.mark.parametrize(
    ("run", "every", "due", "problem"),
    [
        ("succeeds", HOUR, HOUR, ""),
        ("succeeds", MINUTE, MINUTE, ""),
        ("fails", HOUR, 5 * MINUTE, "ValueError"),
        ("fails", MINUTE, MINUTE, "ValueError"),
    ],
)
def test_when_a_job_runs_again(periodic, run, every, due, problem):
    periodic(run, every)
    PeriodicJob.objects.create(name="other", due_at=MONDAY - DAY, problem="Old")
    assert jobs.run_due(now=MONDAY) == (["one"] if not problem else [])
    one = PeriodicJob.objects.get(name="one")
    assert (one.due_at, one.problem) == (MONDAY + due, problem)
    assert one.done_at == (None if problem else MONDAY)
    assert PeriodicJob.objects.get(name="other").problem == "Old"
    assert jobs.run_due(now=MONDAY + due - SECOND) == []
    periodic("succeeds", every)
    assert jobs.run_due(now=MONDAY + due) == ["one"]


@pytest.mark.parametrize(
    ("every", "ahead", "runs"),
    [
        (HOUR, HOUR, False),
        (HOUR, HOUR + SECOND, True),
        (MINUTE, 10 * MINUTE, False),
        (MINUTE, 10 * MINUTE + SECOND, True),
        (HOUR, timedelta(0), True),
        (HOUR, SECOND, False),
    ],
)
def test_a_due_date_too_far_ahead(periodic, every, ahead, runs):
    periodic("succeeds", every)
    PeriodicJob.objects.create(name="one", due_at=MONDAY + ahead)
    assert jobs.run_due(now=MONDAY) == ["one"] * runs


@pytest.mark.postgresql
def test_a_job_is_leased_for_ten_minutes(periodic):
    periodic()
    (job,) = jobs.jobs()
    assert jobs._take(job, None, MONDAY)
    assert row().due_at == MONDAY + 10 * MINUTE
    stale = row()
    PeriodicJob.objects.update(due_at=MONDAY + HOUR)
    assert not jobs._take(job, stale, MONDAY + 20 * MINUTE)
