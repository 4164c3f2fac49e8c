"""Floor, furniture, and the marks that explain: arrows, ghosts and glowing muscles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import palette
from canvas import Canvas
from geometry import Corner, Node, Outline, Point, aim, bearing, number, place, smooth, union
from palette import Tone

OAK = Tone(palette.WOOD, palette.WOOD_LINE, palette.WOOD_DARK)
OAK_FAR = Tone(palette.WOOD_DARK, palette.WOOD_LINE, palette.WOOD_DARK)


def box(x: float, y: float, width: float, height: float, round_: float = 4) -> list[Node]:
    """A rectangle with softened corners."""
    r = min(round_, width / 2, height / 2)
    corners = (
        (complex(x, y), 1 + 0j, 1j),
        (complex(x + width, y), 1j, -1 + 0j),
        (complex(x + width, y + height), -1 + 0j, -1j),
        (complex(x, y + height), -1j, 1 + 0j),
    )
    nodes: list[Node] = []
    for at, along, down in corners:
        nodes += [Corner(at + down * r), at + (along + down) * r * 0.29, Corner(at + along * r)]
    return nodes


def corners(*points: tuple[float, float]) -> list[Node]:
    """An outline of straight lines."""
    return [Corner(complex(x, y)) for x, y in points]


def floor(canvas: Canvas, y: float) -> None:
    """The ground, from `y` to the lower edge of the panel."""
    w, r = number(canvas.width), number(canvas.round_)
    down = number(canvas.height - canvas.round_ - y)
    canvas.path(
        f"M0 {number(y)}h{w}v{down}a{r} {r} 0 0 1-{r} {r}H{r}a{r} {r} 0 0 1-{r}-{r}z",
        fill=palette.FLOOR,
    )


def shadow(
    canvas: Canvas, x: float, y: float, rx: float, ry: float = 9, fill: str = palette.SHADOW
) -> None:
    """A soft shadow on the ground."""
    canvas.add("ellipse", cx=x, cy=y, rx=rx, ry=ry, fill=fill)


def chair(
    canvas: Canvas, seat: float, ground: float, back: float, front: float, rise: float = 205
) -> None:
    """A firm wooden chair seen from its right; `back` and `front` bound the seat."""
    thick = 20.0
    top = seat - rise
    for x in (back + 26, front - 34):
        canvas.shape([box(x, seat + 8, 13, ground - seat - 16)], OAK_FAR, 3.6)
    straight = corners((back - 7, top + 4), (back + 14, seat + 6), (back + 14, ground - 1))
    straight += corners((back - 2, ground - 1), (back - 2, seat))
    knob = [Corner(complex(back - 22, top + 5)), complex(back - 19.5, top + 0.5)]
    leg = box(front - 22, seat + 10, 15, ground - seat - 11)
    plank = box(back - 2, seat, front - back + 4, thick, 8)
    canvas.shape([[*knob, complex(back - 10, top - 0.5), *straight], leg, plank], OAK, 3.6)
    canvas.stroke(
        [complex(back + 10, seat + thick), complex(front - 8, seat + thick)], palette.WOOD_LINE, 1.8
    )
    canvas.stroke(
        [complex(back + 14, ground - 40), complex(front - 22, ground - 40)], palette.WOOD_DARK, 7
    )


def mat(canvas: Canvas, left: float, right: float, far: float, near: float) -> None:
    """An exercise mat lying on the floor, its far and near edges at these heights."""
    slant = 22
    outline = corners((left + slant, far), (right - slant, far), (right, near), (left, near))
    side = corners((left, near), (right, near), (right, near + 9), (left, near + 9))
    canvas.shape([outline, side], Tone(palette.MAT_SIDE, palette.MAT_LINE, palette.MAT_SIDE), 3.6)
    canvas.blob(outline, palette.MAT)


def cushion(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    """A flat cushion whose middle top is at x, y."""
    tone = Tone(palette.CUSHION, palette.CUSHION_LINE, palette.CUSHION_SIDE)
    canvas.shape([box(x - width / 2, y, width, height, 10)], tone, 3.6)
    seam = y + height * 0.55
    canvas.stroke(
        [complex(x - width / 2 + 5, seam), complex(x + width / 2 - 5, seam)],
        palette.CUSHION_LINE,
        1.6,
    )


def pillow(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    """A pillow whose left lower corner is at x, y."""
    upper = ((0, 0.45), (12, 0.95), (width * 0.45, 0.9), (width - 14, 0.6), (width, 0.28))
    outline: list[Node] = [complex(x + dx, y - height * share) for dx, share in upper]
    outline += [complex(x + dx, y - dy) for dx, dy in ((width - 14, 1), (width * 0.5, 0), (14, 1))]
    canvas.shape([outline], Tone(palette.LINEN, palette.LINEN_LINE, palette.LINEN_SIDE), 3.6)


def bed(canvas: Canvas, left: float, right: float, top: float, ground: float, depth: float) -> None:
    """A firm bed seen from its near side and a little from above."""
    thick = 62.0
    slant = depth * 0.55
    for x in (left + 14, right - 34):
        canvas.shape([box(x, top + thick, 20, ground - top - thick)], OAK, 3.6)
    canvas.shape([box(left - 3, top + thick - 6, right - left + 6, 24, 5)], OAK, 3.6)
    far = top - depth
    surface = corners((left + slant, far), (right - slant, far), (right, top), (left, top))
    canvas.shape(
        [surface, box(left, top - 6, right - left, thick + 6, 10)],
        Tone(palette.LINEN_SIDE, palette.LINEN_LINE, palette.LINEN_SIDE),
        3.6,
    )
    canvas.blob(surface, palette.LINEN)
    canvas.stroke(
        [complex(left + 6, top + 46), complex(right - 6, top + 46)], palette.LINEN_LINE, 1.6
    )


def arrow(
    canvas: Canvas,
    nodes: Sequence[Point],
    width: float = 10,
    head: float = 25,
    tint: str = palette.ACCENT,
) -> None:
    """A curved movement arrow with a pale rim, pointing to the last node."""
    tip = nodes[-1]
    heading = bearing(tip - nodes[-2])
    neck = tip - aim(heading) * head * 0.6
    line = smooth([*nodes[:-1], neck], closed=False)
    point: list[Node] = [
        Corner(tip),
        Corner(place(tip, heading, -head, head * 0.6)),
        Corner(place(tip, heading, -head, -head * 0.6)),
    ]
    for colour, extra in ((palette.PAPER, 9.0), (tint, 0.0)):
        canvas.path(line, fill="none", stroke=colour, stroke_width=width + extra)
        canvas.path(smooth(point), fill=colour, stroke=colour, stroke_width=4 + extra)


def arc(centre: Point, radius: float, start: float, stop: float, points: int = 7) -> list[Point]:
    """Points along a circle."""
    return [centre + radius * aim(start + (stop - start) * i / (points - 1)) for i in range(points)]


def ghost(canvas: Canvas, outlines: Sequence[Outline]) -> None:
    """Where a limb was before it moved: pale, with a dashed edge."""
    canvas.path(
        union(outlines),
        fill=palette.GHOST,
        stroke=palette.GHOST_LINE,
        stroke_width=4.4,
        stroke_dasharray="20 16",
    )


def glow(canvas: Canvas, nodes: Sequence[Point], width: float, *, pulled: bool = False) -> None:
    """A muscle as felt from outside, thin where it ends. At work it has fibres; one that is stretched has
    an arrow with two heads along it."""
    middle = along(nodes, 16)
    last = len(middle) - 1

    def offset(i: int, share: float) -> Point:
        before, after = middle[max(0, i - 1)], middle[min(last, i + 1)]
        t = i / last
        thick = 0.2 + 0.8 * math.sin(math.pi * t) ** 0.7
        return middle[i] + aim(bearing(after - before) + 90) * width * thick * share / 2

    belly: list[Node] = [offset(i, 1) for i in range(last + 1)]
    belly += [offset(i, -1) for i in range(last, -1, -1)]
    canvas.path(smooth(belly), fill=palette.GLOW, stroke=palette.GLOW, stroke_width=9, opacity=0.25)
    canvas.path(smooth(belly), fill=palette.ACCENT, stroke=palette.MUSCLE_LINE, stroke_width=3)
    if pulled:
        pull(canvas, middle)
        return
    for share in (-0.5, 0.0, 0.5):
        canvas.stroke([offset(i, share) for i in range(1, last, 2)], palette.CREAM, 2.2)


def pull(canvas: Canvas, middle: Sequence[Point]) -> None:
    """An arrow with two heads: what lies along this line becomes longer."""
    last = len(middle) - 1
    canvas.stroke([middle[i] for i in range(2, last - 1, 2)], palette.CREAM, 4.4)
    for tip, before in ((middle[0], middle[2]), (middle[last], middle[last - 2])):
        heading = bearing(tip - before)
        wings = [place(tip, heading, -15, side) for side in (10, -10)]
        head: list[Node] = [Corner(tip), *map(Corner, wings)]
        canvas.path(smooth(head), fill=palette.CREAM, stroke=palette.MUSCLE_LINE, stroke_width=3)


def along(nodes: Sequence[Point], steps: int) -> list[Point]:
    """Points of a smooth curve through the nodes, evenly spaced."""
    fine: list[Point] = []
    ends = [2 * nodes[0] - nodes[1], *nodes, 2 * nodes[-1] - nodes[-2]]
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        for t in (i / 12 for i in range(12)):
            fine.append(
                b
                + (c - a) * t / 2
                + (2 * a - 5 * b + 4 * c - d) * t**2 / 2
                + (3 * b - a - 3 * c + d) * t**3 / 2
            )
    fine.append(nodes[-1])
    total = sum(abs(b - a) for a, b in pairwise(fine))
    found, passed, want = [fine[0]], 0.0, total / steps
    for a, b in pairwise(fine):
        step = abs(b - a)
        while len(found) < steps and passed + step >= want * len(found):
            found.append(a + (b - a) * ((want * len(found) - passed) / step if step else 0))
        passed += step
    return [*found[:steps], nodes[-1]]


def stripe(canvas: Canvas, nodes: Sequence[Point]) -> None:
    """The pale side stripe that marks the working leg."""
    canvas.stroke(list(nodes), palette.CREAM, 3.4, stroke_dasharray="22 17")


def way(canvas: Canvas, centre: Point, radius: float, angle: float) -> None:
    """From lying up to an angle, with a mark where it ends: so far, and no further."""
    dots = arc(centre, radius, 0, angle, 7)
    canvas.stroke(dots, palette.GHOST_LINE, 3, stroke_dasharray="3 15")
