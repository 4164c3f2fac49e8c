"""Work that comes round by the clock, done by whichever worker gets to it first.

What there is stands in `settings.PERIODIC`: a name, how often, and the function, by its path, so that
every app can add its own. A function takes `now` and does whatever is due; it must bear being run
twice, since a worker that is killed half-way leaves its job to be run again.
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
"""How long a job may take: after that another worker believes the first one dead."""
RETRY = timedelta(minutes=5)
"""After a failure, where the job's own turn would come later."""


@dataclass(frozen=True)
class Job:
    name: str
    every: timedelta
    run: Callable[..., object]


def jobs() -> list[Job]:
    """All of `settings.PERIODIC`. Raises `ImportError` for a path that leads nowhere."""
    return [Job(name, every, import_string(path)) for name, every, path in settings.PERIODIC]


def run_due(*, now: datetime) -> list[str]:
    """Run each job whose time has come, one after the other; returns the names of those that ran.

    A job that fails is logged and tried again; it stops no other. A lost database ends the round.
    """
    rows = PeriodicJob.objects.in_bulk(field_name="name")
    return [job.name for job in jobs() if _take(job, rows.get(job.name), now) and _run(job, now)]


def _take(job: Job, row: PeriodicJob | None, now: datetime) -> bool:
    """Lease the job, unless it is not due, or another worker has just taken it.

    A turn that is further away than any could be was set while the clock was wrong.
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
        raise  # the database is gone; the lease gives the job back
    except Exception as error:  # whatever it was, the mail and the other jobs go on
        logger.error("job %s failed: %s", job.name, type(error).__name__)
        row.update(due_at=now + min(job.every, RETRY), problem=type(error).__name__)
        return False
    row.update(due_at=now + job.every, done_at=now, problem="")
    return True
