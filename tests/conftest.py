"""For every test, on both databases."""

import gc
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import transaction
from django.template import Context, Template
from django.test import TransactionTestCase
from django.test import utils as test_utils
from django.test.signals import template_rendered
from django.utils import timezone
from django.utils.safestring import SafeString
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from clinic import content_version, languages
from education.models import GuidePage
from tests import changes, database

# A busy computer is no reason to fail.
hypothesis_settings.register_profile(
    "any-computer", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("any-computer")
# As a web process does; what a test has changed is never announced to one (see tests/changes.py).
announced, content_version.version_of_rows = content_version.version_of_rows, changes.version
changes.watch()
NOTHING = Context()


def tell_of_template(template: Template, context: Context) -> SafeString:
    """Instead of Django's own, which copies all that a page knows for each part that it includes."""
    known = context if context.template is template else NOTHING
    template_rendered.send(sender=template, template=template, context=known)
    return template.nodelist.render(context)


test_utils.instrumented_test_render = tell_of_template


def pytest_collection_finish() -> None:
    """As when the web server starts: what is loaded by now stays, and empty catalogs of messages go."""
    languages.drop_empty_catalogs()
    languages.remember_messages()
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def pytest_runtest_setup() -> None:
    """What the test before this one changed was rolled back."""
    changes.advance()


@pytest.fixture
def noon(time_machine):
    """The clock starts at noon tomorrow: a test that counts by the day does not run across midnight.

    Tomorrow, or what `seeded_once` made would be younger than now.
    """
    tomorrow = timezone.localtime() + timedelta(days=1)
    time_machine.move_to(tomorrow.replace(hour=12, minute=0))


@pytest.fixture
def undrawn(monkeypatch):
    """Who is let in can be seen without drawing the page for each of them."""
    monkeypatch.setattr(Template, "render", lambda _template, _context: SafeString(""))


@pytest.fixture
def uncached(monkeypatch):
    """Each page asks for all that it shows, like the first one after a change: for what counts queries."""
    monkeypatch.setattr(content_version, "version_of_rows", lambda: None)


@pytest.fixture
def caching(settings, db, tmp_path, monkeypatch):
    """A process that caches, has cached nothing yet, and has a content version of its own."""
    settings.KEEP_PAGES, settings.VAR = True, tmp_path
    monkeypatch.setattr(content_version, "_found", {})
    monkeypatch.setattr(content_version, "version_of_rows", announced)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_createdb: bool, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Instead of pytest-django's own, which migrates or shares one database: see tests/database.py."""
    with django_db_blocker.unblock():
        database.set_up(anew=django_db_createdb)
    yield
    with django_db_blocker.unblock():
        database.drop(database.own())


def begin_anew(_case: TransactionTestCase) -> None:
    """What a transactional test has committed goes with the copy it worked in.

    Django would empty every table, also of the rows that migrations made: root page, site, groups.
    """
    database.connect_to_copy(of=database.migrated())


TransactionTestCase._fixture_teardown = begin_anew  # type: ignore[method-assign]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run last what shares a seeded site."""
    last = {item.path for item in items if "seeded_once" in getattr(item, "fixturenames", ())}
    items.sort(key=lambda item: item.path in last)


@pytest.fixture(scope="session")
def seeded_once(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Seeding takes a second or two: once a process, each test in a savepoint of its own below it."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed_guides", "--one-language", verbosity=0)
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
