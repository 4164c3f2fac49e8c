"""For every test, on both databases."""

import pytest
from django.test import TestCase, TransactionTestCase

TRANSACTIONAL = {"live_server", "transactional_db"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every transactional test finds the rows that migrations made: root page, site, groups.

    Such a test ends by emptying every table. All of them must ask for the rows, or none: after one
    that did not, Django makes the content types anew, and restoring them then meets a duplicate
    key on PostgreSQL. It is a marker, because pytest-django's fixture of this purpose does nothing
    for a test that has the `django_db` marker as well.
    """
    for item in items:
        cls = getattr(item, "cls", None)
        if cls and issubclass(cls, TransactionTestCase):
            cls.serialized_rollback = not issubclass(cls, TestCase)
            continue
        marker = item.get_closest_marker("django_db")
        options = dict(marker.kwargs) if marker else {}
        if options.get("transaction") or TRANSACTIONAL & set(getattr(item, "fixturenames", ())):
            options |= {"transaction": True, "serialized_rollback": True}
            item.add_marker(pytest.mark.django_db(**options), append=False)
