"""Errors to Sentry, or whatever speaks its protocol: only where `SENTRY_DSN` is set, and only where.

What leaves is the kind of error, the functions it went through. No values: no
message of an error (it may quote a row), no local variables, body, cookie, header, address or user.
The package is not among the requirements; `bin/python bin/install.py uv pip install sentry-sdk` adds it.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from clinic import __version__

KEPT = {"event_id", "timestamp", "level", "platform", "release", "environment", "exception"}
KEPT_OF_A_FRAME = {"filename", "function", "module", "lineno", "in_app"}


def start(dsn: str) -> None:
    if not dsn or not find_spec("sentry_sdk"):  # clinic.E012 names the package
        return
    import sentry_sdk

    sentry_sdk.init(
        dsn=dsn,
        release=__version__,
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        traces_sample_rate=0.0,
        before_send=bare,
    )


def bare(event: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any]:
    """The event with nothing in it but where and what kind; whatever is new in it is left out too."""
    kept = {name: value for name, value in event.items() if name in KEPT}
    for error in kept.get("exception", {}).get("values", []):
        frames = error.get("stacktrace", {}).get("frames", [])
        error["stacktrace"] = {
            "frames": [{k: v for k, v in f.items() if k in KEPT_OF_A_FRAME} for f in frames]
        }
        for name in set(error) - {"type", "module", "stacktrace"}:
            del error[name]
    return kept
