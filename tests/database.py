"""The tests' database: a copy of one that is migrated once and kept.

To run 250 migrations takes fifteen seconds, to copy their result next to nothing. What they made is
kept in `var/tests` (SQLite) or on the server (PostgreSQL), under a name that changes whenever a
migration does. Each run of the tests works in a copy of its own, so several may run at once.
`--create-db` migrates anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection

KEPT = Path(settings.BASE_DIR) / "var" / "tests"


def digest_of_migrations() -> str:
    """Changes with any migration of ours and with the release of any package."""
    digest = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    for app in apps.get_app_configs():
        for path in sorted(Path(app.path, "migrations").glob("*.py")):
            digest.update(f"{app.label}/{path.name}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def name_of_migrated() -> str:
    digest = digest_of_migrations()
    return str(KEPT / f"{digest}.sqlite3") if connection.vendor == "sqlite" else f"tests-{digest}"


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Other runs in this checkout wait: nobody copies what is half migrated."""
    KEPT.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (KEPT / f"{connection.vendor}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def migrate(*, anew: bool) -> str:
    """Connect to the migrated database, made where there is none yet or `anew`; its name."""
    migrated = name_of_migrated()
    if connection.vendor == "sqlite" and not Path(migrated).exists():
        for older in KEPT.glob("*.sqlite3*"):
            older.unlink()
    connection.settings_dict["TEST"]["NAME"] = migrated
    return connection.creation.create_test_db(verbosity=0, autoclobber=True, keepdb=not anew)


def work_in_copy(migrated: str) -> None:
    """Connect to a new copy of the migrated database.

    A file also on SQLite: in memory, a live server's threads meet "table is locked".
    """
    connection.close()
    if connection.vendor == "sqlite":
        copy = str(settings.TESTS / f"{os.getpid()}.sqlite3")
        shutil.copy(migrated, copy)
    else:
        connection.creation.clone_test_db(suffix=os.getpid(), verbosity=0)
        copy = connection.creation.get_test_db_clone_settings(os.getpid())["NAME"]
    connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = copy
