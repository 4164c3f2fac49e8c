"""An SMTP server that does as it is told, mails to send, and real workers to send them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from email.parser import BytesHeaderParser
from pathlib import Path

from aiosmtpd.controller import Controller
from django.utils import timezone
from post_office.models import STATUS, Email

from bookings.messages import send
from tests import database

ROOT = Path(__file__).parents[2]
PATIENCE = 120
"""Seconds that a test waits for what must happen; only a failure takes that long."""


class Server:
    """Counts each Message-ID that it was given. `answer` may do anything before it answers."""

    def __init__(self, port: int | None = None) -> None:
        self.given: Counter[str] = Counter()
        self.contents: dict[str, bytes] = {}
        self.answer: Callable[[str], str] = lambda message_id: "250 OK"
        self.changed = threading.Condition()
        self.controller = Controller(self, hostname="127.0.0.1", port=port or free_port())

    def __enter__(self) -> Server:
        self.controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.controller.stop()

    @property
    def port(self) -> int:
        return int(self.controller.port)

    async def handle_DATA(self, server, session, envelope) -> str:
        message_id = BytesHeaderParser().parsebytes(envelope.content)["Message-ID"]
        self.session, self.transport = session, server.transport
        with self.changed:
            self.contents[message_id] = envelope.content
            self.given[message_id] += 1
            self.changed.notify_all()
        return self.answer(message_id)

    def wait_until(self, reached: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(reached, PATIENCE), f"{self.given.total()} mails came"

    @property
    def twice(self) -> int:
        """How many came more than once, counted as often as they did."""
        return self.given.total() - len(self.given)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def queue(count: int, *, now=None) -> list[str]:
    """So many mails that are due; their Message-IDs."""
    ids = [f"<{number:04}@clinic.test>" for number in range(count)]
    Email.objects.bulk_create(
        Email(
            from_email="clinic@example.org",
            to=[f"patient{number}@example.org"],
            subject=f"Mail {number}",
            message="Text",
            html_message="<p>Text</p>",
            status=STATUS.queued,
            scheduled_time=now or timezone.now(),
            message_id=message_id,
        )
        for number, message_id in enumerate(ids)
    )
    return ids


def send_all(now) -> None:
    """As a worker's rounds at one moment of a moved clock: until nothing is due any more."""
    while send.oldest_due(now):
        send.send_due(now=now)


def worker(server: Server) -> subprocess.Popen[bytes]:
    """`manage.py worker`, as in production: a process of its own, on the tests' database."""
    env = os.environ | {
        "DATABASE_URL": database.url(),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
        "LOG_LEVEL": "ERROR",
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", "worker", "--settings", "tests.settings", "--pause", "0.2"],
        cwd=ROOT,
        env=env,
        stderr=subprocess.DEVNULL,
    )


def end_leases() -> None:
    """Five minutes pass: what a killed worker had in hand is anybody's again."""
    waiting = Email.objects.filter(status__in=send.WAITING)
    now = timezone.now()
    waiting.filter(scheduled_time__gt=now, scheduled_time__lte=now + send.LEASE).update(
        scheduled_time=now - timedelta(seconds=1)
    )


def unsent() -> int:
    return Email.objects.exclude(status=STATUS.sent).count()


def wait_until_all_sent() -> None:
    """Until each row says so: the server knows of a mail a moment earlier. Leases end meanwhile."""
    until = time.monotonic() + PATIENCE
    while left := unsent():
        assert time.monotonic() < until, f"{left} mails left"
        end_leases()
        time.sleep(0.3)
