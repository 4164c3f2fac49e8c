"""After a restore: erase again whoever was erased since the backup was made."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from bookings import transitions
from bookings.privacy import erasure_ledger
from clinic.graceful_exit import graceful_exit


class Command(BaseCommand):
    help = (
        "Erases again whoever the ledger of erasures names. `restore` runs it; it can be repeated."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--beside", type=Path, help="a folder with another copy of the ledger")

    def handle(self, *, beside: Path | None, **options: Any) -> None:
        more = [beside / erasure_ledger.FILE] if beside else []
        known = erasure_ledger.entries(*more)
        with graceful_exit():
            again = transitions.erase_again(
                actor=transitions.SYSTEM, now=timezone.now(), known=set(known)
            )
            erasure_ledger.complete(known)
        self.stdout.write(f"{again} erased again; the ledger has {len(known)} lines.")
