"""What a sheet's typefaces can show. A PDF for screen readers (PDF/UA) refuses any other character."""

import struct
import unicodedata
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import typst

OURS = Path(__file__).resolve().parent / "fonts"
"""Figtree and Literata as TrueType, one file a weight: fonttools made them of our web fonts."""
UNKNOWN = "■"
"""Stands for a character that no typeface shows, so that a reader sees that something is missing."""
BLANKS = frozenset({"Cc", "Zl", "Zp"})
FOR_NOBODY = frozenset({"Cn", "Co", "Cs"})  # unassigned, private, half of a pair
KEPT = frozenset("\n\u00ad\u2060")  # a new line, a soft hyphen, and the sign against a line break
FORMS = range(0xFE00, 0xFE10)  # choose between a letter's shapes; nothing by themselves


@lru_cache(maxsize=1)
def folder() -> Path:
    spec = find_spec("font_source_sans_pro")
    if spec is None or spec.origin is None:
        raise RuntimeError("font-source-sans-pro is not installed")
    return Path(spec.origin).parent / "files"


@lru_cache(maxsize=1)
def fonts() -> "typst.Fonts":
    """The site's own typefaces, cut from its web fonts, and one with more letters behind them.

    So a sheet looks the same on every server. The server's own stand behind these, for scripts that ours
    lack: `fonts-noto-cjk` prints Chinese.
    """
    import typst

    return typst.Fonts(include_system_fonts=True, font_paths=[str(OURS), str(folder())])


@lru_cache(maxsize=1)
def covered() -> frozenset[str]:
    """Every character of our own font, from the table `cmap` of the file (format 12)."""
    data = (folder() / "SourceSansPro-Regular.otf").read_bytes()
    (tables,) = struct.unpack_from(">H", data, 4)
    rows = [struct.unpack_from(">4sLLL", data, 12 + 16 * n) for n in range(tables)]
    start = next(offset for tag, _, offset, _ in rows if tag == b"cmap")
    (maps,) = struct.unpack_from(">H", data, start + 2)
    found: set[str] = set()
    for n in range(maps):
        at = start + struct.unpack_from(">L", data, start + 8 + 8 * n)[0]
        if struct.unpack_from(">H", data, at)[0] != 12:
            continue
        (groups,) = struct.unpack_from(">L", data, at + 12)
        for group in range(groups):
            first, last, _ = struct.unpack_from(">LLL", data, at + 16 + 12 * group)
            found.update(chr(code) for code in range(first, last + 1))
    return frozenset(found)


def readable(text: str) -> str:
    """Without what no typeface has a letter for: control characters, joiners, private signs."""
    kept = "".join(_readable(character) for character in text)
    return UNKNOWN if text.strip() and not kept.strip() else kept


def _readable(character: str) -> str:
    kind = unicodedata.category(character)
    if character in KEPT:
        return character
    if kind in BLANKS:
        return " "
    if kind in FOR_NOBODY:
        return UNKNOWN
    return "" if kind == "Cf" or ord(character) in FORMS else character


def in_our_font(text: str) -> str:
    """The text with `UNKNOWN` for each character that our own font lacks."""
    letters = unicodedata.normalize("NFC", text)
    return "".join(one if one in covered() or one in KEPT else UNKNOWN for one in letters)


def everywhere(value: Any, change: Any) -> Any:
    """A sheet's data with `change` made to every text in it."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: everywhere(inner, change) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [everywhere(inner, change) for inner in value]
    return value
