"""Reads the library entries of a page's blocks once per page, not once per kind of block."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import models

from clinic.prepared import prepared

_read: ContextVar[dict[type[models.Model], dict[Any, Any]] | None] = ContextVar(
    "entries_read", default=None
)


@prepared
def _all(*, model: Any) -> models.QuerySet[Any]:
    rows: models.QuerySet[Any] = model.objects.order_by()
    return rows


class LibraryManager(models.Manager):
    """Wagtail's choosers call `in_bulk`; inside `read_once` all of them share one query."""

    def in_bulk(self, id_list: Any = None, **options: Any) -> dict[Any, Any]:
        read = _read.get()
        if read is None or id_list is None or options:
            return super().in_bulk(id_list, **options)
        if self.model not in read:
            # A clinic's library is small, and each guide uses most of it.
            read[self.model] = {row.pk: row for row in _all(model=self.model)}
        known = read[self.model]
        return {key: known[key] for key in map(int, id_list) if key in known}


@contextmanager
def read_once() -> Iterator[None]:
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)
