"""Prove that appointments and cells agree."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from bookings.schedule import claims
from clinic.graceful_exit import graceful_exit


class Command(BaseCommand):
    help = "Checks that each appointment holds exactly its cells. Changes nothing; exit code 1 on a find."

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        with graceful_exit():
            for sentence in claims.inconsistencies(timezone.now(), self.progress):
                found += 1
                self.stdout.write(sentence)
        if found:
            raise CommandError(f"{found} inconsistencies")
        self.stdout.write("Every appointment holds exactly its cells.")

    def progress(self, number: int) -> None:
        if number % 5000 == 0:
            self.stderr.write(f"{number} appointments…")
