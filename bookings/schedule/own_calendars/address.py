"""The address of a calendar, as people copy it from their calendar."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from clinic import typed_address


def https(typed: str) -> str:
    """The address as it is asked; `webcal://` means the same. Raises `RefusedAddress`, and asks nobody."""
    address = re.sub(r"^webcals?://", "https://", typed.strip(), flags=re.IGNORECASE)
    typed_address.parse(address)
    return address


def host_of(address: str) -> str:
    """All of an address that is ever shown."""
    return urlsplit(address).hostname or ""
