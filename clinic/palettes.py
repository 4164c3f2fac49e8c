"""The colours that a clinic may choose from: safe by construction, since each is tested for contrast.

The site's own colours stand in `frontend/scss/_tokens.scss` and `_palettes.scss`. Here are the few
that mails, the handout, the shared picture and the web app manifest need as plain values. Each but pine
has files of its own in `static/clinic/`: the clinic's mark as `favicon-…` and `icon-…`, and `admin-….css`.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Palette(models.TextChoices):
    PINE = "pine", _("Pine green")
    SEA = "sea", _("Sea blue")
    PLUM = "plum", _("Plum")
    SLATE = "slate", _("Slate grey")


def coloured(path: str, palette: str) -> str:
    """Where a file lies in a palette: `favicon.svg` is pine's, `favicon-sea.svg` the sea's."""
    stem, _dot, ending = path.rpartition(".")
    return path if palette in ("", Palette.PINE) else f"{stem}-{palette}.{ending}"


@dataclass(frozen=True)
class Colours:
    """`deep` for bands with light text, `brand` for buttons, `link` for links; the same in the dark.

    Papers in the light are the same for all; in the dark each has a breath of its hue.
    """

    deep: str
    on_deep_soft: str
    brand: str
    link: str
    brand_dark: str
    on_brand_dark: str
    link_dark: str
    paper_dark: str
    surface_dark: str
    line_dark: str
    ink_soft_dark: str


COLOURS = {
    Palette.PINE: Colours(
        deep="#0f3d38",
        on_deep_soft="#cfe0d8",
        brand="#14584f",
        link="#0e564d",
        brand_dark="#8fd5c5",
        on_brand_dark="#06231f",
        link_dark="#9bdccd",
        paper_dark="#0f1b19",
        surface_dark="#172724",
        line_dark="#2e4640",
        ink_soft_dark="#bdc9c4",
    ),
    Palette.SEA: Colours(
        deep="#173756",
        on_deep_soft="#ceddee",
        brand="#204f7b",
        link="#1c4c7a",
        brand_dark="#97cafe",
        on_brand_dark="#0a1f33",
        link_dark="#a6d1fe",
        paper_dark="#111922",
        surface_dark="#192430",
        line_dark="#314254",
        ink_soft_dark="#bdc7d1",
    ),
    Palette.PLUM: Colours(
        deep="#442a46",
        on_deep_soft="#e4d6e5",
        brand="#623c64",
        link="#603962",
        brand_dark="#e3b1e5",
        on_brand_dark="#281629",
        link_dark="#e9baeb",
        paper_dark="#1d151e",
        surface_dark="#2a1f2b",
        line_dark="#4b3a4c",
        ink_soft_dark="#ccc2cc",
    ),
    Palette.SLATE: Colours(
        deep="#2e3543",
        on_deep_soft="#d7dbe3",
        brand="#424c61",
        link="#404a5f",
        brand_dark="#b8c5e0",
        on_brand_dark="#191e27",
        link_dark="#c1cde6",
        paper_dark="#16181d",
        surface_dark="#202329",
        line_dark="#3c404a",
        ink_soft_dark="#c3c6cb",
    ),
}
