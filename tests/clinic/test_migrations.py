"""An upgrade while the site serves: what a migration locks, and what old code would stumble over.

On PostgreSQL alone: SQLite rebuilds a table for any change, with the whole file locked, and the web
server of a clinic that small is restarted with the upgrade anyway.
"""

import os
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django_migration_linter import MigrationLinter

pytestmark = pytest.mark.both

OURS = ["accounts", "bookings", "clinic", "education"]
ALLOWED = {
    "0003_look": "columns of clinic_clinicsettings: one row a site, which old code only reads",
    "0007_urgent_number": "a column of clinic_clinicsettings: one row a site, which old code only reads",
    "0033_safety_questions": "a text column grows: PostgreSQL only notes it, and old code writes less",
    "0012_country_of_a_location": "locations are added by the owner, not while an upgrade runs",
    "0046_unique_in_a_lane": "the index is built CONCURRENTLY first; the constraint only adopts it",
    "0015_translations": "the guide library: some dozens of rows, which editors write and visitors read",
}
"""Migrations that the linter refuses, each with why it does no harm."""


def newest() -> list[str]:
    """The names of the last three migrations of each app of ours."""
    folders = [Path(apps.get_app_config(app).path, "migrations") for app in OURS]
    return [path.stem for folder in folders for path in sorted(folder.glob("[0-9]*.py"))[-3:]]


@pytest.mark.django_db(transaction=True)  # an index may not be built inside one
def test_no_migration_locks_what_is_in_use():
    if connection.vendor != "postgresql":
        pytest.skip("the SQL that locks is PostgreSQL's")
    linter = MigrationLinter(
        include_apps=OURS,
        # To write the SQL of each takes half a minute, and an old one changes no more.
        include_name=None if "ALL" in os.environ else newest(),
        ignore_name=ALLOWED,
        no_cache=True,
        quiet=["ok", "ignore"],
    )
    linter.lint_all_migrations()
    assert not linter.has_errors
