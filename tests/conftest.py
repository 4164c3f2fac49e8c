"""For every test, on both databases."""

import gc
import itertools
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import TestCase, TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker
from pytest_django.plugin import blocking_manager_key

from clinic import content_version
from education.models import GuidePage
from tests import database, rows

# A busy computer is no reason to fail.
hypothesis_settings.register_profile(
    "any-computer", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("any-computer")
rows.instead_of_json()
TRANSACTIONAL = {"live_server", "transactional_db"}
DATABASE = TRANSACTIONAL | {"db", "django_db_setup"}


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector need not walk through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


@pytest.fixture
def caching(settings, db, tmp_path, monkeypatch):
    """A process that caches, has cached nothing yet, and has a content version of its own."""
    settings.KEEP_PAGES, settings.VAR = True, tmp_path
    monkeypatch.setattr(content_version, "_found", {})


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_createdb: bool, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Instead of pytest-django's own, which migrates or shares one database: see tests/database.py."""
    with django_db_blocker.unblock(), database.one_at_a_time():
        migrated = database.migrate(anew=django_db_createdb)
        database.work_in_copy(migrated)
    yield
    with django_db_blocker.unblock():
        connection.creation.destroy_test_db(migrated, verbosity=0)


def is_transactional(item: pytest.Item) -> bool:
    cls = getattr(item, "cls", None)
    if cls and issubclass(cls, TransactionTestCase):
        return not issubclass(cls, TestCase)
    marker = item.get_closest_marker("django_db")
    consultation = bool(marker and marker.kwargs.get("transaction"))
    return consultation or bool(TRANSACTIONAL & set(getattr(item, "fixturenames", ())))


def asks_database(item: pytest.Item) -> bool:
    cls = getattr(item, "cls", None)
    if item.get_closest_marker("django_db") or (cls and issubclass(cls, TransactionTestCase)):
        return True
    return bool(DATABASE & set(getattr(item, "fixturenames", ())))


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Every transactional test finds the rows that migrations made: root page, site, groups.

    Such a test ends by emptying every table. All of them must ask for the rows, or none: after one
    that did not, Django makes the content types anew, and restoring them then meets a duplicate
    key on PostgreSQL. It is a marker, because pytest-django's fixture of this purpose does nothing
    for a test that has the `django_db` marker as well.

    What asks no database is marked, since it need not run on both. In the end those that share one
    seeded site move to the back.
    """
    for item in itertools.filterfalse(asks_database, items):
        item.add_marker(pytest.mark.no_database)
    for item in filter(is_transactional, items):
        if cls := getattr(item, "cls", None):
            cls.serialized_rollback = True
            continue
        marker = item.get_closest_marker("django_db")
        options = dict(marker.kwargs) if marker else {}
        options |= {"transaction": True, "serialized_rollback": True}
        item.add_marker(pytest.mark.django_db(**options), append=False)
    yield
    last = {item.path for item in items if "seeded_once" in getattr(item, "fixturenames", ())}
    items.sort(key=lambda item: item.path in last)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """The rows come back only for the next transactional test: see to any other one as well."""
    yield
    if nextitem and is_transactional(item) and not is_transactional(nextitem):
        with item.config.stash[blocking_manager_key].unblock():
            rows.put_back(connection._test_serialized_contents)


@pytest.fixture(scope="session")
def seeded_once(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Seeding takes a second or two: once a process, each test in a savepoint of its own below it."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed_guides", verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def seeded(seeded_once: None, db: None) -> None:
    """The guide's pages. A file of which one test asks for them must not count rows from nothing."""


@pytest.fixture
def guide(seeded: None) -> GuidePage:
    return GuidePage.objects.get(slug="iliopsoas")


@pytest.fixture
def real_limits(settings):
    """`settings.LIMITS` as the site has them; those of a network are as good as off in tests."""
    settings.LIMITS = settings.REAL_LIMITS
