"""Periodic jobs, each done by whichever worker gets to it first.

`settings.PERIODIC` lists them: a name, the interval, and the path of a function, so that every app can
add its own. A function takes `now` and does what is due. It must be safe to run twice, because the job
of a killed worker is run again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils.module_loading import import_string

from bookings.models import PeriodicJob

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)
"""How long a job may take; after that another worker assumes that the first one died."""
RETRY = timedelta(minutes=5)
"""When to retry after a failure, if the job's own interval is longer."""


@dataclass(frozen=True)
class Job:
    name: str
    every: timedelta
    run: Callable[..., object]


def jobs() -> list[Job]:
    """All of `settings.PERIODIC`. Raises `ImportError` for a wrong path."""
    return [Job(name, every, import_string(path)) for name, every, path in settings.PERIODIC]


def run_due(*, now: datetime) -> list[str]:
    """Run every job that is due, one after the other; returns the names of those that ran.

    A failed job is logged and retried, and does not stop the others. A lost database ends the round.
    """
    rows = PeriodicJob.objects.in_bulk(field_name="name")
    return [job.name for job in jobs() if _take(job, rows.get(job.name), now) and _run(job, now)]


def _take(job: Job, row: PeriodicJob | None, now: datetime) -> bool:
    """Lease the job; False if it is not due or another worker has just taken it.

    A due date further away than the interval means that the clock was wrong when it was set.
    """
    if row is None:
        row, _made = PeriodicJob.objects.get_or_create(name=job.name, defaults={"due_at": now})
    if now < row.due_at <= now + max(job.every, LEASE):
        return False
    mine = PeriodicJob.objects.filter(name=job.name, due_at=row.due_at)
    return bool(mine.update(due_at=now + LEASE))


def _run(job: Job, now: datetime) -> bool:
    row = PeriodicJob.objects.filter(name=job.name)
    try:
        job.run(now=now)
    except (OperationalError, InterfaceError):
        raise  # the database is gone; the lease will run out
    except Exception as error:  # any error: mail and the other jobs must go on
        logger.error("job %s failed: %s", job.name, type(error).__name__)
        row.update(due_at=now + min(job.every, RETRY), problem=type(error).__name__)
        return False
    row.update(due_at=now + job.every, done_at=now, problem="")
    return True
