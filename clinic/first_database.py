"""A new SQLite database, from the file beside this one in place of 270 migrations, which take 15 seconds.

`first_database.sql` holds what the migrations made once: tables, triggers and the rows that they write.
`migrate` goes on from there, so the file may be older than the code, and a new migration needs no new file.
`bin/first_database.py` writes it; a test compares both ways.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils import timezone

FILE = Path(__file__).with_suffix(".sql")
SHADOWS = ("_config", "_content", "_data", "_docsize", "_idx")
"""SQLite makes these itself, beside a table for full text."""


def fill(connection: Any) -> bool:
    """Whether this database was empty, and is filled now. Never anything but a new file of SQLite."""
    if connection.vendor != "sqlite" or connection.introspection.table_names():
        return False
    with connection.cursor() as cursor:
        database: sqlite3.Connection = cursor.connection
        # All or nothing: the file begins and ends one transaction.
        database.executescript(FILE.read_text())
        cursor.execute("UPDATE django_migrations SET applied = %s", [timezone.now()])
    return True


def written(database: sqlite3.Connection) -> Iterator[str]:
    """The whole database as statements: tables, their rows, then indexes and triggers."""
    things = database.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql NOTNULL"
    ).fetchall()
    full_text = [name for _, name, sql in things if sql.startswith("CREATE VIRTUAL")]
    made = {name + end for name in full_text for end in SHADOWS} | {"sqlite_sequence"}
    things = [thing for thing in things if thing[1] not in made]
    tables = {name: sql for kind, name, sql in things if kind == "table"}
    yield "BEGIN;"
    yield "PRAGMA defer_foreign_keys = ON;"
    yield from (f"{sql};" for sql in tables.values())
    for name in [*tables, "sqlite_sequence"]:
        if name not in full_text:
            yield from rows(database, name)
    yield from (f"{sql};" for kind, _, sql in things if kind != "table")
    yield "COMMIT;"


def rows(database: sqlite3.Connection, table: str) -> Iterator[str]:
    columns = [row[1] for row in database.execute(f'PRAGMA table_info("{table}")')]
    values = " || ',' || ".join(f'quote("{column}")' for column in columns)
    if table == "sqlite_sequence":  # the rows before have made it
        yield "DELETE FROM sqlite_sequence;"
    query = f'SELECT {values} FROM "{table}" ORDER BY 1'  # noqa: S608  # our own tables
    for (line,) in database.execute(query):
        yield f'INSERT INTO "{table}" VALUES({line});'
