"""Plane geometry for the drawings: points are complex numbers, y grows downwards as in SVG."""

from __future__ import annotations

import cmath
import math
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass

Point = complex


@dataclass(frozen=True)
class Corner:
    """A contour point that stays sharp."""

    at: Point


@dataclass(frozen=True)
class Disc:
    """A true circle among outlines."""

    centre: Point
    radius: float


Node = Point | Corner


def aim(degrees: float) -> Point:
    """Unit vector for an angle counted anticlockwise from "to the right", as seen on the page."""
    return cmath.rect(1, math.radians(-degrees))


def bearing(vector: Point) -> float:
    """Angle of a vector in the sense of `aim`."""
    return -math.degrees(cmath.phase(vector))


def place(origin: Point, degrees: float, x: float, y: float) -> Point:
    """The point `x` along the axis `degrees` and `y` to its left (anticlockwise) side."""
    return origin + x * aim(degrees) + y * aim(degrees + 90)


def mix(start: float, end: float, share: float) -> float:
    """A number between two."""
    return start + (end - start) * share


def bend(root: Point, tip: Point, upper: float, lower: float, side: int) -> Point:
    """The middle joint of a two-bone limb from root to tip; `side` picks one of two answers."""
    reach = tip - root
    distance = min(abs(reach), 0.9995 * (upper + lower))
    cosine = (upper**2 + distance**2 - lower**2) / (2 * upper * distance)
    angle = math.degrees(math.acos(max(-1.0, min(1.0, cosine))))
    return root + upper * aim(bearing(reach) + side * angle)


FINE = 2  # Files count in half units, so that whole numbers are exact enough.


def number(value: float) -> str:
    """A length in the file's units."""
    return str(round(value * FINE))


def numbers(values: Iterable[float]) -> str:
    """Lengths joined as path data, without needless spaces."""
    out = ""
    for value in values:
        text = number(value)
        out += text if not out or text.startswith("-") else " " + text
    return out


def snapped(at: Point) -> Point:
    """The nearest point that a file can hold."""
    return complex(round(at.real * FINE) / FINE, round(at.imag * FINE) / FINE)


class Rhythm:
    """Which curves leave as the last one arrived. The poses of one drawing decide alike.

    So all of them have the same commands, and one can become the other.
    """

    def __init__(self) -> None:
        self.decided: list[bool] = []
        self.at = 0

    def follows(self, fits: bool) -> bool:
        """The first pose's decision at this place; its own, if this is the first."""
        if self.at == len(self.decided):
            self.decided.append(fits)
        self.at += 1
        return self.decided[self.at - 1]


RHYTHM: ContextVar[Rhythm | None] = ContextVar("rhythm", default=None)


class Pen:
    """Writes path data with relative curves, keeping the rounding error from adding up."""

    def __init__(self) -> None:
        self.data = ""
        self.here = 0j

    def _relative(self, points: Sequence[Point]) -> str:
        deltas = [snapped(p) - self.here for p in points]
        self.here = snapped(points[-1])
        return numbers(v for d in deltas for v in (d.real, d.imag))

    def move(self, to: Point) -> None:
        """Start a line."""
        self.here = snapped(to)
        self.data += "M" + numbers((to.real, to.imag))

    def line(self, to: Point) -> None:
        """Draw straight on."""
        self.data += "l" + self._relative([to])

    def curve(self, first: Point, second: Point, to: Point) -> None:
        """Draw a cubic curve with these control points."""
        self.data += "c" + self._relative([first, second, to])

    def follow(self, second: Point, to: Point) -> None:
        """Draw a curve that leaves as the last one arrived."""
        self.data += "s" + self._relative([second, to])

    def close(self) -> None:
        """Go back to the start."""
        self.data += "z"


def _tangents(nodes: Sequence[Node], closed: bool) -> list[tuple[Point, Point, Point]]:
    """For each node: its point and the unit directions in which curves arrive and leave."""
    points = [n.at if isinstance(n, Corner) else n for n in nodes]
    count = len(points)
    result = []
    for i, here in enumerate(points):
        before = points[i - 1] if closed or i else here
        after = points[(i + 1) % count] if closed or i + 1 < count else here
        back, ahead = here - before, after - here
        unit_back = back / abs(back) if back else 0j
        unit_ahead = ahead / abs(ahead) if ahead else 0j
        if isinstance(nodes[i], Corner):
            result.append((here, unit_back, unit_ahead))
            continue
        # The shorter neighbour weighs more, which keeps curves from bulging past their points.
        mix = unit_back * abs(ahead) + unit_ahead * abs(back)
        if not mix:
            mix = unit_back or unit_ahead
        unit = mix / abs(mix) if mix else 0j
        result.append((here, unit, unit))
    return result


def smooth(nodes: Sequence[Node], closed: bool = True) -> str:
    """Path data of a smooth curve through the nodes."""
    ends = _tangents(nodes, closed)
    pen = Pen()
    pen.move(ends[0][0])
    count = len(ends)
    corner = [isinstance(n, Corner) for n in nodes]
    before = 0.0
    for i in range(count if closed else count - 1):
        (start, _, leave), (stop, arrive, _) = ends[i], ends[(i + 1) % count]
        if corner[i] and corner[(i + 1) % count]:
            if i + 1 < count:
                pen.line(stop)
            before = 0
            continue
        handle = abs(stop - start) * 0.36
        follows = bool(before and not corner[i] and 0.68 < before / handle < 1.5)
        if rhythm := RHYTHM.get():
            follows = rhythm.follows(follows)
        if follows:
            pen.follow(stop - arrive * handle, stop)
        else:
            pen.curve(start + leave * handle, stop - arrive * handle, stop)
        before = handle
    if closed:
        pen.close()
    return pen.data


def area(nodes: Sequence[Node]) -> float:
    """Signed area, to give overlapping outlines the same direction."""
    points = [n.at if isinstance(n, Corner) else n for n in nodes]
    return sum(
        (a.conjugate() * b).imag for a, b in zip(points, points[1:] + points[:1], strict=True)
    )


def oriented(nodes: Sequence[Node]) -> list[Node]:
    """The same outline, always drawn clockwise."""
    return list(nodes) if area(nodes) > 0 else list(reversed(nodes))


Outline = Sequence[Node] | Disc


def sharp(node: Node) -> Corner:
    """The same point as a corner."""
    return node if isinstance(node, Corner) else Corner(node)


def disc(shape: Disc) -> str:
    """Path data of a circle, clockwise."""
    r = number(shape.radius)
    start = numbers((shape.centre.real - shape.radius, shape.centre.imag))
    across = number(2 * shape.radius)
    return f"M{start}a{r} {r} 0 0 1 {across} 0a{r} {r} 0 0 1-{across} 0z"


def union(outlines: Iterable[Outline]) -> str:
    """Path data in which overlapping outlines fill as one shape."""
    return "".join(disc(o) if isinstance(o, Disc) else smooth(oriented(o)) for o in outlines)
