"""What apps above bookings put beside a request: bookings calls them by the paths in the settings.

`settings.BESIDE_REQUESTS` has a list of paths under each of these names:

* `messages`: kinds of messages to patients, by name (`messages.kinds.Kind`)
* `copies`: functions of a request; they return more sections of the copy for the person
* `open`: functions of `now`; each returns a `Q` of requests whose page still has something for the patient
* `card`, `visit`, `own_page`, `own_page_last`: functions of a web request and what is shown; they return
  the name of a template and its context, or nothing
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


@cache
def _added(paths: tuple[str, ...]) -> list[Any]:
    return [import_string(path) for path in paths]


def added(name: str) -> list[Any]:
    """What the paths under that name lead to. Raises `ImportError` for a wrong one."""
    return _added(tuple(settings.BESIDE_REQUESTS[name]))
