"""`manage.py prepare`: all that has to happen between an install or upgrade and a start."""

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from clinic import first_database, statistics


class Command(BaseCommand):
    help = "Migrate the database and collect static files; with --demo or --guides, seed too."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="seed the guide and a clinic")
        parser.add_argument(
            "--guides", action="store_true", help="seed the guides and the roles, and no clinic"
        )
        parser.add_argument("--first-login", type=Path, help="where the first password is kept")

    def handle(self, *, demo: bool, guides: bool, first_login: Path | None, **options: Any) -> None:
        with self.static_collected():
            self.stdout.write("Bringing the database up to date…")
            self.stdout.flush()
            first_database.fill(connection)
            call_command("migrate", verbosity=0, interactive=False)
            call_command("createcachetable", verbosity=0)  # only where CACHE_URL asks for one
            statistics.refresh(now=timezone.now())
            if demo or guides:
                self.seed(first_login, empty=not demo)

    def seed(self, first_login: Path | None, *, empty: bool) -> None:
        clinic = {"first_login": first_login, "empty": empty}
        seeds: dict[str, dict[str, Any]] = {"seed_guides": {}, "seed_clinic": clinic}
        for name, arguments in seeds.items():
            if name in get_commands():
                call_command(name, **arguments)

    @contextmanager
    def static_collected(self) -> Iterator[None]:
        """Beside what the block does, and only when a file changed: to compress them takes seconds."""
        stamp = settings.VAR / "static-collected"
        state = static_state()
        manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
        if manifest.exists() and stamp.exists() and stamp.read_text() == state:
            yield
            return
        self.stdout.write("Collecting static files…")
        command = [sys.executable, "manage.py", "collectstatic", "--verbosity=0", "--no-input"]
        with subprocess.Popen(command, cwd=settings.BASE_DIR) as collecting:  # noqa: S603
            try:
                yield
            except BaseException:
                collecting.terminate()
                raise
        if collecting.returncode:
            raise CommandError("The static files could not be collected; the lines above say why.")
        stamp.write_text(state)


def static_state() -> str:
    """A digest of every static file's name, size and time of change."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: found[0]):
            stat = Path(storage.path(name)).stat()
            digest.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()
