"""Words as shapes, in the site's own typeface: a picture in `<img>` cannot use the page's fonts.

`letters.json` holds the outlines of Figtree's letters and how closely each two of them stand. Run
this file to write it anew from clinic/static/clinic/fonts/figtree.woff2; that alone needs
`pip install fonttools brotli uharfbuzz`.
"""

from __future__ import annotations

import json
import string
from functools import cache
from pathlib import Path
from typing import Any

FONT = Path(__file__).parents[2] / "clinic/static/clinic/fonts/figtree.woff2"
OUTLINES = Path(__file__).with_name("letters.json")
WEIGHTS = (400, 600)
UNITS = 400  # to an em: fine enough for labels, and a file half as large
LETTERS = string.ascii_letters + string.digits + " .,:;()-–'’°" + "áéíóúüñÁÉÍÓÚÑ"


@cache
def outlines(weight: int) -> dict[str, Any]:
    """The letters of that weight: of each the advance and path, y downwards, in UNITS to an em."""
    return json.loads(OUTLINES.read_text(encoding="utf-8"))[str(weight)]


def placed(words: str, weight: int) -> tuple[list[tuple[str, int]], int]:
    """Each letter with its distance from the beginning of the line, and the line's length, in units.

    Raises KeyError for a letter that `letters.json` does not have.
    """
    font = outlines(weight)
    at, result, last = 0, [], ""
    for letter in words:
        at += font["kerning"].get(last + letter, 0)
        result.append((letter, at))
        at += font["glyphs"][letter][0]
        last = letter
    return result, at


def name(letter: str, weight: int) -> str:
    """The id of a letter's shape."""
    return f"l{weight // 100}{ord(letter):x}"


def read_font(weight: int) -> dict[str, Any]:
    """The outlines of one weight, from the variable font."""
    from io import BytesIO

    import uharfbuzz
    from fontTools.pens.svgPathPen import SVGPathPen
    from fontTools.pens.transformPen import TransformPen
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    font = instantiateVariableFont(TTFont(FONT), {"wght": weight})
    font.flavor = None
    scale = UNITS / font["head"].unitsPerEm
    font.save(plain := BytesIO())
    shaper = uharfbuzz.Font(uharfbuzz.Face(plain.getvalue()))

    def length(words: str) -> int:
        buffer = uharfbuzz.Buffer()
        buffer.add_str(words)
        buffer.guess_segment_properties()
        # Letters are placed one by one, so none may join another.
        uharfbuzz.shape(shaper, buffer, {"liga": False, "calt": False, "dlig": False})
        return sum(position.x_advance for position in buffer.glyph_positions)

    shapes, names = font.getGlyphSet(), font.getBestCmap()
    single = {letter: length(letter) for letter in LETTERS}
    glyphs = {}
    for letter in LETTERS:
        pen = SVGPathPen(shapes, ntos=lambda value: str(round(value)))
        shapes[names[ord(letter)]].draw(TransformPen(pen, (scale, 0, 0, -scale, 0, 0)))
        glyphs[letter] = [round(scale * single[letter]), pen.getCommands()]
    kerning = {
        first + second: closer
        for first in LETTERS
        for second in LETTERS
        if (closer := round(scale * (length(first + second) - single[first] - single[second])))
    }
    return {"glyphs": glyphs, "kerning": kerning}


if __name__ == "__main__":
    found = {weight: read_font(weight) for weight in WEIGHTS}
    OUTLINES.write_text(
        json.dumps(found, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8"
    )
