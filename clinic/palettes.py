"""The colours that a clinic may choose from: safe by construction, since each is tested for contrast.

The site's own colours stand in `frontend/scss/_tokens.scss` and `_palettes.scss`. Here are the few
that mails, the handout, the shared picture and the web app manifest need as plain values. Each but pine
has files of its own in `static/clinic/`: the clinic's mark as `favicon-…` and `icon-…`, and `admin-….css`.
"""

from types import SimpleNamespace

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


# `deep` for bands with light text, `brand` for buttons, `link` for links; the same in the dark. Papers in
# the light are the same for all; in the dark each has a breath of its hue. A column for each palette.
_TABLE = """
deep           #0f3d38  #173756  #442a46  #2e3543
on_deep_soft   #cfe0d8  #ceddee  #e4d6e5  #d7dbe3
brand          #14584f  #204f7b  #623c64  #424c61
link           #0e564d  #1c4c7a  #603962  #404a5f
brand_dark     #8fd5c5  #97cafe  #e3b1e5  #b8c5e0
on_brand_dark  #06231f  #0a1f33  #281629  #191e27
link_dark      #9bdccd  #a6d1fe  #e9baeb  #c1cde6
paper_dark     #0f1b19  #111922  #1d151e  #16181d
surface_dark   #172724  #192430  #2a1f2b  #202329
line_dark      #2e4640  #314254  #4b3a4c  #3c404a
ink_soft_dark  #bdc9c4  #bdc7d1  #ccc2cc  #c3c6cb
"""
_ROWS = [row.split() for row in _TABLE.strip().splitlines()]
Colours = SimpleNamespace
COLOURS = {
    palette: Colours(**{row[0]: row[column] for row in _ROWS})
    for column, palette in enumerate(Palette, start=1)
}
