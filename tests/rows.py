"""Rows of the test database, kept and put back: without models, so in little time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.backends.base.creation import BaseDatabaseCreation
from django.db.models import QuerySet

Rows = dict[str, tuple[list[str], list[tuple[Any, ...]]]]
"""Of each table that has any: the names of its columns, and its rows."""

_recorded: dict[str, Rows] = {}


def keep() -> Rows:
    kept: Rows = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True):
            if table.endswith("_fts"):
                continue  # SQLite's index of the search is written by triggers
            cursor.execute(f"SELECT * FROM {name(table)} ORDER BY 1")
            if rows := cursor.fetchall():
                kept[table] = ([column[0] for column in cursor.description], rows)
    return kept


def recorded(name: str, make: Callable[[], object], *, unless: QuerySet[Any]) -> None:
    """Do what `make` does, which is to add rows: itself the first time in a process, then these rows.

    Where `unless` finds any, or rows of the test's own have their numbers, `make` runs.
    """
    if unless.exists():
        make()
    elif name not in _recorded:
        before = keep()
        make()
        _recorded[name] = added(before, keep())
    else:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                for table, (columns, rows) in _recorded[name].items():
                    insert(cursor, table, columns, rows)
        except IntegrityError:
            make()


def added(before: Rows, after: Rows) -> Rows:
    found: Rows = {}
    for table, (columns, rows) in after.items():
        known = before.get(table, ([], []))[1]
        assert all(row in rows for row in known), f"{table} was changed, and that is not recorded"
        if new := [row for row in rows if row not in known]:
            found[table] = (columns, new)
    return found


def put_back(kept: Rows) -> None:
    """Into a database that has been emptied, or over the rows as they were before."""
    # Keys that point to rows which are yet to come are looked at in the end.
    with transaction.atomic(), connection.cursor() as cursor:
        for table in kept:
            cursor.execute(f"DELETE FROM {name(table)}")
        for table, (columns, rows) in kept.items():
            insert(cursor, table, columns, rows)


def insert(cursor: Any, table: str, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    into = f"{name(table)} ({', '.join(map(name, columns))})"
    marks = ", ".join(["%s"] * len(columns))
    # SQLite makes a time of what it reads, and takes none.
    plain = [[str(value) if isinstance(value, time) else value for value in row] for row in rows]
    cursor.executemany(f"INSERT INTO {into} VALUES ({marks})", plain)


def name(name: str) -> str:
    return connection.ops.quote_name(name)


def instead_of_json() -> None:
    """Django makes every row into an object and JSON, once a process and before each such test."""
    BaseDatabaseCreation.serialize_db_to_string = lambda creation: keep()
    BaseDatabaseCreation.deserialize_db_from_string = lambda creation, kept: put_back(kept)
