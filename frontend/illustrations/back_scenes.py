"""The exercises for the back of the hip: gluteus maximus and hamstrings."""

from __future__ import annotations

import hands
import props
from canvas import Canvas
from figure import Figure
from geometry import Point, aim, place
from limbs import Leg
from palette import BUN, SHORT
from profiles import SHOULDER, THIGH
from scenes import draw_near_arm, draw_near_leg, floor_below, mat_below, stage


def buttock(figure: Figure, leg: Leg) -> list[Point]:
    """The course of the gluteus maximus as felt from outside: from the back of the pelvis."""
    size = figure.size
    # Half-way between the back of the pelvis and the back of the thigh, round the hip joint.
    turn = (leg.thigh - figure.pelvis) % 360 - 180
    middle = figure.pelvis + 90 + turn / 2
    return [
        figure.spine(0.07, -0.036),
        figure.spine(0.03, -0.052),
        leg.hip + aim(middle) * 0.045 * size,
        place(leg.hip, leg.thigh, 0.05 * size, -0.036 * size),
        place(leg.hip, leg.thigh, 0.11 * size, -0.02 * size),
    ]


def thigh_back(figure: Figure, leg: Leg) -> list[Point]:
    """The course of the hamstrings as felt from outside: from the sitting bone to the knee."""
    depths = ((0.03, 0.032), (0.09, 0.03), (0.16, 0.024), (0.225, 0.016))
    return [place(leg.hip, leg.thigh, t * figure.size, -d * figure.size) for t, d in depths]


def bridge(end: bool) -> Canvas:
    canvas = stage(
        end,
        "Bridge",
        "hips lifted",
        "A person lies on the back on a mat, seen from the side, both knees bent and both feet "
        "flat, arms beside the body.",
        start="The hips rest on the mat.",
        then="The hips are lifted until shoulders, hips and knees are in one line; shoulders and "
        "feet stay on the mat.",
    )
    size, ground, lift = 560.0, 372.0, 24.0
    low_hip = complex(306, ground - 0.064 * size)
    shoulder = low_hip - SHOULDER * size
    high_hip = shoulder + aim(lift) * SHOULDER * size
    ankle = complex((high_hip + aim(lift) * THIGH * size).real + 14, ground - 0.042 * size)
    lying = Figure(canvas, SHORT, size, low_hip, 180, 183, 176)
    lifted = Figure(canvas, SHORT, size, high_hip, 180 + lift, 180 + lift + 4, 178)
    figure = lifted if end else lying
    mat_below(canvas, ground)
    far = figure.leg_to(ankle + complex(22, -16), 0, complex(0, -6))
    near = figure.leg_to(ankle, 0)
    if end:
        before = lying.whole_leg(lying.leg_to(ankle, 0))
        props.ghost(canvas, [*before, lying.pelvis_outline(), lying.trunk_outline()])
    figure.draw_leg(far)
    figure.draw_head()
    draw_near_leg(figure, near)
    figure.draw_shirt()
    if end:
        props.glow(canvas, buttock(figure, near), 34)
    draw_near_arm(figure, figure.arm_to(complex(322, ground + 2)), 0, hands.SIDE)
    if end:
        at = figure.hip + complex(-18, -0.11 * size)
        props.arrow(canvas, [at + 8j, at - 30j, at - 66j])
    return canvas


def knee_hug(end: bool) -> Canvas:
    canvas = stage(
        end,
        "Lying knee hug",
        "knee hugged to the chest",
        "A person lies on the back on a mat, seen from the side.",
        start="Both knees are bent with the feet flat; the arms lie beside the body.",
        then="Both hands hold one bent knee close to the chest; the other foot stays flat on the "
        "mat. The buttock of the hugged side is stretched.",
    )
    size, ground = 560.0, 372.0
    figure = Figure(canvas, SHORT, size, complex(306, ground - 0.064 * size), 180, 184, 176)
    mat_below(canvas, ground)
    foot = figure.hip + complex(150, 0.064 * size - 0.042 * size)
    far = figure.leg_to(foot + complex(18, -18), 0, complex(0, -8))
    bent = figure.leg_to(foot, 0)
    near = figure.leg(126, -2, 70) if end else bent
    grasp = place(near.knee, near.shin, 0.055 * size, -0.03 * size)
    if end:
        props.ghost(canvas, figure.whole_leg(bent))
        figure.draw_arm(figure.arm_to(grasp + complex(4, -14), complex(0, -8)), far=True)
    figure.draw_leg(far, far=True)
    figure.draw_head()
    draw_near_leg(figure, near)
    figure.draw_shirt()
    if end:
        props.glow(canvas, buttock(figure, near), 34)
        draw_near_arm(figure, figure.arm_to(grasp), 56, hands.GRIP)
        props.arrow(canvas, props.arc(figure.hip, 0.36 * size, 48, 92))
    else:
        draw_near_arm(figure, figure.arm_to(complex(322, ground + 2)), 0, hands.SIDE)
    return canvas


def seated_reach(end: bool) -> Canvas:
    canvas = stage(
        end,
        "Seated hamstring stretch",
        "leaning forward",
        "A person sits at the front edge of a firm chair, seen from the side, one leg straight in "
        "front with the heel on the floor, both hands on the thigh of the other, bent leg.",
        start="The trunk is upright.",
        then="The trunk leans forward from the hips with a long, straight back; the back of the "
        "straight thigh is stretched.",
    )
    size, ground = 515.0, 436.0
    seat = ground - 0.236 * size
    hip = complex(222, seat - 0.052 * size)
    lean = 62 if end else 90
    figure = Figure(canvas, BUN, size, hip, lean, lean + (3 if end else 1), lean + 8)
    floor_below(canvas, ground, 300, 210)
    far = figure.leg_to(complex(352, ground - 6 - 0.042 * size), 0, complex(6, -4))
    near = figure.leg(-29, -31, 62)
    resting = far.hip + aim(far.thigh) * 0.17 * size + complex(0, -0.062 * size)
    if end:
        props.ghost(canvas, Figure(canvas, BUN, size, hip, 90).bust_outlines())
    figure.draw_arm(figure.arm_to(resting + complex(14, 0), complex(-2, 0)), far=True)
    figure.draw_leg(far, far=True)
    props.chair(canvas, seat, ground, 84, 256)
    draw_near_leg(figure, near)
    figure.draw_head()
    figure.draw_shirt()
    if end:
        props.glow(canvas, thigh_back(figure, near), 34)
    draw_near_arm(figure, figure.arm_to(resting), far.thigh - 4, hands.SIDE)
    if end:
        props.arrow(canvas, props.arc(hip, 0.5 * size, 78, 47))
    return canvas


def leg_curl(end: bool) -> Canvas:
    canvas = stage(
        end,
        "Standing leg curl",
        "heel lifted",
        "A person stands upright behind a firm chair, seen from the side, both hands on its back.",
        start="Both feet are flat on the floor.",
        then="One knee is bent so that the heel is lifted behind; the thighs stay side by side.",
    )
    size, ground = 415.0, 440.0
    seat = ground - 0.25 * size
    hip = complex(254, ground - 0.53 * size)
    figure = Figure(canvas, BUN, size, hip, 90)
    floor_below(canvas, ground, 316, 200)
    far = figure.leg_to(complex(hip.real + 14, ground - 5 - 0.042 * size), 0, complex(6, -3))
    straight = figure.leg_to(complex(hip.real - 2, ground - 0.042 * size), 0)
    near = figure.leg(-93, -186, -98) if end else straight
    grip = complex(346, seat - 154)
    if end:
        props.ghost(canvas, figure.whole_leg(straight))
    figure.draw_arm(figure.arm_to(grip + complex(6, -2), complex(-2, 0)), far=True)
    figure.draw_leg(far, far=True)
    draw_near_leg(figure, near)
    figure.draw_head()
    figure.draw_shirt()
    props.chair(canvas, seat, ground, 380, 522, 150)
    if end:
        props.glow(canvas, thigh_back(figure, near), 28)
    draw_near_arm(figure, figure.arm_to(grip), -26, hands.GRIP)
    if end:
        props.arrow(canvas, props.arc(near.knee, 0.36 * size, -112, -162))
    return canvas


BACK_SCENES = {
    "bridge": bridge,
    "lying-knee-hug": knee_hug,
    "seated-hamstring-stretch": seated_reach,
    "standing-leg-curl": leg_curl,
}
