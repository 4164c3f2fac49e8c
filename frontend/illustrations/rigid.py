"""A shape that moves as a whole: its turn and its way take far fewer letters than all its outlines."""

from __future__ import annotations

import cmath
import math
import re
from dataclasses import dataclass

from geometry import Point

NUMBER = re.compile(r"-?\d+")
STEP = re.compile(r"([MlcsazhvH])([^A-Za-z]*)")
CLOSE_ENOUGH = 2.5  # units of the file, of which a drawing is 1,280 wide
PIVOT_DEGREES = 2.0


@dataclass(frozen=True)
class Motion:
    """Where a shape goes from its first pose: degrees clockwise round `pivot`, and a way beside that."""

    pivot: Point
    turns: list[float]
    ways: list[Point]


def corners(data: str) -> list[Point] | None:
    """The points of path data of ours, absolute; None for one that has arcs of its own."""
    here, found = 0j, []
    for command, text in STEP.findall(data):
        values = [int(value) for value in NUMBER.findall(text)]
        pairs = [complex(x, y) for x, y in zip(values[::2], values[1::2], strict=False)]
        if command == "M":
            here = pairs[0]
            found.append(here)
        elif command in "lcs":
            found += [here + pair for pair in pairs]
            here = found[-1]
        elif command == "a":
            # Two half circles: from the left to the right and back.
            found.append(here + values[0])
        elif command != "z":
            return None
    return found


def motion(poses: list[str]) -> Motion | None:
    """How the path goes through its poses without changing its form, or None if it does change."""
    shapes = [corners(pose) for pose in poses]
    first = shapes[0]
    if first is None:
        return None
    fits = [fit(first, other or []) for other in shapes]
    if any(one is None for one in fits):
        return None
    turns, shifts = zip(*(one for one in fits if one), strict=True)
    degrees = [math.degrees(cmath.phase(turn)) for turn in turns]
    furthest = max(range(len(poses)), key=lambda n: abs(degrees[n]))
    middle = sum(first) / len(first)
    pivot = middle
    if abs(degrees[furthest]) > PIVOT_DEGREES:
        pivot = shifts[furthest] / (1 - turns[furthest])
    pivot = complex(round(pivot.real), round(pivot.imag))
    ways = [turn * pivot + shift - pivot for turn, shift in zip(turns, shifts, strict=True)]
    return Motion(pivot, degrees, ways)


def fit(first: list[Point], other: list[Point]) -> tuple[Point, Point] | None:
    """The turn and shift that bring one set of points onto the other, or None if none does."""
    if len(first) != len(other):
        return None
    middle, goal = sum(first) / len(first), sum(other) / len(other)
    turn = sum((b - goal) * (a - middle).conjugate() for a, b in zip(first, other, strict=True))
    turn = turn / abs(turn) if turn else 1 + 0j
    shift = goal - turn * middle
    furthest = max(abs(turn * a + shift - b) for a, b in zip(first, other, strict=True))
    return (turn, shift) if furthest <= CLOSE_ENOUGH else None
