"""A person in side view: joints from angles, outlines from tables, drawn from far to near."""

from __future__ import annotations

from collections.abc import Sequence

import profiles as p
from canvas import Canvas
from geometry import Corner, Disc, Node, Outline, Point, aim, bearing, bend, place
from limbs import Arm, Leg, Turn, outline
from palette import Person, Tone


class Figure:
    """A person of a given standing height whose hip joint is at `hip`."""

    def __init__(
        self,
        canvas: Canvas,
        person: Person,
        size: float,
        hip: Point,
        trunk: float,
        pelvis: float | None = None,
        head: float | None = None,
    ) -> None:
        self.canvas, self.person, self.size, self.hip = canvas, person, size, hip
        self.trunk = trunk
        self.pelvis = trunk if pelvis is None else pelvis
        self.head = trunk if head is None else head

    # Joints

    def spine(self, height: float, forward: float) -> Point:
        """A point of the trunk; the pelvis may be tilted against the chest."""

        def angle(at_height: float) -> float:
            share = min(1.0, max(0.0, (at_height - 0.05) / (0.14 - 0.05)))
            return self.pelvis + (self.trunk - self.pelvis) * share * share * (3 - 2 * share)

        at, done = self.hip, 0.0
        while done < height - 1e-9:
            step = min(0.01, height - done)
            at += aim(angle(done + step / 2)) * step * self.size
            done += step
        if height < 0:
            at += aim(self.pelvis) * height * self.size
        return at + aim(angle(height) - 90) * forward * self.size

    def leg(self, thigh: float, shin: float, foot: float, shift: Point = 0j) -> Leg:
        """A leg from its angles."""
        hip = self.hip + shift
        knee = hip + aim(thigh) * p.THIGH * self.size
        ankle = knee + aim(shin) * p.SHIN * self.size
        return Leg(hip, thigh, shin, foot, knee, ankle)

    def turned_leg(self, turn: Turn, shift: Point = 0j) -> Leg:
        """A leg from its angles, as one value."""
        return self.leg(turn.thigh, turn.shin, turn.foot, shift)

    def leg_to(self, ankle: Point, foot: float, shift: Point = 0j, side: int = 1) -> Leg:
        """A leg whose ankle is given."""
        hip = self.hip + shift
        knee = bend(hip, ankle, p.THIGH * self.size, p.SHIN * self.size, side)
        return self.leg(bearing(knee - hip), bearing(ankle - knee), foot, shift)

    def arm_to(self, wrist: Point, shift: Point = 0j, side: int = -1) -> Arm:
        """An arm whose wrist is given."""
        shoulder = self.spine(p.SHOULDER - 0.014, -0.004) + shift
        elbow = bend(shoulder, wrist, p.UPPER_ARM * self.size, p.FOREARM * self.size, side)
        reached = elbow + aim(bearing(wrist - elbow)) * p.FOREARM * self.size
        return Arm(shoulder, elbow, reached)

    # Parts

    def _segment(
        self, origin: Point, angle: float, length: float, profile: p.Profile
    ) -> list[Node]:
        return outline(origin, angle, length, profile, self.size)

    def foot_outlines(self, leg: Leg) -> list[Outline]:
        """Foot and ankle, to be filled as one."""
        # The ankle's end of the foot follows the shin, the sole does not.
        swing = (leg.shin + 90 - leg.foot + 180) % 360 - 180
        foot: list[Node] = [
            place(
                leg.ankle,
                leg.foot + swing * min(1.0, max(0.0, y / 0.03)),
                x * self.size,
                y * self.size,
            )
            for x, y in p.FOOT
        ]
        ankle = self._segment(leg.knee, leg.shin, p.SHIN, p.ANKLE_PROFILE)
        return [foot, ankle, Disc(leg.ankle, 0.0185 * self.size)]

    def draw_foot(self, leg: Leg, skin: Tone) -> None:
        """The bare foot and ankle."""
        self.canvas.shape(self.foot_outlines(leg), skin)

        def line(*points: tuple[float, float], **extra: float) -> None:
            along = [place(leg.ankle, leg.foot, x * self.size, y * self.size) for x, y in points]
            self.canvas.stroke(along, skin.line, 1.4, **extra)

        for x in (0.094, 0.0865):
            line((x, -0.0345), (x - 0.004, -0.0285))
        line((-0.006, -0.002), (0.001, -0.008), (0.008, -0.004), opacity=0.6)

    def leg_outlines(self, leg: Leg) -> list[Outline]:
        """Thigh, knee and shin, to be filled as one."""
        return [
            self._segment(leg.hip, leg.thigh, p.THIGH, p.THIGH_PROFILE),
            Disc(leg.knee, 0.0352 * self.size),
            self._segment(leg.knee, leg.shin, p.SHIN, p.SHIN_PROFILE),
        ]

    def whole_leg(self, leg: Leg) -> list[Outline]:
        """From the hip to the toes."""
        return [*self.leg_outlines(leg), *self.foot_outlines(leg)]

    def draw_leg(self, leg: Leg, far: bool = False, pelvis: bool = False) -> None:
        """A clothed leg with its foot."""
        person = self.person
        tone = person.trousers_far if far else person.trousers
        self.draw_foot(leg, person.skin_far if far else person.skin)
        shapes = self.leg_outlines(leg)
        if pelvis:
            shapes.append(self.pelvis_outline())
        self.canvas.shape(shapes, tone)
        self._shade_leg(leg, tone)

    def _shade_leg(self, leg: Leg, tone: Tone) -> None:
        for origin, angle, length, table, low, high in (
            (leg.hip, leg.thigh, p.THIGH, p.THIGH_PROFILE, 0.1, 0.95),
            (leg.knee, leg.shin, p.SHIN, p.SHIN_PROFILE, 0.05, 0.88),
        ):
            rows = [row for row in table if low <= row[0] <= high]
            outer = [
                place(origin, angle, t * length * self.size, -(b - 0.001) * self.size)
                for t, _, b in rows
            ]
            middle = place(origin, angle, (low + high) / 2 * length * self.size, -0.017 * self.size)
            self.canvas.blob(
                [Corner(outer[0]), *outer[1:-1], Corner(outer[-1]), middle], tone.shade
            )

    def pelvis_outline(self) -> list[Node]:
        """Hips and buttocks."""
        front = [self.spine(h, f) for h, f in p.TRUNK_FRONT if h <= 0.12]
        back = [self.spine(h, -b) for h, b in p.TRUNK_BACK if h <= 0.12]
        return [*front, *reversed(back)]

    def trunk_outline(self, hem: float = 0.028) -> list[Node]:
        """The T-shirt without sleeves, from the neck to a hem above the hip joint."""
        ease = 0.004
        front = [self.spine(h, f + ease) for h, f in p.TRUNK_FRONT if hem + 0.02 < h <= 0.3]
        back = [self.spine(h, -b - ease) for h, b in p.TRUNK_BACK if hem + 0.02 < h <= 0.31]
        return [
            Corner(self.spine(hem, -0.081)),
            self.spine(hem - 0.006, -0.03),
            self.spine(hem - 0.004, 0.03),
            Corner(self.spine(hem + 0.004, 0.066)),
            *front,
            Corner(self.spine(0.305, 0.024)),
            self.spine(0.296, 0.0),
            Corner(self.spine(0.315, -0.034)),
            *reversed(back),
        ]

    def draw_shirt(self, hem: float = 0.028) -> None:
        """The trunk in its T-shirt."""
        tone, ease = self.person.top, 0.004
        nodes = self.trunk_outline(hem)
        self.canvas.shape([nodes], tone)
        self.canvas.blob(
            [
                Corner(self.spine(hem + 0.002, -0.079)),
                *(self.spine(h, -b - ease + 0.001) for h, b in p.TRUNK_BACK if hem < h <= 0.3),
                *(self.spine(h, -0.028) for h in (0.24, 0.17, 0.11, 0.06)),
            ],
            tone.shade,
        )

    def head_point(self, x: float, y: float) -> Point:
        """A point of the head, in units of its height."""
        base = self.spine(p.NECK, -0.004)
        lift = (self.trunk + self.head) / 2
        origin = base + aim(lift) * 0.027 * self.size + aim(lift - 90) * 0.013 * self.size
        unit = p.HEAD * self.size
        return place(origin, self.head, y * unit, -x * unit)

    def neck_outline(self) -> list[Node]:
        """From the collar to below jaw and hair."""
        head = ((0.16, -0.02), (0.14, 0.14), (-0.1, 0.35), (-0.32, 0.36), (-0.325, 0.2))
        front = [self.spine(0.285, 0.026), self.spine(0.31, 0.0235)]
        back = [self.spine(0.322, -0.034), self.spine(0.29, -0.04)]
        return [*front, *(self.head_point(x, y) for x, y in head), *back]

    def bust_outlines(self) -> list[Outline]:
        """Trunk, neck and head, to be filled as one."""
        at = self.head_point
        hair = p.HAIR_BUN if self.person.bun else p.HAIR_SHORT
        head: list[Outline] = [[at(x, y) for x, y in table] for table in (p.FACE, hair)]
        return [self.trunk_outline(), self.neck_outline(), *head]

    def draw_head(self) -> None:
        """Neck, face in profile, ear and hair."""
        canvas, person = self.canvas, self.person
        skin, at = person.skin, self.head_point
        neck = self.neck_outline()
        if person.bun:
            canvas.shape([Disc(at(-0.46, 0.86), 0.165 * p.HEAD * self.size)], person.hair)
        face = [at(x, y) for x, y in p.FACE]
        canvas.shape([neck, face], skin)
        chin = [at(0.27, 0.012), at(0.1, 0.075), at(-0.03, 0.17), at(-0.12, 0.3)]
        canvas.blob([*chin, at(-0.05, 0.1), at(0.1, -0.03)], skin.shade)
        hair = p.HAIR_BUN if person.bun else p.HAIR_SHORT
        canvas.shape([[at(x, y) for x, y in hair]], person.hair)
        canvas.shape([[at(x, y) for x, y in p.EAR]], skin, 3)
        self._draw_features(skin)

    def _draw_features(self, skin: Tone) -> None:
        canvas, at, unit = self.canvas, self.head_point, p.HEAD * self.size
        canvas.blob(Disc(at(0.235, 0.365), 0.075 * unit), "#d9573f", opacity=0.22)
        eye = [at(0.29, 0.585), at(0.325, 0.55), at(0.292, 0.51), at(0.262, 0.547)]
        canvas.blob(eye, "#2a1b14")
        brow = [at(0.23, 0.66), at(0.295, 0.69), at(0.365, 0.665)]
        canvas.stroke(brow, self.person.hair.line, 2.6)
        canvas.stroke([at(0.412, 0.226), at(0.35, 0.22), at(0.305, 0.252)], skin.line, 2)
        canvas.stroke([at(0.448, 0.345), at(0.42, 0.355)], skin.line, 1.5)
        canvas.stroke([at(-0.03, 0.53), at(-0.065, 0.5), at(-0.05, 0.43)], skin.line, 1.4)

    def draw_arm(self, arm: Arm, far: bool = False, hand: Sequence[Outline] = ()) -> None:
        """An arm in its short sleeve; the hand's outlines come from `hands`."""
        person = self.person
        skin = person.skin_far if far else person.skin
        top = person.top_far if far else person.top
        self.canvas.shape(
            [
                self._segment(arm.shoulder, arm.upper, p.UPPER_ARM, p.UPPER_ARM_PROFILE),
                Disc(arm.elbow, 0.0208 * self.size),
                self._segment(arm.elbow, arm.fore, p.FOREARM, p.FOREARM_PROFILE),
                *hand,
            ],
            skin,
        )
        sleeve = self._segment(arm.shoulder, arm.upper, p.UPPER_ARM, p.SLEEVE_PROFILE)
        self.canvas.shape([sleeve], top)
