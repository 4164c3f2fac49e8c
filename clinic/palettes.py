"""The colours that a clinic may choose from: safe by construction, since each is tested for contrast.

The site's own colours stand in `frontend/scss/_tokens.scss` and `_palettes.scss`. Here are the few
that mails, the handout, the shared picture and the web app manifest need as plain values.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Palette(models.TextChoices):
    PINE = "pine", _("Pine green")
    SEA = "sea", _("Sea blue")
    PLUM = "plum", _("Plum")
    SLATE = "slate", _("Slate grey")


@dataclass(frozen=True)
class Colours:
    """`deep` for bands with light text, `brand` for buttons, `link` for links; the same in the dark."""

    deep: str
    on_deep_soft: str
    brand: str
    link: str
    brand_dark: str
    on_brand_dark: str
    link_dark: str


COLOURS = {
    Palette.PINE: Colours(
        "#0f3d38", "#cfe0d8", "#14584f", "#0e564d", "#8fd5c5", "#06231f", "#9bdccd"
    ),
    Palette.SEA: Colours(
        "#173756", "#ceddee", "#204f7b", "#1c4c7a", "#97cafe", "#0a1f33", "#a6d1fe"
    ),
    Palette.PLUM: Colours(
        "#442a46", "#e4d6e5", "#623c64", "#603962", "#e3b1e5", "#281629", "#e9baeb"
    ),
    Palette.SLATE: Colours(
        "#2e3543", "#d7dbe3", "#424c61", "#404a5f", "#b8c5e0", "#191e27", "#c1cde6"
    ),
}
