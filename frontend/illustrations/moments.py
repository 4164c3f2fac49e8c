"""An exercise from start to end: its two stills, and the moving drawing made of poses between them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from canvas import Canvas
from geometry import RHYTHM, Rhythm
from rigid import Motion, motion

ATTRIBUTE = re.compile(r' ([\w-]+)="([^"]*)"')
COMMANDS = re.compile(r"[^A-Za-z]+")


@dataclass(frozen=True)
class Moment:
    """How much of an exercise is done: 0 is its start, 1 its end.

    The still of the end has marks that explain the way there: where the body was, and arrows.
    """

    done: float
    marks: bool = False

    @property
    def is_end(self) -> bool:
        return self.done == 1

    def phase(self, begin: float, end: float) -> float:
        """How much is done of what happens between these two moments."""
        return min(1.0, max(0.0, (self.done - begin) / (end - begin)))


Scene = Callable[[Moment], Canvas]
POSES = (0, 0.2, 0.4, 0.7, 1)
"""Where phases begin and end, and often enough between them that no limb looks shorter on its way."""
TIMING = 'begin="indefinite" dur="1s" fill="freeze"'


def still(scene: Scene) -> str:
    """The end, with its marks."""
    return scene(Moment(1, marks=True)).svg()


def moving(scene: Scene, moments: tuple[float, ...] = POSES) -> str:
    """The start, which moves to the end when a script lets it: its animations never begin alone."""
    rhythm = Rhythm()
    token = RHYTHM.set(rhythm)
    try:
        poses = []
        for done in moments:
            rhythm.at = 0
            poses.append(scene(Moment(done)))
    finally:
        RHYTHM.reset(token)
    first = poses[0]
    rows = zip(*(pose.body for pose in poses), strict=True)
    times = ";".join(f"{done:g}" for done in moments)
    first.body = [joined(list(same), f'{TIMING} keyTimes="{times}"') for same in rows]
    return first.svg()


def joined(poses: list[str], timing: str) -> str:
    """One element that takes the attributes of each pose in turn."""
    if len(set(poses)) == 1:
        return poses[0]
    tag = poses[0].partition(" ")[0]
    values = [dict(ATTRIBUTE.findall(pose)) for pose in poses]
    animations = ""
    for name in values[0]:
        changes = [each[name] for each in values]
        if len(set(changes)) == 1:
            continue
        if name == "d" and (whole := motion(changes)):
            animations += moved(whole, timing)
            continue
        if name == "d" and len({COMMANDS.sub("", data) for data in changes}) > 1:
            raise ValueError(f"the poses of a path differ in their commands: {changes}")
        animations += f'<animate attributeName="{name}" values="{";".join(changes)}" {timing}/>'
    opening = poses[0].removesuffix("/>").removesuffix(">")
    return f"{opening}>{animations}" + ("" if tag == "<g" else f"</{tag[1:]}>")


def moved(whole: Motion, timing: str) -> str:
    """The animations of a shape that keeps its form."""
    turn = f"{whole.pivot.real:.0f} {whole.pivot.imag:.0f}"
    ways = ";".join(f"{way.real:.0f} {way.imag:.0f}" for way in whole.ways)
    turns = ";".join(f"{degrees:.1f} {turn}" for degrees in whole.turns)
    element = '<animateTransform attributeName="transform" type'
    result = ""
    if any(abs(way) >= 1 for way in whole.ways):
        result += f'{element}="translate" values="{ways}" {timing}/>'
    if any(abs(degrees) >= 0.1 for degrees in whole.turns):
        result += f'{element}="rotate" additive="sum" values="{turns}" {timing}/>'
    return result
