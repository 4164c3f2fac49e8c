"""The exercises for the back of the hip: gluteus maximus and hamstrings."""

from __future__ import annotations

import props
from canvas import Canvas
from figure import Figure
from geometry import Point, aim, mix, place
from limbs import Leg, Turn
from moments import Moment, Scene
from palette import BUN, SHORT
from profiles import SHOULDER, THIGH
from scenes import draw_brace, draw_near_arm, draw_near_leg, floor_below, light, mat_below, stage


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


def bridge(moment: Moment) -> Canvas:
    canvas = stage(
        moment,
        "Bridge",
        "hips lifted",
        "A person lies on the back on a mat, seen from the side, both knees bent and both feet "
        "flat, arms beside the body.",
        start="The hips rest on the mat.",
        then="The hips are lifted until shoulders, hips and knees are in one line; shoulders and "
        "feet stay on the mat.",
    )
    size, ground, lift, up = 560.0, 372.0, 24.0, moment.phase(0.2, 1)
    low_hip = complex(306, ground - 0.064 * size)
    shoulder = low_hip - SHOULDER * size
    high_hip = shoulder + aim(lift) * SHOULDER * size
    ankle = complex((high_hip + aim(lift) * THIGH * size).real + 14, ground - 0.042 * size)
    lying = Figure(canvas, SHORT, size, low_hip, 180, 183, 176)
    hip = shoulder + aim(lift * up) * SHOULDER * size
    figure = Figure(canvas, SHORT, size, hip, 180 + lift * up, mix(183, 208, up), mix(176, 178, up))
    mat_below(canvas, ground)
    far = figure.leg_to(ankle + complex(42, -19), 0, complex(8, -10))
    near = figure.leg_to(ankle, 0)
    if moment.marks:
        before = lying.whole_leg(lying.leg_to(ankle, 0))
        props.ghost(canvas, [*before, lying.pelvis_outline(), lying.trunk_outline()])
    draw_near_leg(figure, far)
    figure.draw_head()
    draw_near_leg(figure, near)
    figure.draw_shirt()
    draw_brace(figure, moment)
    light(figure, buttock(figure, near), 34, moment.phase(0.1, 0.6))
    draw_near_arm(figure, figure.arm_to(complex(322, ground + 2)), 0, 0)
    if moment.marks:
        at = figure.hip + complex(-18, -0.11 * size)
        props.arrow(canvas, [at + 8j, at - 30j, at - 66j])
    return canvas


def knee_hug(moment: Moment) -> Canvas:
    canvas = stage(
        moment,
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
    # The knee comes up, the hands take hold of the shin, and then they draw it to the chest.
    reach, hold, hug = moment.phase(0, 0.6), moment.phase(0.4, 0.7), moment.phase(0.6, 1)
    turn = bent.turn.towards(Turn(98, -14, 40), reach).towards(Turn(126, -2, 70), hug)
    near = figure.turned_leg(turn)
    grasp = place(near.knee, near.shin, 0.055 * size, -0.03 * size)
    lying = complex(322, ground + 2)
    wrist = lying + (grasp - lying) * hold
    if moment.marks:
        props.ghost(canvas, figure.whole_leg(bent))
    behind = complex(mix(-14, 4, hold), -14)
    figure.draw_arm(figure.arm_to(wrist + behind, complex(0, -8)), far=True)
    figure.draw_leg(far, far=True)
    figure.draw_head()
    draw_near_leg(figure, near)
    figure.draw_shirt()
    light(figure, buttock(figure, near), 34, moment.phase(0.4, 1), pulled=True)
    draw_near_arm(figure, figure.arm_to(wrist), mix(0, 56, hold), hold)
    if moment.marks:
        props.arrow(canvas, props.arc(figure.hip, 0.36 * size, 48, 92))
    return canvas


def seated_reach(moment: Moment) -> Canvas:
    canvas = stage(
        moment,
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
    lean = mix(90, 62, moment.done)
    figure = Figure(canvas, BUN, size, hip, lean, lean + mix(1, 3, moment.done), lean + 8)
    floor_below(canvas, ground, 300, 210)
    far = figure.leg_to(complex(352, ground - 6 - 0.042 * size), 0, complex(6, -4))
    near = figure.leg(-29, -31, 62)
    resting = far.hip + aim(far.thigh) * 0.17 * size + complex(0, -0.062 * size)
    if moment.marks:
        props.ghost(canvas, Figure(canvas, BUN, size, hip, 90).bust_outlines())
    figure.draw_arm(figure.arm_to(resting + complex(14, 0), complex(-2, 0)), far=True)
    figure.draw_leg(far, far=True)
    props.chair(canvas, seat, ground, 56, 236)
    draw_near_leg(figure, near)
    figure.draw_head()
    figure.draw_shirt()
    light(figure, thigh_back(figure, near), 34, moment.done, pulled=True)
    draw_near_arm(figure, figure.arm_to(resting), far.thigh - 4, 0)
    if moment.marks:
        props.arrow(canvas, props.arc(hip, 0.34 * size, 48, 18))
    return canvas


def leg_curl(moment: Moment) -> Canvas:
    canvas = stage(
        moment,
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
    near = figure.turned_leg(straight.turn.towards(Turn(-93, -186, -98), moment.done))
    grip = complex(346, seat - 154)
    if moment.marks:
        props.ghost(canvas, figure.whole_leg(straight))
    figure.draw_arm(figure.arm_to(grip + complex(6, -2), complex(-2, 0)), far=True)
    figure.draw_leg(far, far=True)
    draw_near_leg(figure, near)
    figure.draw_head()
    figure.draw_shirt()
    props.chair(canvas, seat, ground, 380, 522, 150)
    light(figure, thigh_back(figure, near), 28, moment.done)
    draw_near_arm(figure, figure.arm_to(grip), -26, 1)
    if moment.marks:
        props.arrow(canvas, props.arc(near.knee, 0.36 * size, -112, -162))
    return canvas


BACK_SCENES: dict[str, Scene] = {
    "bridge": bridge,
    "lying-knee-hug": knee_hug,
    "seated-hamstring-stretch": seated_reach,
    "standing-leg-curl": leg_curl,
}
