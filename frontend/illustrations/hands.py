"""Hands, as outlines from the wrist outwards in fractions of standing height."""

from __future__ import annotations

from geometry import Node, Point, mix, place

Outline = tuple[tuple[float, float], ...]

# A flat hand and one that grips have equally many points, so that one can close into the other.
# x runs from the wrist to the finger tips, y towards the thumb.
THUMB: Outline = (
    (0.008, 0.012), (0.026, 0.027), (0.043, 0.0355), (0.056, 0.0375), (0.0605, 0.033),
    (0.05, 0.0265), (0.036, 0.015),
)  # fmt: skip
GRIP: Outline = (
    (-0.005, 0.0142), (0.012, 0.0185), (0.03, 0.0235), (0.05, 0.0245), (0.064, 0.0235),
    (0.07, 0.018), (0.0715, 0.0), (0.069, -0.017), (0.062, -0.021), (0.045, -0.021),
    (0.026, -0.019), (0.008, -0.0145), (-0.005, -0.0138),
)  # fmt: skip
SIDE: Outline = (
    (-0.005, 0.0142), (0.015, 0.0155), (0.04, 0.0135), (0.053, 0.0118), (0.066, 0.0095),
    (0.09, 0.0035), (0.1, -0.004), (0.097, -0.0095), (0.08, -0.0095), (0.05, -0.0115),
    (0.035, -0.0131), (0.02, -0.0145), (-0.005, -0.0138),
)  # fmt: skip
SIDE_THUMB: Outline = (
    (0.01, -0.004), (0.03, -0.0125), (0.05, -0.0165), (0.062, -0.0165), (0.064, -0.011),
    (0.05, -0.0055), (0.03, 0.002),
)  # fmt: skip


def closing(share: float) -> tuple[Outline, Outline]:
    """Hand and thumb between flat (0) and gripping (1)."""

    def between(flat: Outline, grip: Outline) -> Outline:
        pairs = zip(flat, grip, strict=True)
        return tuple((mix(a[0], b[0], share), mix(a[1], b[1], share)) for a, b in pairs)

    return between(SIDE, GRIP), between(SIDE_THUMB, THUMB)


def hand(wrist: Point, angle: float, size: float, table: Outline) -> list[Node]:
    """One outline of a hand."""
    return [place(wrist, angle, x * size, y * size) for x, y in table]


def finger_lines(wrist: Point, angle: float, size: float) -> list[list[Node]]:
    """Three short lines between the fingers of a hand that holds."""
    return [
        [
            place(wrist, angle, x * size, y * share * size)
            for x, share in ((0.042, 1), (0.066, 0.94))
        ]
        for y in (0.0125, 0.0015, -0.0095)
    ]
