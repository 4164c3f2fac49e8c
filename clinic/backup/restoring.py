"""Put a backup back. Whatever is read from the archive is verified before anything is replaced."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command, get_commands
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader

from clinic.backup import archive, engines
from clinic.backup.archive import Say
from clinic.backup.errors import BackupError
from clinic.backup.making import trees, workplace

AFTER = "replay_erasures"
"""The command of an app that keeps erased people erased."""


def restore(file: Path, *, force: bool, say: Say) -> archive.Manifest:
    """Replace database, uploads and attachments by those of the file.

    Interrupted, it may be run again. Afterwards everybody has to log in anew, and whoever was erased
    since the backup is erased again. Raises `BackupError`.
    """
    refuse_unreadable(file.absolute())
    engine = engines.of(connection)
    with workplace() as work:
        say(f"Opening {file.name}…")
        manifest = archive.unpack(file, work, key=settings.BACKUP_KEY)
        if manifest.vendor != connection.vendor:
            raise BackupError(
                f"{file.name} is of {manifest.vendor}, and DATABASE_URL names {connection.vendor}."
            )
        refuse_unknown(manifest)
        say("Verifying it…")
        engine.verify(connection, work / "database")
        close_connections()
        refuse_to_destroy(force=force)
        say("Putting the database back…")
        engine.put_back(connection, work / "database")
        put_files_back(work, manifest, file.name, say=say)
    say("Bringing it up to date…")
    call_command("migrate", verbosity=0, interactive=False)
    Session.objects.all().delete()
    if AFTER in get_commands():
        call_command(AFTER, beside=file.absolute().parent)
    say(f"Restored the state of {manifest.made_at}: {sum(manifest.tables.values())} rows.")
    return manifest


def refuse_unreadable(file: Path) -> None:
    """The command `clinic` goes on in another folder and as another account than whoever called it."""
    try:
        with file.open("rb"):
            return
    except FileNotFoundError:
        raise BackupError(f"There is no file {file}. Give its whole path.") from None
    except OSError as error:
        raise BackupError(
            f"{file} cannot be read ({error.strerror}). Put a copy that belongs to the account of the site"
            f" into {settings.BACKUP_DIR}."
        ) from None


def refuse_unknown(manifest: archive.Manifest) -> None:
    """A database of a newer version than this one: its tables may have what this one does not know.

    Backups from before migrations were noted in the manifest have none, and are taken.
    """
    known = {".".join(name) for name in MigrationLoader(None).disk_migrations}
    ours = {name.partition(".")[0] for name in known}
    unknown = [
        name for name in manifest.migrations if name.partition(".")[0] in ours and name not in known
    ]
    if unknown:
        raise BackupError(
            f"This backup is of a newer version ({unknown[-1]}): upgrade first, and restore then."
        )


def refuse_to_destroy(*, force: bool) -> None:
    engine = engines.of(connection)
    if not engine.is_living(connection):
        return
    if not force:
        raise BackupError("There is a database here already. Add --force to replace it.")
    if engine.in_use(connection):
        raise BackupError("Something still uses the database: stop the web server and the worker.")


def close_connections() -> None:
    connections.close_all()
    if connection.vendor == "postgresql":
        connection.close_pool()  # type: ignore[attr-defined]  # has one


def put_files_back(work: Path, manifest: archive.Manifest, archived: str, *, say: Say) -> None:
    """Uploads and attachments; those in a bucket stay as they are."""
    if settings.MEDIA_BUCKET:
        say(f"Uploads and attachments stay in {settings.MEDIA_BUCKET}, as they are now.")
        left = [name for name in manifest.files if name.startswith(("media/", "private/"))]
        if left:
            say(f"{archived} holds {len(left)} from before: unpack it, and copy them there.")
    else:
        say("Putting uploads and attachments back…")
    for name, folder in trees().items():
        put_tree_back(work / name, folder)


def put_tree_back(source: Path, target: Path) -> None:
    """Afterwards the target has exactly the source's files. The folder itself stays: it may be a mount."""
    wanted = dict(archive.files_below(source)) if source.exists() else {}
    for name, path in wanted.items():
        near = target / f"{name}.restoring"
        near.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, near)
        near.replace(target / name)
    if target.exists():
        for name, path in list(archive.files_below(target)):
            if name not in wanted:
                path.unlink()
