"""A site moves from SQLite to PostgreSQL, and back, with everything that it has."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection

from bookings.models import ConsultationRequest, TimeClaim
from clinic import first_database
from tests import database, factories

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.skipif(connection.vendor == "sqlite", reason="needs PostgreSQL beside SQLite"),
    pytest.mark.django_db(transaction=True),
]


def call(folder, url, *command):
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "clinic.settings",
            "VAR_DIR": str(folder),
            "DATABASE_URL": url,
        },
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def new_site(tmp_path_factory):
    """A file of SQLite as the migrations leave it."""
    folder = tmp_path_factory.mktemp("new")
    with closing(sqlite3.connect(folder / "site.sqlite3")) as made:
        made.executescript(first_database.FILE.read_text())
    done = call(folder, f"sqlite:///{folder}/site.sqlite3", "migrate", "-v0")
    assert done.returncode == 0, done.stderr
    return folder / "site.sqlite3"


@pytest.fixture
def there(new_site, tmp_path):
    return shutil.copy(new_site, tmp_path / "there.sqlite3")


def counted(file):
    """How many rows each table of the file has."""
    query = "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE TABLE%'"
    with closing(sqlite3.connect(file)) as found:
        names = [name for (name,) in found.execute(query).fetchall()]
        return {
            name: found.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names
        }


def test_it_moves_there_and_back(tmp_path):
    service, location, _ = factories.make_clinic()
    factories.make_request(service, location, start=factories.MONDAY + timedelta(days=1, hours=2))
    here, there = database.url(), f"sqlite:///{tmp_path}/there.sqlite3"
    cells = TimeClaim.objects.count()

    out = call(tmp_path, there, "copy_database", here)

    assert "every count is the same" in out.stdout, out.stderr
    assert counted(tmp_path / "there.sqlite3")["bookings_timeclaim"] == cells > 0

    ConsultationRequest.objects.update(reason="changed since")
    back = call(tmp_path, here, "copy_database", there, "--force")

    assert back.returncode == 0, back.stderr
    assert TimeClaim.objects.count() == cells
    assert ConsultationRequest.objects.get().reason == "tight"
    # Numbers go on where they were: a new row takes none that is taken.
    factories.make_request(service, location, key="next", email="next@example.org")
    assert call(tmp_path, here, "check_claims").returncode == 0


@pytest.mark.thorough
def test_nothing_is_replaced_unasked(tmp_path, there, django_user_model):
    django_user_model.objects.create_user("owner")

    refused = call(tmp_path, database.url(), "copy_database", f"sqlite:///{there}")

    assert refused.returncode == 1 and "Add --force" in refused.stderr
    assert django_user_model.objects.count() == 1


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            "INSERT INTO django_migrations VALUES (9999, 'clinic', '9999_later', '2026-01-01')",
            "a newer",
        ),
        ("DELETE FROM django_migrations WHERE app = 'clinic' AND name LIKE '0003%'", "an older"),
    ],
)
def test_another_version_is_refused_in_words(tmp_path, there, change, says):
    with closing(sqlite3.connect(there)) as opened, opened:
        assert opened.execute(change).rowcount == 1

    refused = call(tmp_path, database.url(), "copy_database", f"sqlite:///{there}")

    assert refused.returncode == 1 and f"of {says} version" in refused.stderr
