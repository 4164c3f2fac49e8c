"""How a SQLite database is copied, checked and put back.

A plain copy of the file is no backup: what was committed last stands in the `-wal` file beside it.
And a file that is put back beside the `-wal` of another one is corrupted by it without a word.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from clinic.backup.errors import BackupError

FILE = "database.sqlite3"
BESIDE = ("-wal", "-shm", "-journal")


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, timeout=20, isolation_level=None)) as connection:
        yield connection


def snapshot(connection: Any, folder: Path) -> dict[str, int]:
    """Copy what is committed now into the folder; other processes may go on writing meanwhile.

    `VACUUM INTO` reads in one transaction. The online backup API starts anew at each write of
    another process, so that on a busy site it may never end.
    """
    copy = folder / FILE
    with opened(Path(connection.settings_dict["NAME"])) as source:
        source.execute("VACUUM INTO ?", [str(copy)])
    with opened(copy) as database:
        return counts(database)


def counts(database: sqlite3.Connection) -> dict[str, int]:
    rows = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        " AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
    )
    names = [name for (name,) in rows.fetchall()]
    return {
        name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608  # names of its own tables
        for name in names
    }


def verify(connection: Any, folder: Path) -> tuple[dict[str, int], str]:
    """Look through the copy; its counts, and how it was looked through. Raises `BackupError`."""
    with opened(folder / FILE) as database:
        (found,) = database.execute("PRAGMA integrity_check").fetchone()
        if found != "ok":
            raise BackupError(f"The copied database is damaged: {found}")
        loose = database.execute("PRAGMA foreign_key_check").fetchall()
        if loose:
            raise BackupError(f"The copied database has {len(loose)} rows that point nowhere.")
        return counts(database), "integrity, foreign keys and counts"


def is_living(connection: Any) -> bool:
    """Whether there is a database with tables where this one is to be put back."""
    path = Path(connection.settings_dict["NAME"])
    if not path.exists() or not path.stat().st_size:
        return False
    try:
        with opened(path) as database:
            return bool(counts(database))
    except sqlite3.DatabaseError:
        return True  # damaged, and perhaps the only one there is


def in_use(connection: Any) -> bool:
    """Whether another process has the file open: only the last one can leave the WAL mode."""
    path = Path(connection.settings_dict["NAME"])
    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(path, timeout=1, isolation_level=None)) as database:
            database.execute("PRAGMA journal_mode = DELETE").fetchone()
            return False
    except sqlite3.OperationalError as error:
        return "locked" in str(error)
    except sqlite3.DatabaseError:
        return False


def put_back(connection: Any, folder: Path) -> None:
    """Put the copy in the database's place, and whatever stood beside the old one away."""
    path = Path(connection.settings_dict["NAME"])
    path.parent.mkdir(parents=True, exist_ok=True)
    near = path.with_name(f".{path.name}.restoring")
    shutil.copyfile(folder / FILE, near)
    near.chmod(0o600)
    with near.open("rb") as file:
        os.fsync(file.fileno())
    for suffix in BESIDE:
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    near.replace(path)
