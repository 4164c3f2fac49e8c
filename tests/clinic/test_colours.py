"""Contrast of every pair of colours that meet on a page, in both schemes.

WCAG 2.2: 7:1 for body text (1.4.6), 4.5:1 for other text (1.4.3), 3:1 for edges (1.4.11).
"""

import re

import pytest
from django.conf import settings

from clinic.palettes import COLOURS, Palette

TOKENS = (settings.BASE_DIR / "frontend/scss/_tokens.scss").read_text()
LIGHT_BLOCK, DARK_BLOCK = TOKENS.split("@media (prefers-color-scheme: dark)")
COLOUR = re.compile(r"--([\w-]+): (#[0-9a-f]{3,6});")
LIGHT = dict(COLOUR.findall(LIGHT_BLOCK))
DARK = LIGHT | dict(COLOUR.findall(DARK_BLOCK))

SHEET = (settings.BASE_DIR / "clinic/static/clinic/site.css").read_text()
CHOSEN = re.compile(r"(?<!-)--([\w-]+):(#[0-9a-f]{3,6})")
SCHEMES = {"pine light": LIGHT, "pine dark": DARK}
# A chosen palette stands above the tokens of both schemes: its light part too, unless its dark one
# says otherwise.
CHOSEN_LIGHT: dict[str, dict[str, str]] = {}
for name, block in re.findall(r':root\[data-palette="?(\w+)"?\]{(.*?)}', SHEET):
    colours = dict(CHOSEN.findall(block))
    if name not in CHOSEN_LIGHT:
        CHOSEN_LIGHT[name] = colours
        SCHEMES[f"{name} light"] = LIGHT | colours
        SCHEMES[f"{name} dark"] = DARK | colours
    else:
        SCHEMES[f"{name} dark"] |= colours

SHEETS = ("paper", "surface", "tint")
PAIRS = [
    *(("ink", sheet, 7) for sheet in (*SHEETS, "good-tint", "bad-tint", "notice")),
    *(("ink-soft", sheet, 7) for sheet in ("paper", "surface")),
    ("ink-soft", "tint", 4.5),
    *(("link", sheet, 4.5) for sheet in SHEETS),
    *(("link-hover", sheet, 4.5) for sheet in SHEETS),
    *(("coral-ink", sheet, 4.5) for sheet in SHEETS),
    *(("bad", sheet, 4.5) for sheet in ("paper", "surface", "bad-tint")),
    ("good", "good-tint", 4.5),
    ("on-brand", "brand", 4.5),
    ("on-brand", "brand-strong", 4.5),
    ("on-bad", "bad", 4.5),
    ("on-alarm", "alarm-strong", 4.5),
    ("on-alarm", "alarm", 7),
    ("on-deep", "deep", 7),
    ("on-deep-soft", "deep", 7),
    ("coral", "deep", 4.5),
    ("on-deep", "mark", 4.5),
    ("coral", "mark", 3),
    ("on-coral", "coral", 7),
    ("on-coral", "coral-strong", 7),
    ("focus-ink", "focus", 7),
    *(("line-input", sheet, 3) for sheet in SHEETS),
    *(("brand", sheet, 3) for sheet in SHEETS),
    ("notice-line", "notice", 3),
]


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_contrast(scheme):
    colours = SCHEMES[scheme]
    found = [
        (text, sheet)
        for text, sheet, wanted in PAIRS
        if contrast(colours[text], colours[sheet]) < wanted
    ]
    assert found == []


@pytest.mark.parametrize("palette", Palette)
def test_mails_have_the_colours_of_the_site(palette):
    colours = COLOURS[palette]
    light, dark = SCHEMES[f"{palette} light"], SCHEMES[f"{palette} dark"]

    for name in ("deep", "on_deep_soft", "brand", "link"):
        assert getattr(colours, name) == light[name.replace("_", "-")]
    for name in ("brand", "on_brand", "link", "paper", "surface", "line", "ink_soft"):
        assert getattr(colours, f"{name}_dark") == dark[name.replace("_", "-")]


def test_every_palette_has_a_scheme_of_its_own():
    assert {name.split()[0] for name in SCHEMES} == set(Palette)
    assert all(colours["brand"] != LIGHT["brand"] for colours in CHOSEN_LIGHT.values())


def test_measure_itself():
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_no_palette_prints_its_own_colours():
    """What print sets must count for a chosen palette too, and stand after it."""
    printed = re.search(r":root,:root\[data-palette\]{[^}]*}", SHEET)
    assert printed.start() > SHEET.rindex(":root[data-palette=")
    chosen = {name for colours in CHOSEN_LIGHT.values() for name in colours}
    grounds = chosen - {"brand", "brand-strong", "mark"}  # of lines and marks alone
    assert all(f"--{name}:" in printed[0] for name in grounds)
