"""The exercises: one function a drawing, start and end sharing their frame."""

from __future__ import annotations

import hands
import props
from canvas import Canvas
from figure import Arm, Figure, Leg
from geometry import Node, Point, aim, place
from palette import ACCENT, BUN, INK, PAPER, SHORT

WIDTH, HEIGHT = 640, 480


def hold(figure: Figure, arm: Arm, angle: float, table: hands.Outline, flip: bool = False) -> list[list[Node]]:
    """A hand at the end of an arm, with its thumb."""
    thumb = hands.SIDE_THUMB if table is hands.SIDE else hands.THUMB
    return [
        hands.hand(arm.wrist, angle, figure.size, part, flip) for part in (table, thumb)
    ]


def fingers(canvas: Canvas, figure: Figure, arm: Arm, angle: float, reach: tuple[float, float], flip: bool = False) -> None:
    """The lines between fingers."""
    for line in hands.finger_lines(arm.wrist, angle, figure.size, reach, flip):
        canvas.stroke(line, figure.person.skin.line, 1.5)


def side_line(figure: Figure, leg: Leg) -> list[Point]:
    """Where a side stripe runs, from below the hip to the ankle."""
    size = figure.size
    return [
        place(leg.hip, leg.thigh, 0.07 * size, 0.002 * size),
        place(leg.hip, leg.thigh, 0.15 * size, 0.002 * size),
        place(leg.knee, (leg.thigh + leg.shin) / 2, 0, 0.004 * size),
        place(leg.knee, leg.shin, 0.1 * size, -0.006 * size),
        place(leg.knee, leg.shin, 0.205 * size, 0),
    ]


def hip_front(figure: Figure, leg: Leg) -> list[Point]:
    """The course of the iliopsoas as felt from outside: belly, groin, top of the thigh."""
    size = figure.size
    return [
        figure.spine(0.085, 0.022),
        figure.spine(0.045, 0.032),
        place(leg.hip, (leg.thigh + figure.pelvis - 180) / 2, 0.0 * size, 0.033 * size),
        place(leg.hip, leg.thigh, 0.045 * size, 0.03 * size),
        place(leg.hip, leg.thigh, 0.085 * size, 0.02 * size),
    ]


def seated(end: bool) -> Canvas:
    """Seated knee lift."""
    canvas = Canvas(
        WIDTH,
        HEIGHT,
        "Seated knee lift: " + ("one knee lifted" if end else "starting position"),
        "A person sits upright on a firm chair, seen from the side, hands holding the sides of "
        "the seat. "
        + (
            "One knee is lifted so that the thigh leaves the chair; the back stays upright and "
            "the other foot stays on the floor."
            if end
            else "Both feet are flat on the floor, hip-width apart."
        ),
    )
    size, ground = 530.0, 432.0
    seat = ground - 0.236 * size
    figure = Figure(canvas, BUN, size, complex(268, seat - 0.052 * size), 91)
    props.floor(canvas, 408)
    props.shadow(canvas, 318, ground + 2, 190)
    far = figure.leg_to(complex(430, ground - 8 - 0.042 * size), 0, complex(6, -4))
    low = figure.leg_to(complex(402, ground - 0.042 * size), 0)
    high = figure.leg(27, -90, -2)
    near = high if end else low
    wrist = complex(258, seat - 6)
    arm = figure.arm_to(wrist)
    figure.draw_arm(figure.arm_to(complex(300, seat - 10)), far=True)
    figure.draw_leg(far, far=True)
    props.chair(canvas, seat, ground, 190, 366)
    if end:
        props.ghost(canvas, figure.leg_outlines(low), INK)
    figure.draw_leg(near, pelvis=True)
    props.stripe(canvas, side_line(figure, near))
    figure.draw_head()
    figure.draw_shirt()
    if end:
        props.glow(canvas, hip_front(figure, near), 40)
    figure.draw_arm(arm, hand=hold(figure, arm, -88, hands.GRIP))
    fingers(canvas, figure, arm, -88, (0.042, 0.066))
    if end:
        knee = near.knee
        props.arrow(canvas, [knee + complex(52, 66), knee + complex(66, 20), knee + complex(58, -30)])
    return canvas


def leg_lift(end: bool) -> Canvas:
    """Lying straight-leg lift."""
    canvas = Canvas(
        WIDTH,
        HEIGHT,
        "Lying leg lift: " + ("leg raised to 45 degrees" if end else "starting position"),
        "A person lies on the back on a mat, seen from the side, one knee bent with the foot "
        "flat, arms beside the body. "
        + (
            "The other leg, its knee straight, is raised to about 45 degrees; the low back stays "
            "on the mat."
            if end
            else "The other leg lies straight on the mat."
        ),
    )
    size, ground = 560.0, 372.0
    figure = Figure(canvas, SHORT, size, complex(304, ground - 0.064 * size), 180, 183, 176)
    props.floor(canvas, 330)
    props.mat(canvas, 16, 624, ground - 26, ground + 26)
    props.shadow(canvas, 300, ground + 3, 270, 10)
    far = figure.leg_to(figure.hip + complex(150, 0.064 * size - 14 - 0.042 * size), 0, complex(0, -8))
    flat = figure.leg(-1.5, -1, 72)
    high = figure.leg(45, 45, 118)
    near = high if end else flat
    figure.draw_leg(far, far=True)
    if end:
        props.ghost(canvas, figure.leg_outlines(flat), INK)
    figure.draw_head()
    figure.draw_leg(near, pelvis=True)
    props.stripe(canvas, side_line(figure, near))
    figure.draw_shirt()
    if end:
        props.glow(canvas, hip_front(figure, near), 40)
    arm = figure.arm_to(complex(298, ground + 4))
    figure.draw_arm(arm, hand=hold(figure, arm, 0, hands.SIDE))
    if end:
        hip = figure.hip
        props.arrow(canvas, props.arc(hip, 0.46 * size, 8, 37))
    return canvas


def half_kneeling(end: bool) -> Canvas:
    """Half-kneeling stretch."""
    canvas = Canvas(
        WIDTH,
        HEIGHT,
        "Half-kneeling stretch: " + ("the stretch" if end else "starting position"),
        "A person kneels on one knee on a cushion, seen from the side, the other foot flat in "
        "front, hands resting on the front thigh. "
        + (
            "The pelvis is tucked under and the whole body has moved a little forwards with the "
            "trunk upright; the front of the hip on the kneeling side is stretched."
            if end
            else "The trunk is upright and the front knee is above the ankle."
        ),
    )
    size, ground = 530.0, 432.0
    knee = complex(262, ground - 17 - 0.034 * size)
    lean = 105 - 1 if end else 90
    hip = knee + aim(lean - 30 if end else 91) * 0.245 * size
    hip = knee + aim(74 if end else 91) * 0.245 * size
    figure = Figure(canvas, BUN, size, hip, 90, 97 if end else 87)
    props.floor(canvas, 408)
    props.shadow(canvas, 300, ground + 2, 220)
    thigh = -106 if end else -89
    near = figure.leg(thigh, 183, 200)
    far = figure.leg_to(complex(395, ground - 6 - 0.042 * size), 0, complex(4, -3))
    resting = far.knee + aim(far.thigh) * -0.085 * size + complex(0, -0.062 * size)
    figure.draw_arm(figure.arm_to(resting + complex(14, 0), complex(6, 0)), far=True)
    figure.draw_leg(far, far=True)
    props.cushion(canvas, knee.real - 4, ground - 20, 116, 20)
    figure.draw_leg(near, pelvis=True)
    props.stripe(canvas, side_line(figure, near))
    figure.draw_head()
    figure.draw_shirt()
    if end:
        props.glow(canvas, hip_front(figure, near), 42)
    arm = figure.arm_to(resting)
    figure.draw_arm(arm, hand=hold(figure, arm, far.thigh - 4, hands.SIDE))
    if end:
        props.arrow(canvas, [complex(380, 120), complex(420, 118), complex(462, 120)])
        back = figure.hip + complex(-0.1 * size, 0)
        props.arrow(canvas, [back + complex(-12, -34), back + complex(-22, 6), back + complex(2, 40)], 8, 20)
    return canvas


def bed_stretch(end: bool) -> Canvas:
    """Lying stretch at the edge of a bed."""
    canvas = Canvas(
        WIDTH,
        HEIGHT,
        "Lying stretch: " + ("one leg lowered over the edge" if end else "starting position"),
        "A person lies on the back at the edge of a firm bed, seen from the side, both hands "
        "holding the far knee to the chest. "
        + (
            "The near leg hangs over the edge of the bed, the thigh below the level of the bed "
            "and the knee relaxed; the low back stays flat and the front of that hip is stretched."
            if end
            else "The near knee is bent with the foot flat on the bed."
        ),
    )
    size, top = 560.0, 300.0
    figure = Figure(canvas, SHORT, size, complex(318, top - 0.066 * size), 180, 186, 172)
    props.floor(canvas, 420)
    props.shadow(canvas, 320, 448, 300)
    props.bed(canvas, 22, 618, top + 8, 448, 38)
    props.pillow(canvas, 34, top + 3, 112, 34)
    far = figure.leg(122, -28, 50, complex(0, -4))
    bent = figure.leg_to(figure.hip + complex(150, 0.066 * size - 0.042 * size), 0)
    down = figure.leg(-24, -78, -12)
    near = down if end else bent
    grasp = place(far.knee, far.shin, 0.02 * size, 0.034 * size)
    far_arm = figure.arm_to(grasp + complex(6, -6), complex(0, -8), side=1)
    figure.draw_arm(far_arm, far=True)
    figure.draw_leg(far, far=True)
    if end:
        props.ghost(canvas, figure.leg_outlines(bent), INK)
    figure.draw_head()
    figure.draw_leg(near, pelvis=True)
    props.stripe(canvas, side_line(figure, near))
    figure.draw_shirt()
    if end:
        props.glow(canvas, hip_front(figure, near), 42)
    arm = figure.arm_to(grasp, side=-1)
    figure.draw_arm(arm, hand=hold(figure, arm, arm.fore, hands.GRIP))
    fingers(canvas, figure, arm, arm.fore, (0.042, 0.066))
    if end:
        props.arrow(canvas, [complex(540, 200), complex(566, 250), complex(560, 310)])
    return canvas


SCENES = {
    "seated-knee-lift": seated,
    "lying-leg-lift": leg_lift,
    "half-kneeling-stretch": half_kneeling,
    "lying-stretch": bed_stretch,
}
