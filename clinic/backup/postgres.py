"""How a PostgreSQL database is copied, checked and put back, with PostgreSQL's own programs.

They come from $PG_BINDIR, else the newest of PATH and the usual folders: `pg_dump` must not be older
than the server. The password goes through the environment, never through the command line.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from clinic.backup.errors import BackupError

FILE = "database.pgdump"
FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
VARIABLES = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD"}


def program(name: str) -> str:
    """The newest one found. Raises `BackupError`."""
    if given := os.environ.get("PG_BINDIR"):
        return str(Path(given) / name)
    found = [str(p / name) for pattern in FOLDERS for p in Path("/").glob(pattern.lstrip("/"))]
    found = sorted((path for path in found if Path(path).exists()), key=_numbers, reverse=True)
    found += filter(None, [shutil.which(name)])
    if not found:
        hint = "sudo apt-get install postgresql-client, or set PG_BINDIR"
        raise BackupError(f"PostgreSQL's {name} was not found ({hint}).")
    return found[0]


def _numbers(path: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", path)]


def environment(connection: Any, database: str = "") -> dict[str, str]:
    """The connection as the variables that PostgreSQL's programs read (libpq, 34.15)."""
    settings = connection.settings_dict
    found = {theirs: settings.get(ours) for ours, theirs in VARIABLES.items()}
    found |= {f"PG{name.upper()}": settings["OPTIONS"].get(name) for name in ("host", "sslmode")}
    if settings["OPTIONS"].get("host") is None:
        found["PGHOST"] = settings.get("HOST")
    found["PGDATABASE"] = database or settings["NAME"]
    return {name: str(value) for name, value in found.items() if value}


def run(connection: Any, name: str, *arguments: str, database: str = "") -> None:
    command = [program(name), *arguments]
    env = os.environ | environment(connection, database)
    done = subprocess.run(command, env=env, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        # Its last line says why; the ones before may hold rows.
        lines = [line for line in done.stderr.splitlines() if "error" in line.lower()]
        raise BackupError(f"{name} failed: {(lines or ['no reason given'])[0][:200]}")


def connect(connection: Any, database: str = "", **options: Any) -> psycopg.Connection[Any]:
    """A connection that the server's limits of time do not end: it idles for as long as a dump takes."""
    env = environment(connection, database)
    names = {"PGDATABASE": "dbname", "PGHOST": "host", "PGPORT": "port", "PGUSER": "user"}
    names |= {"PGPASSWORD": "password", "PGSSLMODE": "sslmode"}
    found = psycopg.connect(**{names[k]: v for k, v in env.items()}, **options)  # type: ignore[arg-type]
    # By SET, since a pooler may refuse options at the start of a connection.
    found.execute("SET idle_in_transaction_session_timeout = 0")
    found.execute("SET statement_timeout = 0")
    found.commit()
    return found


def snapshot(connection: Any, folder: Path) -> dict[str, int]:
    """Dump what is committed now; counted in the very snapshot that is dumped."""
    with connect(connection) as database:
        database.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        (name,) = database.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        arguments = ["-Fc", "-Z0", "--no-owner", "--no-privileges", f"--snapshot={name}"]
        run(connection, "pg_dump", *arguments, f"--file={folder / FILE}")
        return counts(database)


def counts(database: psycopg.Connection[Any]) -> dict[str, int]:
    rows = database.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    ).fetchall()
    found = {}
    for (name,) in rows:
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))
        (found[name],) = database.execute(query).fetchone() or (0,)
    return found


def verify(connection: Any, folder: Path) -> tuple[dict[str, int] | None, str]:
    """Restore into a database of its own, count, and drop it again.

    Where the account may make no database, the dump is read through from end to end instead, and
    there are no counts.
    """
    try:
        with spare(connection) as name:
            fill(connection, folder, name)
            with connect(connection, name) as database:
                return counts(database), "restored into a spare database, constraints and counts"
    except psycopg.errors.InsufficientPrivilege:
        run(connection, "pg_restore", f"--file={os.devnull}", str(folder / FILE))
        return None, "read from end to end; the account may make no database to restore into"


@contextmanager
def spare(connection: Any) -> Iterator[str]:
    name = f"backup_check_{secrets.token_hex(6)}"
    with connect(connection, autocommit=True) as database:
        database.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name))
        )
        try:
            yield name
        finally:
            database.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def fill(connection: Any, folder: Path, name: str = "") -> None:
    """Replace everything in the database by the dump, in one transaction: all of it, or nothing.

    `pg_restore --clean` would leave tables that the dump does not know.
    """
    empty, script = folder / "empty.sql", folder / "database.sql"
    empty.write_text("DROP SCHEMA IF EXISTS public CASCADE;\nCREATE SCHEMA public;\n")
    run(connection, "pg_restore", "--no-owner", f"--file={script}", str(folder / FILE))
    arguments = ["-qX", "--single-transaction", "-v", "ON_ERROR_STOP=1", "-o", os.devnull]
    run(connection, "psql", *arguments, "-f", str(empty), "-f", str(script), database=name)
    script.unlink()


def is_living(connection: Any) -> bool:
    with connect(connection) as database:
        return bool(counts(database))


def in_use(connection: Any) -> bool:
    """Whether another process is connected."""
    with connect(connection) as database:
        row = database.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        ).fetchone()
        return bool(row and row[0])


def put_back(connection: Any, folder: Path) -> None:
    fill(connection, folder)
