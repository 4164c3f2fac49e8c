"""`manage.py backup`: one verified file with the database, the uploads and the attachments."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from clinic.backup import archive, making
from clinic.backup.errors import BackupError
from clinic.graceful_exit import graceful_exit


class Command(BaseCommand):
    help = "Write one verified file with the database, the uploads and the attachments of mails."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--new-key", action="store_true", help="print a new BACKUP_KEY, no more"
        )

    def handle(self, *, new_key: bool, **options: Any) -> None:
        if new_key:
            self.stdout.write(archive.new_key())
            return
        with graceful_exit():
            try:
                making.make(now=timezone.now(), say=self.stdout.write)
            except BackupError as error:
                raise CommandError(str(error)) from error
            except OSError as error:
                raise CommandError(f"No backup was made: {error.strerror}.") from error
