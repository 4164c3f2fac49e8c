"""Every test in this folder is heavy: `make faults` runs it, `make test` does not."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.faults)


@pytest.fixture(autouse=True)
def _migrated(django_db_setup: None) -> None:
    """The sites of these tests begin with copies of the migrated database."""


@pytest.fixture(autouse=True)
def _uncached(uncached: None) -> None:
    """Here other processes change what pages show, and tests/changes.py sees this process alone."""


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """`figure(promise, measured)`: one cell of the table that `make faults` writes.

    The promise names the row, the database the column. Call it last, after every assertion.
    """

    def note(promise: str, measured: str) -> None:
        if path := os.environ.get("FIGURES"):
            row = {
                "promise": promise,
                "database": connection.vendor,
                "measured": measured,
                "test": request.node.nodeid.partition("[")[0],
            }
            with Path(path).open("a") as file:
                file.write(json.dumps(row) + "\n")

    return note
