"""`manage.py restore FILE`: put a backup back."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.backup import making, restoring
from clinic.backup.errors import BackupError
from clinic.graceful_exit import graceful_exit


class Command(BaseCommand):
    help = "Put a backup back: the database, the uploads and the attachments of mails."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="default: the newest backup")
        parser.add_argument(
            "--force", action="store_true", help="replace the database that is here"
        )

    def handle(self, *, file: Path | None, force: bool, **options: Any) -> None:
        newest = next(iter(making.kept()), None)
        chosen = file or newest
        if chosen is None:
            raise CommandError("There is no backup yet.")
        with graceful_exit():
            try:
                restoring.restore(chosen, force=force, say=self.stdout.write)
            except BackupError as error:
                raise CommandError(str(error)) from error
