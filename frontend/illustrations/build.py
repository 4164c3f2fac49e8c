"""Write every illustration of the guide, or with --check say which are out of date."""

from __future__ import annotations

import sys
from pathlib import Path

from anatomy import iliopsoas
from back_scenes import BACK_SCENES
from moments import moving, still
from people_and_places import room
from scenes import SCENES
from side_view import side_view

ROOT = Path(__file__).parents[2]
TARGET = ROOT / "education/static/education/illustrations"
# Portraits are made into PNG by hand, with any browser: bookings/portraits.
LANGUAGES = {"en": "", "es": ".es"}
"""Of the drawings with words in them: each language and how the names of its files end."""
HOME = "../../../../clinic/static/clinic/room.svg"


def drawings() -> dict[str, str]:
    """File name to content, for every illustration."""
    result = {}
    for key, scene in (SCENES | BACK_SCENES).items():
        result[f"{key}-start.svg"] = moving(scene)
        result[f"{key}-end.svg"] = still(scene)
    result[HOME] = room().svg()
    for language, end in LANGUAGES.items():
        result[f"iliopsoas-anatomy{end}.svg"] = iliopsoas(language).svg()
        result[f"side-view-muscles{end}.svg"] = side_view(language).svg()
    return result


def main() -> int:
    """Write or check; 1 when a committed file differs from what would be written."""
    stale = []
    for name, text in drawings().items():
        path = TARGET / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(stale)} changed {' '.join(stale)}\n")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    raise SystemExit(main())
