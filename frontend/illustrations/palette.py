"""The colours that every drawing shares."""

from __future__ import annotations

from dataclasses import dataclass

PAPER = "#f6efe6"
FLOOR = "#eadfce"
SHADOW = "#d9c9b3"
INK = "#1d2b45"
ACCENT, ACCENT_DARK = "#d9573f", "#b23c26"
GLOW = "#f0765c"
MUSCLE_LINE = "#8f2f1e"
GHOST, GHOST_LINE = "#dfd6ca", "#a3978a"
CREAM = "#fff8ee"
WOOD, WOOD_DARK, WOOD_LINE = "#cf9f69", "#b58451", "#8a5f35"
MAT, MAT_SIDE, MAT_LINE = "#a9cfc6", "#86b5aa", "#6a9a8f"
LINEN, LINEN_SIDE, LINEN_LINE = "#fffdf8", "#efe6d8", "#cdbfab"
CUSHION, CUSHION_SIDE, CUSHION_LINE = "#f2c27b", "#dda557", "#b37f36"


@dataclass(frozen=True)
class Tone:
    """A fill with its darker contour and shade."""

    fill: str
    line: str
    shade: str


@dataclass(frozen=True)
class Person:
    """How somebody looks; `far` tones are for the limbs on the other side."""

    skin: Tone
    skin_far: Tone
    hair: Tone
    top: Tone
    top_far: Tone
    trousers: Tone
    trousers_far: Tone
    bun: bool


CLOTHES = {
    "top": Tone("#0f6b66", "#084844", "#0b5a56"),
    "top_far": Tone("#0b524e", "#073d3a", "#0b524e"),
    "trousers": Tone("#2b4469", "#15243d", "#22385a"),
    "trousers_far": Tone("#7f8fab", "#596a88", "#7385a3"),
}

BUN = Person(
    skin=Tone("#c38d64", "#83532f", "#b27c53"),
    skin_far=Tone("#aa774f", "#774a2a", "#aa774f"),
    hair=Tone("#3b2a26", "#231815", "#5a433c"),
    bun=True,
    **CLOTHES,
)
SHORT = Person(
    skin=Tone("#b97f56", "#774a2a", "#a77048"),
    skin_far=Tone("#9f6a44", "#6d4325", "#9f6a44"),
    hair=Tone("#5a5557", "#3d393b", "#777275"),
    bun=False,
    **CLOTHES,
)
