"""Look for a word everywhere: in every text column of every table, and in files."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.db import connection

CANARY = "canary-7f3a9c"


def tables_with(*words: str) -> list[str]:
    """Table and column of each place in the database that holds one of the words, in any case."""
    with connection.cursor() as cursor:
        return sorted(
            f"{table}.{name}" for table, name in _columns() if _holds(cursor, table, name, words)
        )


@cache
def _columns() -> list[tuple[str, str]]:
    """Every table with each of its columns: the same for all tests of a process."""
    look = connection.introspection
    with connection.cursor() as cursor:
        return [
            (table, column.name)
            for table in look.table_names(cursor)
            for column in look.get_table_description(cursor, table)
        ]


def _holds(cursor, table: str, column: str, words: tuple[str, ...]) -> bool:
    quote = connection.ops.quote_name
    text = f"lower(CAST({quote(column)} AS text))"
    where = " OR ".join([f"{text} LIKE %s"] * len(words))
    cursor.execute(
        f"SELECT 1 FROM {quote(table)} WHERE {where} LIMIT 1",  # noqa: S608
        [f"%{word.lower()}%" for word in words],
    )
    return cursor.fetchone() is not None


def files_with(*words: str, path: Path | str) -> list[Path]:
    """Files at or below the path, whatever they are, with one of the words in them."""
    start = Path(path)
    files = [start] if start.is_file() else [p for p in start.rglob("*") if p.is_file()]
    wanted = [word.lower().encode() for word in words]
    return [file for file in files if any(word in file.read_bytes().lower() for word in wanted)]
