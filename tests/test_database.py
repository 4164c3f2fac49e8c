"""The migrated database that runs of the tests copy is made anew whenever a migration changes."""

import shutil
from pathlib import Path

from django.apps import apps
from django.db import connection

from tests import database


def test_a_changed_migration_names_another_database(tmp_path, monkeypatch):
    before = database.name_of_migrated()
    bookings = apps.get_app_config("bookings")
    shutil.copytree(Path(bookings.path, "migrations"), tmp_path / "migrations")
    monkeypatch.setattr(bookings, "path", str(tmp_path))
    assert database.name_of_migrated() == before

    with (tmp_path / "migrations" / "0001_initial.py").open("a") as file:
        file.write("# changed\n")

    assert database.name_of_migrated() != before


def test_each_run_works_in_its_own_copy(db):
    assert connection.settings_dict["NAME"] != database.name_of_migrated()
