"""All rows of the test database as they stand, kept and put back: without models, so in little time."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.db.backends.base.creation import BaseDatabaseCreation

Rows = dict[str, tuple[list[str], list[tuple[Any, ...]]]]
"""Of each table that has any: the names of its columns, and its rows."""


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


def put_back(kept: Rows) -> None:
    """Into a database that has been emptied, or over the rows as they were before."""
    # Keys that point to rows which are yet to come are looked at in the end.
    with transaction.atomic(), connection.cursor() as cursor:
        for table in kept:
            cursor.execute(f"DELETE FROM {name(table)}")
        for table, (columns, rows) in kept.items():
            into = f"{name(table)} ({', '.join(map(name, columns))})"
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {into} VALUES ({marks})", rows)


def name(name: str) -> str:
    return connection.ops.quote_name(name)


def instead_of_json() -> None:
    """Django makes every row into an object and JSON, once a process and before each such test."""
    BaseDatabaseCreation.serialize_db_to_string = lambda creation: keep()
    BaseDatabaseCreation.deserialize_db_from_string = lambda creation, kept: put_back(kept)
