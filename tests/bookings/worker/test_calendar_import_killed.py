"""A worker that is killed while it writes a calendar's busy times leaves the old ones or the new ones."""

import os
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from django.conf import settings
from django.db import connection

from bookings.models import OwnCalendar
from bookings.schedule import claims
from bookings.worker import own_calendars
from tests import database
from tests.bookings.schedule.test_own_calendar_events import calendar
from tests.factories import MONDAY, make_clinic
from tests.outside import serve

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)
FIRST = datetime(2026, 11, 24, tzinfo=UTC)
PATIENCE = 120
MANY = 400
WORKER = """
import django
django.setup()
from datetime import datetime
from django.test import override_settings
from bookings.worker import own_calendars
with override_settings(OUTGOING_EXCEPTIONS=["127.0.0.1/32"]):
    own_calendars.read_due(now=datetime.fromisoformat("{now}"))
"""


def hours(number, minute):
    """So many events of half an hour, one every hour."""
    return calendar(
        *(
            f"DTSTART:{FIRST + n * HOUR:%Y%m%dT%H}{minute:02}00Z DURATION:PT30M"
            for n in range(number)
        )
    )


def worker(now):
    env = os.environ | {
        "DATABASE_URL": database.url(),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-c", WORKER.format(now=now.isoformat())]
    return subprocess.Popen(command, cwd=settings.BASE_DIR, env=env)


def is_writing():
    """Whether somebody is in the middle of a transaction that writes cells."""
    if database.SQLITE:
        probe = sqlite3.connect(connection.settings_dict["NAME"], timeout=0, isolation_level=None)
        try:
            probe.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        finally:
            probe.close()
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_locks JOIN pg_class ON relation = pg_class.oid "
            "WHERE relname = 'bookings_timeclaim' AND mode = 'RowExclusiveLock'"
        )
        return cursor.fetchone() is not None


@pytest.mark.thorough
@pytest.mark.parametrize("looks", [1, 4])
def test_old_ones_or_new_ones(settings, looks):
    """Killed at so many looks at a transaction that is under way."""
    settings.OUTGOING_EXCEPTIONS = ["127.0.0.1/32"]
    _service, _location, (person,) = make_clinic()
    body, served = [hours(MANY, 0)], threading.Event()
    done = lambda: {start.minute for start in own.busy.values_list("start", flat=True)}  # noqa: E731

    def answer(asked):
        asked.say(body[0])
        served.set()

    with serve(answer) as server:
        own = OwnCalendar(resource=person, created_at=MONDAY, due_at=MONDAY)
        own.set_address(server.url("/a.ics"), host="127.0.0.1")
        own.save()
        own_calendars.read_due(now=MONDAY)
        assert done() == {0} and own.busy.count() == MANY
        body[0] = hours(MANY, 30)
        served.clear()
        process = worker(MONDAY + HOUR)
        assert served.wait(PATIENCE)
        until, seen = monotonic() + PATIENCE, 0
        while seen < looks and process.poll() is None:
            assert monotonic() < until
            seen += is_writing()
        process.kill()
        process.wait()

        assert seen >= 1, "it was killed too early"
        assert done() in ({0}, {30}) and own.busy.count() == MANY
        assert list(claims.inconsistencies(MONDAY)) == []
        if looks == 1:
            assert done() == {0}
        # Its lease ends, and the next worker takes over.
        own_calendars.read_due(now=MONDAY + 2 * HOUR)
        assert done() == {30} and own.busy.count() == MANY
        assert sum(1 for row in own.busy.all() for _cell in row.claims.all()) == 6 * MANY
        assert list(claims.inconsistencies(MONDAY)) == []
