"""The default words of each message to patients, used until staff write their own.

One string is one paragraph. Placeholders stand in braces, the same in every language; a paragraph with
an empty placeholder (for example, no time is held) is left out. See `compose`.
"""

from __future__ import annotations

from bookings import beside
from bookings.messages.defaults_requests import ABOUT_REQUESTS
from bookings.messages.defaults_visits import ABOUT_VISITS
from bookings.messages.kinds import Kind

KINDS: dict[str, Kind] = ABOUT_REQUESTS | ABOUT_VISITS
for kinds in beside.added("messages"):
    KINDS |= kinds
APART = frozenset(name for name, kind in KINDS.items() if kind.apart)
"""Messages about no state of the request: they are sent whatever is agreed later."""
