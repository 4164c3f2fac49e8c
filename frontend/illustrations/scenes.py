"""The exercises for the front of the hip: one function a drawing, all its moments sharing their frame."""

from __future__ import annotations

import hands
import props
from canvas import Canvas
from figure import Figure
from geometry import Node, Point, aim, mix, place, union
from limbs import Arm, Leg, Turn
from moments import Moment, Scene
from palette import BUN, LINEN_LINE, MAT_SIDE, SHORT


def stage(moment: Moment, name: str, moved: str, who: str, *, start: str, then: str) -> Canvas:
    """An empty drawing, with the words for those who do not see it."""
    title = f"{name}: {moved if moment.is_end else 'starting position'}"
    return Canvas(640, 480, title, f"{who} {then if moment.is_end else start}")


def mat_below(canvas: Canvas, ground: float) -> None:
    """The floor, and a mat for somebody who lies on it."""
    props.floor(canvas, 330)
    props.mat(canvas, 16, 624, ground - 40, ground + 26)
    props.shadow(canvas, 300, ground + 5, 262, 10, MAT_SIDE)


def floor_below(canvas: Canvas, ground: float, x: float, rx: float) -> None:
    """The floor, with the shadow of somebody upright."""
    props.floor(canvas, 408)
    props.shadow(canvas, x, ground + 2, rx)


def draw_near_leg(figure: Figure, leg: Leg, stripe: float = 0.12) -> None:
    """The working leg, with a pale stripe that runs from below the hip to the ankle."""
    size = figure.size
    figure.draw_leg(leg, pelvis=True)
    line = [
        place(leg.hip, leg.thigh, stripe * size, 0.002 * size),
        place(leg.hip, leg.thigh, 0.16 * size, 0.002 * size),
        place(leg.knee, (leg.thigh + leg.shin) / 2, 0, 0.004 * size),
        place(leg.knee, leg.shin, 0.1 * size, -0.006 * size),
        place(leg.knee, leg.shin, 0.2 * size, 0),
    ]
    props.stripe(figure.canvas, line)


def draw_near_arm(figure: Figure, arm: Arm, angle: float, grip: float) -> None:
    """An arm with its hand: flat (0), gripping (1), or in between. A hand that holds shows its fingers."""
    parts: list[list[Node]] = [
        hands.hand(arm.wrist, angle, figure.size, part) for part in hands.closing(grip)
    ]
    figure.draw_arm(arm, hand=parts)
    with figure.canvas.faded(grip):
        for line in hands.finger_lines(arm.wrist, angle, figure.size):
            figure.canvas.stroke(line, figure.person.skin.line, 1.5)


def light(
    figure: Figure, nodes: list[Point], width: float, share: float, *, pulled: bool = False
) -> None:
    """The muscle, lit as far as it works or is stretched."""
    with figure.canvas.faded(share):
        props.glow(figure.canvas, nodes, width, pulled=pulled)


def draw_brace(figure: Figure, moment: Moment) -> None:
    """The belly, whose muscle is braced before anything moves."""
    course = ((0.225, 0.036), (0.17, 0.048), (0.12, 0.05), (0.07, 0.044))
    belly = [figure.spine(height, forward) for height, forward in course]
    light(figure, belly, 17, moment.phase(0, 0.2))


def hip_front(figure: Figure, leg: Leg) -> list[Point]:
    """The course of the iliopsoas as felt from outside: belly, groin, top of the thigh."""
    size = figure.size
    groin = aim((leg.thigh + figure.pelvis) / 2) * size
    if abs(figure.pelvis - leg.thigh) < 110:
        belly = [figure.spine(0.125, 0.0), figure.spine(0.07, 0.006), leg.hip + groin * 0.034]
        thigh = ((0.075, 0.004), (0.115, 0.002))
    else:
        belly = [figure.spine(0.115, 0.012), figure.spine(0.06, 0.022), leg.hip + groin * 0.03]
        thigh = ((0.06, 0.021), (0.115, 0.01))
    return belly + [place(leg.hip, leg.thigh, x * size, y * size) for x, y in thigh]


def seated(moment: Moment) -> Canvas:
    canvas = stage(
        moment,
        "Seated knee lift",
        "one knee lifted",
        "A person sits upright on a firm chair, seen from the side, hands holding the sides of "
        "the seat.",
        start="Both feet are flat on the floor, hip-width apart.",
        then="One knee is lifted so that the thigh leaves the chair; the back stays upright and "
        "the other foot stays on the floor.",
    )
    size, ground, lift = 515.0, 436.0, moment.phase(0.2, 1)
    seat = ground - 0.236 * size
    figure = Figure(canvas, BUN, size, complex(262, seat - 0.052 * size), 91)
    floor_below(canvas, ground, 312, 190)
    far = figure.leg_to(complex(410, ground - 8 - 0.042 * size), 0, complex(6, -4))
    low = figure.leg_to(complex(392, ground - 0.042 * size), 0)
    near = figure.turned_leg(low.turn.towards(Turn(29, -90, -3), lift))
    arm = figure.arm_to(complex(252, seat - 6))
    if moment.marks:
        props.ghost(canvas, figure.whole_leg(low))
    figure.draw_arm(figure.arm_to(complex(294, seat - 10)), far=True)
    figure.draw_leg(far, far=True)
    props.chair(canvas, seat, ground, 186, 358)
    draw_near_leg(figure, near, mix(0.07, 0.12, lift))
    figure.draw_head()
    figure.draw_shirt()
    draw_brace(figure, moment)
    light(figure, hip_front(figure, near), 27, lift)
    draw_near_arm(figure, arm, -88, 1)
    if moment.marks:
        at = near.knee + complex(62, 0)
        props.arrow(canvas, [at + step for step in (-2 + 92j, 6 + 50j, 6 + 4j, -34j)])
    return canvas


def leg_lift(moment: Moment) -> Canvas:
    canvas = stage(
        moment,
        "Lying leg lift",
        "leg raised to 45 degrees",
        "A person lies on the back on a mat, seen from the side, one knee bent with the foot "
        "flat, arms beside the body.",
        start="The other leg lies straight on the mat.",
        then="The other leg, its knee straight, is raised to about 45 degrees, halfway to upright; "
        "the low back stays on the mat.",
    )
    size, ground, lift = 560.0, 372.0, moment.phase(0.2, 1)
    figure = Figure(canvas, SHORT, size, complex(304, ground - 0.064 * size), 180, 183, 176)
    mat_below(canvas, ground)
    foot = figure.hip + complex(150, 0.064 * size - 30 - 0.042 * size)
    far = figure.leg_to(foot, 0, complex(0, -17))
    flat = Turn(-1.5, -1, 72)
    near = figure.turned_leg(flat.towards(Turn(45, 45, 118), lift))
    if moment.marks:
        props.ghost(canvas, figure.whole_leg(figure.turned_leg(flat)))
    figure.draw_leg(far, far=True)
    figure.draw_head()
    draw_near_leg(figure, near, mix(0.07, 0.12, lift))
    figure.draw_shirt()
    draw_brace(figure, moment)
    light(figure, hip_front(figure, near), 33, lift)
    draw_near_arm(figure, figure.arm_to(complex(322, ground + 2)), 0, 0)
    if moment.marks:
        props.way(canvas, figure.hip, 0.54 * size, 45)
        props.arrow(canvas, props.arc(figure.hip, 0.43 * size, 3, 39))
    return canvas


def half_kneeling(moment: Moment) -> Canvas:
    canvas = stage(
        moment,
        "Half-kneeling stretch",
        "the stretch",
        "A person kneels on one knee on a cushion, seen from the side, the other foot flat in "
        "front, hands resting on the front thigh.",
        start="The trunk is upright and the front knee is above the ankle.",
        then="The pelvis is tucked under and the whole body has moved a little forwards with the "
        "trunk upright; the front of the hip on the kneeling side is stretched.",
    )
    size, ground = 515.0, 436.0
    knee = complex(250, ground - 19 - 0.034 * size)

    def pose(tuck: float, forwards: float) -> tuple[Figure, Leg]:
        lean = mix(92, 75, forwards)
        hip = knee + aim(lean) * 0.245 * size
        person = Figure(canvas, BUN, size, hip, 90, mix(86, 103, tuck))
        return person, person.leg(lean - 180, 187.5, 212)

    figure, near = pose(moment.phase(0, 0.4), moment.phase(0.4, 1))
    far = figure.leg_to(complex(404, ground - 4 - 0.042 * size), 0, complex(4, -3))
    resting = far.knee + aim(far.thigh) * -0.085 * size + complex(0, -0.062 * size)
    floor_below(canvas, ground, 290, 230)
    if moment.marks:
        before, kneeling = pose(0, 0)
        thigh = before.leg_outlines(kneeling)[:2]
        props.ghost(canvas, [*thigh, before.pelvis_outline(), *before.bust_outlines()])
    figure.draw_arm(figure.arm_to(resting + complex(14, 0), complex(-2, 0)), far=True)
    figure.draw_leg(far, far=True)
    props.cushion(canvas, knee.real - 2, ground - 21, 112, 21)
    draw_near_leg(figure, near, mix(0.07, 0.12, moment.done))
    figure.draw_head()
    figure.draw_shirt()
    light(figure, hip_front(figure, near), 33, moment.phase(0.2, 1), pulled=True)
    draw_near_arm(figure, figure.arm_to(resting), far.thigh - 4, 0)
    if moment.marks:
        level = figure.hip.imag - 6
        props.arrow(canvas, [complex(x, level) for x in (112, 140, 188)])
    # Small as it is, the tuck comes first, and is kept.
    with canvas.faded(moment.phase(0, 0.2), cue=True):
        props.arrow(canvas, props.arc(figure.hip, 0.13 * size, 136, 242), 9, 23)
    return canvas


def bed_stretch(moment: Moment) -> Canvas:
    canvas = stage(
        moment,
        "Lying stretch",
        "one leg lowered over the edge",
        "A person lies on the back at the edge of a firm bed, seen from the side, both hands "
        "holding the far knee to the chest.",
        start="The near knee is bent with the foot flat on the bed.",
        then="The near leg hangs over the edge of the bed, the thigh below the level of the bed "
        "and the knee relaxed; the low back stays flat and the front of that hip is stretched.",
    )
    size, top, ground = 560.0, 206.0, 428.0
    figure = Figure(canvas, SHORT, size, complex(314, top - 0.066 * size), 180, 187, 174)
    props.floor(canvas, 392)
    props.shadow(canvas, 320, ground + 2, 300)
    with canvas.faded(moment.phase(0.4, 1)):  # below the foot that hangs free
        props.shadow(canvas, 462, ground + 24, 62, 7)
    props.bed(canvas, 22, 618, top + 1, ground, 40)
    props.pillow(canvas, 26, top + 6, 124, 48)
    far = figure.leg(120, -8, 62, complex(0, -4))
    bent = figure.leg_to(figure.hip + complex(222, 0.024 * size), 0)
    near = figure.turned_leg(bent.turn.towards(Turn(-23, -84, -34), moment.done))
    grasp = place(far.knee, far.shin, 0.055 * size, -0.03 * size)
    if moment.marks:
        props.ghost(canvas, figure.whole_leg(bent))
    figure.draw_arm(figure.arm_to(grasp + complex(4, -16), complex(0, -8)), far=True)
    figure.draw_leg(far, far=True)
    under = figure.leg_outlines(figure.leg(-26, -84, 0, complex(4, 8)))[0]
    with canvas.faded(0.6 * moment.phase(0.6, 1)):
        canvas.path(union([under]), fill=LINEN_LINE)
    figure.draw_head()
    draw_near_leg(figure, near, mix(0.07, 0.12, moment.done))
    figure.draw_shirt()
    light(figure, hip_front(figure, near), 33, moment.phase(0.4, 1), pulled=True)
    draw_near_arm(figure, figure.arm_to(grasp), 56, 1)
    if moment.marks:
        props.arrow(canvas, props.arc(complex(390, top + 2), 150, 48, -8))
    return canvas


SCENES: dict[str, Scene] = {
    "seated-knee-lift": seated,
    "lying-leg-lift": leg_lift,
    "half-kneeling-stretch": half_kneeling,
    "lying-stretch": bed_stretch,
}
