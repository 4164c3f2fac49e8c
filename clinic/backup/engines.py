from __future__ import annotations

from types import ModuleType
from typing import Any

from clinic.backup import postgres, sqlite

ENGINES: dict[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgres}


def of(connection: Any) -> ModuleType:
    """The module that can copy this database."""
    return ENGINES[connection.vendor]
