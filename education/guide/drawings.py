"""The site's own drawings: names, addresses and sizes."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

FOLDER = Path(__file__).resolve().parent.parent / "static" / "education" / "illustrations"
EXERCISES = [
    ("seated-knee-lift", _("Seated knee lift")),
    ("lying-leg-lift", _("Lying leg lift")),
    ("half-kneeling-stretch", _("Half-kneeling stretch")),
    ("lying-stretch", _("Lying stretch")),
    ("bridge", _("Bridge")),
    ("lying-knee-hug", _("Lying knee hug")),
    ("standing-leg-curl", _("Standing leg curl")),
    ("seated-hamstring-stretch", _("Seated hamstring stretch")),
]
FIGURES = [
    ("iliopsoas-anatomy", _("The iliopsoas on spine, pelvis and thigh bone")),
    ("side-view-muscles", _("The hip from the side, with the muscles at front and back")),
]
WIDTHS, KINDS = (480, 960), ("webp", "avif")
VIEWBOX = re.compile(r'viewBox="[\d.-]+ [\d.-]+ ([\d.]+) ([\d.]+)"')


@dataclass(frozen=True)
class Picture:
    """What a template needs to show a picture without a layout shift."""

    url: str
    alt: str
    width: int
    height: int
    phase: str = ""
    small: str = ""
    """For an upload: a `srcset` in WebP."""
    smallest: str = ""
    """For an upload: a `srcset` in AVIF."""


@lru_cache(maxsize=64)
def size(name: str) -> tuple[int, int] | None:
    """Width and height from the drawing's viewBox, or None if there is no such drawing."""
    path = FOLDER / f"{name}.svg"
    if not path.is_file():
        return None
    found = VIEWBOX.search(path.read_text(encoding="utf-8"))
    return (round(float(found[1])), round(float(found[2]))) if found else (640, 480)


def drawing(name: str, *, alt: str, phase: str = "", language: str = "") -> Picture | None:
    """The drawing of that name, or None; with its words in that language, where it has them."""
    own = f"{name}.{language.partition('-')[0]}"
    name = own if language and size(own) else name
    found = size(name)
    if not found:
        return None
    url = static(f"education/illustrations/{name}.svg")
    return Picture(url=url, alt=alt, width=found[0], height=found[1], phase=phase)


def uploaded(image: Any, *, alt: str, phase: str = "") -> Picture:
    """An upload in two widths and the two smallest formats, made on first use."""
    names = [f"width-{width}|format-{kind}" for kind in KINDS for width in WIDTHS]
    made = image.get_renditions(*names)
    srcset = {
        kind: ", ".join(
            f"{made[f'width-{width}|format-{kind}'].url} {made[f'width-{width}|format-{kind}'].width}w"
            for width in WIDTHS
        )
        for kind in KINDS
    }
    shown = made[f"width-{WIDTHS[-1]}|format-webp"]
    return Picture(shown.url, alt, shown.width, shown.height, phase, srcset["webp"], srcset["avif"])
