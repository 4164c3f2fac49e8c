"""A new SQLite database comes from a file; what it holds is what the migrations make."""

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from django.conf import settings
from django.db import connection

from clinic import first_database

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL runs them all")
RANDOM = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32}")
OTHERWISE_NUMBERED = ("auth_", "django_", "sqlite_", "wagtail")
"""Tables whose rows have other numbers where a model came later: compared by their count."""


def call(file, *command):
    env = {"VAR_DIR": str(file.parent), "DATABASE_URL": f"sqlite:///{file}"}
    subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=settings.BASE_DIR,
        env=os.environ | env | {"DJANGO_SETTINGS_MODULE": "clinic.settings"},
        check=True,
        capture_output=True,
    )


def held(file):
    """The statements that made it, and the rows or their count for each table."""
    with closing(sqlite3.connect(file)) as found:
        return statements_and_rows(found)


def statements_and_rows(found):
    query = "SELECT name, sql FROM sqlite_master WHERE sql NOTNULL ORDER BY name"
    made = {name: re.sub(r"\s+", " ", sql) for name, sql in found.execute(query)}
    rows = {}
    for name in made:
        if "_fts" in name or not made[name].startswith("CREATE TABLE"):
            continue
        table = found.execute(f'SELECT * FROM "{name}"').fetchall()
        counted = name.startswith(OTHERWISE_NUMBERED)
        rows[name] = len(table) if counted else sorted(RANDOM.sub("", str(row)) for row in table)
    return made, rows


@pytest.mark.thorough
def test_the_file_leads_to_the_same_database(tmp_path):
    from_file, from_nothing = tmp_path / "new.sqlite3", tmp_path / "all.sqlite3"
    script = "from clinic.first_database import fill; from django.db import connection as c; "
    call(from_file, "shell", "--no-imports", "-c", script + "assert fill(c); assert not fill(c)")
    for file in (from_file, from_nothing):
        call(file, "migrate", "--verbosity=0")
    made, rows = held(from_file)
    known_made, known_rows = held(from_nothing)

    assert made == known_made
    assert rows == known_rows


def test_nothing_is_filled_but_an_empty_database(db):
    before = connection.introspection.table_names()

    assert not first_database.fill(connection)
    assert connection.introspection.table_names() == before
