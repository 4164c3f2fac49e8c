"""How much of an exercise to do: values and their words, without a database."""

from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext, ngettext


@dataclass(frozen=True)
class Dose:
    """Rounds, repeats per round, and seconds to hold (0: no hold), for each side or for one.

    `only`: "left" or "right", where it is done on that side alone.
    """

    sets: int = 1
    reps: int = 0
    hold_from: int = 0
    hold_to: int = 0
    each_side: bool = True
    only: str = ""

    def override(self, **changes: int | None) -> "Dose":
        """A copy with the given values replaced; empty values change nothing."""
        given: dict[str, Any] = {name: value for name, value in changes.items() if value}
        return replace(self, **given)

    @property
    def is_set(self) -> bool:
        return bool(self.reps or self.hold_from)

    @property
    def hold_text(self) -> str:
        """`30 seconds`, or `30 to 60 seconds`."""
        if not self.hold_from:
            return ""
        if self.hold_to > self.hold_from:
            return gettext("%(from)s to %(to)s seconds") % {
                "from": self.hold_from,
                "to": self.hold_to,
            }
        return gettext("%(count)s seconds") % {"count": self.hold_from}

    @property
    def side_text(self) -> str:
        if self.only:
            return gettext("left side") if self.only == "left" else gettext("right side")
        return gettext("each side") if self.each_side else ""

    @property
    def text(self) -> str:
        """The dose in one line, for cards, print and practice."""
        if not self.is_set:
            return ""
        side = self.side_text
        times = ngettext("%(count)s time", "%(count)s times", self.reps or 1) % {
            "count": self.reps or 1
        }
        words = f"{times} {side}".strip()
        if self.hold_from:
            words = gettext("Hold for %(hold)s, %(times)s") % {
                "hold": self.hold_text,
                "times": words,
            }
        if self.sets > 1:
            words += gettext(", in %(count)s rounds") % {"count": self.sets}
        return words
