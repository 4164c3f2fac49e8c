"""What SQLite knows of its tables: without it, it may walk through a million rows to find thirty."""

from datetime import datetime

from django.db import connection

ROWS = 1_000
"""So many of each index are looked at, which takes milliseconds, however many there are."""


def refresh(*, now: datetime) -> None:
    """Look at the tables anew. PostgreSQL does so by itself."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA analysis_limit = {ROWS}")
            cursor.execute("ANALYZE")
