"""Send mail and do the periodic work, until told to stop."""

from __future__ import annotations

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from bookings.messages import send
from bookings.messages.webhooks import send as webhooks
from bookings.models import Heartbeat
from bookings.worker import jobs
from clinic import __version__

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Sends due mail and does what settings.PERIODIC names. Safe on several computers at once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round, then stop")
        parser.add_argument("--pause", type=float, default=2.0, help="seconds between rounds")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stop = stop = threading.Event()
        if not options["once"]:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stop.set())
            logger.info("worker started, version %s", __version__)
        while True:
            busy = self.round()
            if options["once"] or stop.is_set():
                return
            if not busy:
                stop.wait(options["pause"])
            if stop.is_set():
                return

    def round(self) -> bool:
        """One round; returns whether there may be more to do at once. A lost database is waited for."""
        try:
            close_old_connections()
            now = timezone.now()
            jobs.run_due(now=now)
            sent = send.send_due(now=now, stopping=self.stop.is_set)
            sent += webhooks.send_due(now=now, stopping=self.stop.is_set)
            Heartbeat.objects.update_or_create(name="worker", defaults={"at": timezone.now()})
        except DatabaseError as error:
            logger.warning("the database does not answer: %s", type(error).__name__)
            connection.close()
            return False
        return sent > 0
