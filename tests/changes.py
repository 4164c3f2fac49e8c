"""The content version of tests: another one after each statement that changes what pages show.

A test's changes are rolled back and never announced, so `clinic.content_version` would not see them. This
looks at the statements themselves. So tests cache what one web process caches, and where a table is missing
in `settings.SHOWN_ON_PAGES` one of them fails.
"""

import itertools
import os
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from wagtail.models import get_page_models

CHANGES = re.compile(
    r"""\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM|(ROLLBACK)\b)\s+"?(\w+)""",
    re.IGNORECASE,
)
PROCESS = os.getpid()
_numbers = itertools.count(1)  # threads of the live server write too, and `next` is atomic
_version = 0


def advance() -> None:
    global _version
    _version = next(_numbers)


def version() -> int | None:
    """None in a process that a test has forked: it sees none of the others' changes."""
    return _version if os.getpid() == PROCESS else None


def watch() -> None:
    """Look at what each connection of this process is asked, from its beginning."""
    connection_created.connect(_look_at, dispatch_uid="changes")


def _look_at(connection: BaseDatabaseWrapper, **_rest: object) -> None:
    if _advance_at_changes not in connection.execute_wrappers:
        connection.execute_wrappers.append(_advance_at_changes)


def _advance_at_changes(
    execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    done = execute(sql, params, many, context)
    found = CHANGES.match(str(sql))
    if found and (found[1] or found[2] in shown()):
        advance()
    return done


@cache
def shown() -> frozenset[str]:
    """The tables of what pages show."""
    models = [*map(apps.get_model, settings.SHOWN_ON_PAGES), *get_page_models()]
    tables = set()
    for model in models:
        tables |= {one._meta.db_table for one in (model, *model._meta.get_parent_list())}
        tables |= {field.m2m_db_table() for field in model._meta.local_many_to_many}
    return frozenset(tables)
