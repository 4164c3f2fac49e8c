"""A version that changes whenever something that public pages show has changed.

Every process compares it at each request before it uses anything cached, so it must be cheap, and it
must be the same for all of them:

* on one computer (no `CACHE_URL`) it is the length of a small file in `VAR_DIR`, which every change
  makes a byte longer: one `stat`, no query, and seen by the web servers, the worker and every command;
* with `CACHE_URL` it is a random word in the shared cache, seen by every computer.

The version changes after the change is committed. Whoever reads the version first and the database
second can therefore never cache an old page under a new version.
"""

import logging
import os
import secrets
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from django.apps import apps
from django.conf import settings
from django.core.cache import caches
from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save
from wagtail.models import get_page_models
from wagtail.signals import post_page_move

logger = logging.getLogger(__name__)

KEY = "pages-generation"
FILE = "pages-generation"
# A shared cache that did not answer is left alone for so long (seconds): it may take its whole timeout
# to say nothing, and one page asks several times.
AWAY_SECONDS = 5
# How long anything is cached. That bounds what the version cannot know: rows changed by hand, a date that
# has come, a process that died between its commit and the new version.
LIFE_SECONDS = 60
MOST_FOUND = 500
Found = TypeVar("Found")
_away_until = 0.0
_found: dict[str, tuple[object, float, Any]] = {}
# Saving a draft, or logging in, changes nothing that visitors see.
UNSEEN = {
    "draft_title",
    "has_unpublished_changes",
    "last_login",
    "latest_revision",
    "latest_revision_created_at",
    "password",
}


def current() -> object | None:
    """The version as it stands now; None where it cannot be told, and nothing may be cached."""
    if not settings.CACHE_SHARED:
        try:
            stat = os.stat(_file(settings.VAR))
        except FileNotFoundError:
            return (0, 0)
        return (stat.st_ino, stat.st_size)
    return _shared()


@cache
def _file(folder: Path) -> str:
    """As text: a page asks some ten times, and to put a `Path` together takes longer than the question."""
    return str(folder / FILE)


def _shared() -> object | None:
    global _away_until
    if time.monotonic() < _away_until:
        return None
    try:
        return caches["shared"].get_or_set(KEY, lambda: secrets.token_hex(8), timeout=None)
    except Exception as error:  # whatever the shared cache is, a page can do without it
        _away_until = time.monotonic() + AWAY_SECONDS
        logger.warning("the shared cache does not answer: %s", type(error).__name__)
        return None


def version_of_rows() -> object | None:
    """The version that `cached_until_change` goes by; None where nothing may be cached."""
    return current() if settings.KEEP_PAGES else None


def cached_until_change(name: str, find: Callable[[], Found]) -> Found:
    """What `find` found under this name, or finds now. All requests share it, so it is only read."""
    version = version_of_rows()
    if version is None:
        return find()
    cached = _found.get(name)
    if cached and cached[0] == version and is_fresh(cached[1]):
        return cached[2]  # type: ignore[no-any-return]
    found = find()
    if len(_found) >= MOST_FOUND:
        _found.clear()
    _found[name] = (version, time.time(), found)
    return found


def is_fresh(made_at: float) -> bool:
    """Whether what was made at this moment (seconds since 1970) may still be used."""
    return 0 <= time.time() - made_at < LIFE_SECONDS


def advance() -> None:
    """Another version, once the transaction that is open (if any) has been committed."""
    transaction.on_commit(_advance, robust=True)


def _advance() -> None:
    if settings.CACHE_SHARED:
        caches["shared"].set(KEY, secrets.token_hex(8), timeout=None)
    else:
        # Appending is atomic, and a length cannot come twice as a time of change could.
        with (settings.VAR / FILE).open("ab") as file:
            file.write(b".")


def watch() -> None:
    """Advance at every change of a page, or of a row of `settings.SHOWN_ON_PAGES`."""
    for model in [*map(apps.get_model, settings.SHOWN_ON_PAGES), *get_page_models()]:
        for signal in (post_save, post_delete):
            signal.connect(
                _changed, sender=model, dispatch_uid=f"content-version-{model._meta.label}"
            )
        for field in model._meta.many_to_many:
            m2m_changed.connect(_changed, sender=getattr(model, field.name).through)
    post_page_move.connect(_changed)


def _changed(*, update_fields: Any = None, raw: bool = False, **_rest: object) -> None:
    if update_fields and not set(update_fields) - UNSEEN:
        return
    advance()
