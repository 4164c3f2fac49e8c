"""For cron and monitoring: is everything running?"""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError
from django.utils import timezone

from bookings.worker import health


class Command(BaseCommand):
    help = (
        "Says how worker, mail, disk and backup are. Exit code 1 when something is wrong, else 0."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = health.findings(now=timezone.now())
        except DatabaseError as error:
            self.stdout.write(f"BAD  database: {type(error).__name__}")
            raise SystemExit(1) from error
        for finding in found:
            word = "ok  " if finding.ok else ("BAD " if finding.technical else "LOOK")
            self.stdout.write(f"{word} {finding.name}: {finding.says}")
        if any(finding.technical and not finding.ok for finding in found):
            raise SystemExit(1)
