"""A seeded site for the guide's tests."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import transaction

from education.models import GuidePage


@pytest.fixture(scope="module")
def seeded_once(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Seeding takes half a second: once a module, each test in a savepoint of its own below it."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed_guides", verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def seeded(seeded_once: None, db: None) -> None:
    """The guide's pages; modules that count rows from nothing seed for themselves."""


@pytest.fixture
def guide(seeded: None) -> GuidePage:
    return GuidePage.objects.get(slug="iliopsoas")
