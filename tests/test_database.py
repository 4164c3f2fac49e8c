"""The migrated database that runs of the tests copy is made anew whenever a migration changes."""

import shutil
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import connection
from wagtail.models import Site

from tests import database

pytestmark = pytest.mark.both


def test_a_changed_migration_names_another_database(tmp_path, monkeypatch):
    before = database.digest_of_migrations()
    bookings = apps.get_app_config("bookings")
    shutil.copytree(Path(bookings.path, "migrations"), tmp_path / "migrations")
    monkeypatch.setattr(bookings, "path", str(tmp_path))
    assert database.digest_of_migrations() == before

    with (tmp_path / "migrations" / "0001_initial.py").open("a") as file:
        file.write("# changed\n")

    assert database.digest_of_migrations() != before


def test_each_run_works_in_its_own_copy(db):
    assert connection.settings_dict["NAME"] == database.own() != database.migrated()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_time", [1, 2])
def test_what_is_committed_goes_with_the_test(_time):
    assert not Group.objects.filter(name="Visitors").exists()
    assert Site.objects.exists()

    Group.objects.create(name="Visitors")
