"""What nearly every page asks the database, remembered until something that pages show has changed.

The same mark and the same minute as for whole pages (`kept_pages.py`). What is remembered is shared by
all requests of the process: to be read, never to be changed.
"""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings

from clinic import generation

LIFE_SECONDS = 60
MOST = 500
Found = TypeVar("Found")

_known: dict[str, tuple[object, float, Any]] = {}


def unless_changed(name: str, find: Callable[[], Found]) -> Found:
    """What `find` found under this name, or finds now."""
    mark = generation.current() if settings.KEEP_PAGES else None
    if mark is None:
        return find()
    known = _known.get(name)
    if known and known[0] == mark and 0 <= time.time() - known[1] < LIFE_SECONDS:
        return known[2]  # type: ignore[no-any-return]
    found = find()
    if len(_known) >= MOST:
        _known.clear()
    _known[name] = (mark, time.time(), found)
    return found
