"""Make a backup, verify it, keep the newest ones, and note when."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from clinic.backup import archive, engines
from clinic.backup.archive import Say
from clinic.backup.errors import BackupError

NAME = re.compile(r"clinic-\d{8}T\d{6}Z\.tar\.gz(\.age)?")
NOTE = "last-backup.json"
WORK = ".working-"


@dataclass(frozen=True)
class LastBackup:
    """When the newest verified backup was made (UTC), and its file."""

    at: datetime
    name: str
    size: int
    encrypted: bool


def folder() -> Path:
    path = Path(settings.BACKUP_DIR)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def trees() -> dict[str, Path]:
    """What is kept beside the database, and its name in the archive."""
    if settings.MEDIA_BUCKET:
        return {}  # whoever keeps the bucket keeps its versions (docs/scale.md)
    storages: Any = settings.STORAGES
    private = storages["private"]["OPTIONS"]
    return {"media": Path(settings.MEDIA_ROOT), "private": Path(private["location"])}


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder for one run; what a killed run left behind is cleared away. Raises `BackupError`."""
    base = folder()
    with (base / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupError("Another backup or restore is running.") from error
        for left in base.glob(f"{WORK}*"):
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=WORK, dir=base) as path:
            yield Path(path)


def make(*, now: datetime, say: Say) -> Path:
    """Write one verified file and return it; drop the oldest beyond BACKUPS_KEPT.

    `now` is UTC. Interrupted at any moment, it leaves the earlier backups as they were.
    Raises `BackupError`.
    """
    key = settings.BACKUP_KEY
    if key:
        archive.identity(key)
    target = folder() / f"clinic-{now:%Y%m%dT%H%M%SZ}.tar.gz{archive.ENCRYPTED if key else ''}"
    with workplace() as work:
        packed, manifest = pack(work, now=now, say=say)
        if key:
            say("Encrypting…")
            archive.encrypt(packed, work / "packed.age", key)
            packed.unlink()
            packed = work / "packed.age"
        named = packed.rename(work / target.name)
        say("Verifying what was written…")
        how = verify(named, work / "verify", key=key)
        with named.open("rb") as file:
            os.fsync(file.fileno())
        named.chmod(0o600)
        named.replace(target)
    note(target, now)
    forget_oldest(say)
    rows, size = sum(manifest.tables.values()), target.stat().st_size
    say(f"{target}: {rows} rows, {len(manifest.files) - 1} files, {size / 1e6:.1f} MB ({how})")
    return target


def pack(work: Path, *, now: datetime, say: Say) -> tuple[Path, archive.Manifest]:
    """The database with the uploads and attachments in one file, and what is in it."""
    database = work / "database"
    database.mkdir()
    say("Copying the database…")
    tables = engines.of(connection).snapshot(connection, database)
    applied = sorted(".".join(name) for name in MigrationRecorder(connection).applied_migrations())
    manifest = archive.Manifest(connection.vendor, now.isoformat(), tables, migrations=applied)
    if settings.MEDIA_BUCKET:
        say(f"Uploads and attachments stay in {settings.MEDIA_BUCKET}: let it keep versions.")
        say("Packing it…")
    else:
        say("Packing it with the uploads and attachments…")
    packed = work / "packed.tar.gz"
    archive.pack(packed, manifest, {"database": database, **trees()}, say=say)
    shutil.rmtree(database)
    return packed, manifest


def verify(file: Path, work: Path, *, key: str) -> str:
    """Open the file as a restore would, and compare; returns how it was done. Raises `BackupError`."""
    work.mkdir()
    manifest = archive.unpack(file, work, key=key)
    found, how = engines.of(connection).verify(connection, work / "database")
    if found is not None and found != manifest.tables:
        wrong = sorted(name for name, count in manifest.tables.items() if found.get(name) != count)
        raise BackupError(f"The copy has other counts than the database: {', '.join(wrong)}")
    shutil.rmtree(work)
    return str(how)


def forget_oldest(say: Say) -> None:
    wanted = max(settings.BACKUPS_KEPT, 1)  # the one just made, whatever the setting says
    for path in kept()[wanted:]:
        path.unlink()
        say(f"Removed {path.name}: the newest {wanted} are kept.")


def kept() -> list[Path]:
    """The backups in their folder, the newest first."""
    found = [path for path in folder().iterdir() if NAME.fullmatch(path.name)]
    return sorted(found, key=lambda path: path.name, reverse=True)


def note(path: Path, now: datetime) -> None:
    row = {"at": now.isoformat(), "name": path.name, "size": path.stat().st_size}
    near = Path(settings.VAR) / f".{NOTE}"
    near.write_text(json.dumps(row))
    near.replace(Path(settings.VAR) / NOTE)


def last() -> LastBackup | None:
    """The newest verified backup that this site has made, whether or not its file is still here."""
    try:
        row = json.loads((Path(settings.VAR) / NOTE).read_text())
        at = datetime.fromisoformat(row["at"]).astimezone(UTC)
    except (OSError, ValueError, KeyError):
        return None
    encrypted = row["name"].endswith(archive.ENCRYPTED)
    return LastBackup(at, row["name"], row["size"], encrypted)
