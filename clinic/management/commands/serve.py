"""`manage.py serve`: the one way the web server is started, on a laptop and in production."""

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "Start the web server, if the system checks (in production: --deploy) find nothing."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=settings.PORT)

    def handle(self, *, host: str, port: int, **options: Any) -> None:
        self.check(include_deployment_checks=settings.PRODUCTION)
        command = [sys.executable, "-m", "granian", "clinic.wsgi:application"]
        command += ["--interface", "wsgi", "--host", host, "--port", str(port)]
        # One thread for each database connection that the pool may hold: more would only wait
        # for one another, and fewer would leave stalled clients in the way of the others.
        command += ["--workers", "1", "--blocking-threads", str(settings.DATABASE_POOL_SIZE)]
        command += ["--respawn-failed-workers", "--respawn-interval", "1"]
        command += ["--workers-kill-timeout", "10"]
        command += ["--log-level", "error"]
        os.chdir(settings.BASE_DIR)
        os.execv(sys.executable, command)  # noqa: S606  (nothing in it comes from outside)
