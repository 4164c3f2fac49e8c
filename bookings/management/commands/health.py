"""For cron and monitoring: is everything running?"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from bookings.worker import health
from clinic import from_outside


class Command(BaseCommand):
    help = (
        "Says how worker, mail, disk and backup are. Exit code 1 when something is wrong, else 0."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--site", action="store_true", help="also ask SITE_URL, and look at its certificate"
        )

    def handle(self, *args: Any, site: bool = False, **options: Any) -> None:
        outside = from_outside.trouble(settings.SITE_URL, now=timezone.now()) if site else ""
        if site:
            self.stdout.write(f"BAD  site: {outside}" if outside else "ok   site: it answers")
        try:
            found = health.findings(now=timezone.now())
        except DatabaseError as error:
            self.stdout.write(f"BAD  database: {type(error).__name__}")
            raise SystemExit(1) from error
        for finding in found:
            word = "ok  " if finding.ok else ("BAD " if finding.technical else "LOOK")
            self.stdout.write(f"{word} {finding.name}: {finding.says}")
        if outside or any(finding.technical and not finding.ok for finding in found):
            raise SystemExit(1)
