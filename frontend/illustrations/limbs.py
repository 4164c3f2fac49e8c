"""Arms and legs: their joints, and the contour of a segment."""

from __future__ import annotations

from dataclasses import astuple, dataclass

from geometry import Node, Point, bearing, mix, place, sharp
from profiles import Profile


@dataclass(frozen=True)
class Leg:
    """Joints of a leg; angles point away from the hip, the foot's from heel to toe."""

    hip: Point
    thigh: float
    shin: float
    foot: float
    knee: Point
    ankle: Point

    @property
    def turn(self) -> Turn:
        return Turn(self.thigh, self.shin, self.foot)


@dataclass(frozen=True)
class Turn:
    """The angles of a leg's thigh, shin and foot."""

    thigh: float
    shin: float
    foot: float

    def towards(self, other: Turn, share: float) -> Turn:
        """The angles when that share of the way to `other` is done."""
        pairs = zip(astuple(self), astuple(other), strict=True)
        return Turn(*(mix(a, b, share) for a, b in pairs))


@dataclass(frozen=True)
class Arm:
    """Joints of an arm."""

    shoulder: Point
    elbow: Point
    wrist: Point

    @property
    def upper(self) -> float:
        """Angle of the upper arm."""
        return bearing(self.elbow - self.shoulder)

    @property
    def fore(self) -> float:
        """Angle of the forearm."""
        return bearing(self.wrist - self.elbow)


def outline(
    origin: Point, angle: float, length: float, profile: Profile, size: float
) -> list[Node]:
    """The contour of a limb segment from its profile table."""
    front: list[Node] = [place(origin, angle, t * length * size, f * size) for t, f, _ in profile]
    back: list[Node] = [place(origin, angle, t * length * size, -b * size) for t, _, b in profile]
    front[-1], back[-1] = sharp(front[-1]), sharp(back[-1])
    if profile[0][0] >= 0:
        front[0], back[0] = sharp(front[0]), sharp(back[0])
    return [*front, *reversed(back)]
