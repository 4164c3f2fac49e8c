"""Collects SVG elements and writes the finished file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from xml.sax.saxutils import escape

import letters
from geometry import FINE, Node, Outline, Point, number, smooth, union
from palette import PAPER, Tone

PLAIN = {"opacity", "fill_opacity", "offset"}


def attributes(**values: str | float) -> str:
    """XML attributes; numbers are lengths unless the name says otherwise."""
    return "".join(
        f' {key.replace("_", "-")}="'
        f'{value if isinstance(value, str) else f"{value:g}" if key in PLAIN else number(value)}"'
        for key, value in values.items()
    )


class Canvas:
    """One drawing, on a panel of warm paper with rounded corners."""

    round_ = 28.0

    def __init__(self, width: int, height: int, title: str, description: str) -> None:
        self.width, self.height = width, height
        self.title, self.description = title, description
        self.defs: list[str] = []
        self.body: list[str] = []
        self.add("rect", x=0, y=0, width=width, height=height, rx=self.round_, fill=PAPER)

    def add(self, tag: str, **values: str | float) -> None:
        """Add an empty element."""
        self.body.append(f"<{tag}{attributes(**values)}/>")

    def path(self, data: str, **values: str | float) -> None:
        """Add a path."""
        self.body.append(f'<path d="{data}"{attributes(**values)}/>')

    def shape(
        self, outlines: Sequence[Outline], tone: Tone, width: float = 4.4, **extra: str | float
    ) -> None:
        """Fill overlapping outlines as one shape, with one contour around them all."""
        self.path(union(outlines), fill=tone.fill, stroke=tone.line, stroke_width=width, **extra)

    def blob(self, nodes: Outline, fill: str, **extra: str | float) -> None:
        """A filled outline without contour."""
        self.path(union([nodes]), fill=fill, **extra)

    def stroke(
        self, nodes: Sequence[Node], colour: str, width: float, **extra: str | float
    ) -> None:
        """An open smooth line with round ends."""
        line = smooth(nodes, closed=False)
        self.path(line, fill="none", stroke=colour, stroke_width=width, **extra)

    @contextmanager
    def faded(self, opacity: float, *, cue: bool = False) -> Iterator[None]:
        """What is drawn inside is seen through, or not at all; a cue is not for the way back."""
        named = ' class="cue"' if cue else ""
        self.body.append(f"<g{named}{attributes(opacity=round(opacity, 2))}>")
        yield
        self.body.append("</g>")

    @contextmanager
    def mirrored(self, name: str, middle: float) -> Iterator[None]:
        """What is drawn inside appears again on the other side of a vertical line."""
        first = len(self.body)
        yield
        self.body[first:] = [f'<g id="{name}">{"".join(self.body[first:])}</g>']
        self.body.append(
            f'<use href="#{name}" transform="matrix(-1 0 0 1 {number(2 * middle)} 0)"/>'
        )

    def text(
        self,
        at: Point,
        words: str,
        size: float,
        *,
        fill: str,
        weight: int = 400,
        middle: bool = False,
    ) -> None:
        """A line of text that begins at a point, or has its middle there."""
        placed, length = letters.placed(words, weight)
        font = letters.outlines(weight)
        scale = size * FINE / letters.UNITS
        shapes = []
        for letter, distance in placed:
            if outline := font["glyphs"][letter][1]:
                name = letters.name(letter, weight)
                shapes.append(f'<use href="#{name}" x="{distance}"/>')
                shape = f'<path id="{name}" d="{outline}"/>'
                if shape not in self.defs:
                    self.defs.append(shape)
        left = at.real * FINE - (length * scale / 2 if middle else 0)
        self.body.append(
            f'<g fill="{fill}" transform="translate({left:.0f} {number(at.imag)}) scale({scale:.4g})">'
            f"{''.join(shapes)}</g>"
        )

    def svg(self) -> str:
        """The whole file."""
        defs = f"<defs>{''.join(self.defs)}</defs>" if self.defs else ""
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" role="img" '
            f'viewBox="0 0 {number(self.width)} {number(self.height)}" '
            'paint-order="stroke" stroke-linejoin="round" stroke-linecap="round">'
            f"<title>{escape(self.title)}</title><desc>{escape(self.description)}"
            f"</desc>{defs}\n" + "\n".join(self.body) + "\n</svg>\n"
        )
