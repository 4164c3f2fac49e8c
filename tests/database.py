"""The tests' database: a copy of one that is migrated once and kept.

To run 270 migrations takes fifteen seconds, to copy what they made a fraction of one. So on SQLite it
begins with `clinic/first_database.sql`, as each new clinic does; a test compares that with all migrations.
It is kept in `var/tests` (SQLite) or on the server (PostgreSQL), under a name that changes whenever a
migration does; `--create-db` makes it anew. Each run of the tests works in a copy of its own, so several
may run at once, and begins with a new copy after each test that commits (`transaction=True`).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from wagtail.models import Site

from clinic import first_database
from clinic.models import ClinicSettings

KEPT = Path(settings.BASE_DIR) / "var" / "tests"
A_DAY = 24 * 60 * 60
SQLITE = connection.vendor == "sqlite"
_copies = 0


def digest_of_migrations() -> str:
    """Changes with any migration of ours and with the release of any package."""
    digest = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    digest.update(first_database.FILE.read_bytes())
    for app in apps.get_app_configs():
        for path in sorted(Path(app.path, "migrations").glob("*.py")):
            digest.update(f"{app.label}/{path.name}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


@cache
def migrated() -> str:
    """The name of the migrated database; on SQLite its path."""
    digest = digest_of_migrations()
    return str(KEPT / f"{digest}.sqlite3") if SQLITE else f"tests-{digest}"


def of_this_run(name: object) -> str:
    """The name of a database that only this run of the tests uses; on SQLite its path."""
    name = f"{os.getpid()}-{name}"
    return str(settings.TESTS / f"{name}.sqlite3") if SQLITE else f"tests-run-{name}"


def own() -> str:
    """The copy that this run works in now."""
    return of_this_run(_copies)


def set_up(*, anew: bool) -> None:
    """Connect to a copy of the migrated database, which is made where there is none or `anew`."""
    kept = migrated()
    with one_at_a_time():
        if anew or not exists(kept):
            migrate(kept)
        if SQLITE:
            os.utime(kept)
    connect_to_copy(of=kept)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two runs of the tests would migrate the same database: the second one waits."""
    KEPT.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (KEPT / f"{connection.vendor}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def migrate(name: str) -> None:
    """Under another name until it is done, so that nobody finds it half migrated."""
    unfinished = f"{name}-unfinished"
    if SQLITE:
        drop(unfinished)
        connection.settings_dict["NAME"] = unfinished
        first_database.fill(connection)
        call_command("migrate", verbosity=0)
    else:
        connection.settings_dict["TEST"]["NAME"] = unfinished
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    # A site has this row from its first page on; each test would make it, and read all anew after it.
    ClinicSettings.for_site(Site.objects.get(is_default_site=True))
    connection.close()
    drop(name)
    if SQLITE:
        Path(unfinished).rename(name)
        for other in KEPT.glob("*.sqlite3"):
            if other.stat().st_mtime < time.time() - A_DAY:
                other.unlink()
    else:
        on_server(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')


def connect_to_copy(*, of: str) -> None:
    """Begin with a new copy of that database.

    SQLite's is a file as well: in memory, a live server's threads meet "table is locked". Each copy has
    a name of its own, which nobody knows before it is complete: a late request of the last test that
    opens a half-made file gives it a -wal of its own, and then every other connection meets
    "disk I/O error".
    """
    global _copies
    last = own()
    _copies += 1
    copy(of, own())
    connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = own()
    drop(last)


def copy(source: str, name: str) -> None:
    """Nobody may be connected to the source; who is connected to `name`, is no longer."""
    drop(name)
    if SQLITE:
        shutil.copy(source, name)
    else:
        on_server(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')


def drop(name: str) -> None:
    disconnect()
    if SQLITE:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{name}{suffix}").unlink(missing_ok=True)
    else:
        on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def disconnect() -> None:
    connection.close()
    if not SQLITE:
        connection.close_pool()


def exists(name: str) -> bool:
    if SQLITE:
        return Path(name).exists()
    return on_server("SELECT 1 FROM pg_database WHERE datname = %s", name) == 1


def on_server(sql: str, *values: str) -> int:
    """Run it beside all databases of the tests; how many rows there are."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(sql, values or None)
        return int(cursor.rowcount)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is done inside, what comes next finds everything as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def url() -> str:
    """DATABASE_URL for another process that is to work in the same database."""
    parts = connection.settings_dict
    if SQLITE:
        return f"sqlite:///{parts['NAME']}"
    host = parts.get("HOST") or parts.get("OPTIONS", {}).get("host", "")
    return f"postgresql://{parts['USER']}@/{parts['NAME']}?host={host}"
