"""What is no exercise: the room where visits take place, and portraits of the invented clinic's people."""

from __future__ import annotations

from dataclasses import replace

import palette
import props
from canvas import Canvas
from figure import Figure
from geometry import Corner, Disc, Node
from palette import BUN, SHORT, Person, Tone

AMARA = replace(BUN, top=Tone("#0f6b66", "#084844", "#0b5a56"))
JONAS = replace(
    SHORT,
    skin=Tone("#eabf9d", "#b07c58", "#d9aa86"),
    hair=Tone("#c9a15f", "#8f6c34", "#dbb97d"),
    top=Tone("#2b4469", "#15243d", "#22385a"),
)


def portrait(name: str, person: Person, ground: str) -> Canvas:
    """Head and shoulders in profile, on a plain ground."""
    canvas = Canvas(480, 560, name, f"A drawn portrait of {name}, seen from the side.")
    canvas.add("rect", x=0, y=0, width=480, height=560, fill=ground)
    figure = Figure(canvas, person, 1500, complex(196, 800), 91, head=90)
    figure.draw_head()
    figure.draw_shirt()
    arm = figure.arm_to(complex(170, 1000))
    figure.draw_arm(arm)
    return canvas


def room() -> Canvas:
    """A treatment room: couch, mat, chair, window, and the guide's own plate on the wall."""
    canvas = Canvas(
        960,
        540,
        "A treatment room",
        "A light room with a window, a treatment couch with a pillow, an exercise mat on the floor, "
        "a chair, a plant and a picture of the hip on the wall.",
    )
    props.floor(canvas, 392)
    wall = Tone("#fffdf8", "#cdbfab", "#efe6d8")
    window: list[list[Node]] = [props.box(96, 64, 208, 186, 6)]
    canvas.shape(window, wall, 4)
    for x in (110, 206):
        canvas.blob(props.box(x, 78, 84, 158, 3), "#d8ebf0")
    canvas.blob([complex(112, 236), complex(150, 196), complex(192, 214), Corner(complex(192, 236)),
                 Corner(complex(112, 236))], "#a9cfc6")  # fmt: skip
    canvas.blob([Corner(complex(208, 236)), complex(236, 206), complex(288, 226),
                 Corner(complex(288, 236))], "#a9cfc6")  # fmt: skip
    canvas.shape([props.box(84, 246, 232, 14, 4)], wall, 4)
    # A picture: the clinic's own mark, and no anatomy that somebody might learn from.
    canvas.shape([props.box(404, 66, 132, 160, 4)], wall, 4)
    arc = [complex(432, 150), complex(448, 112), complex(484, 98), complex(508, 112)]
    canvas.stroke(arc, "#1a6a5f", 11)
    canvas.stroke([complex(480, 150), complex(502, 164), complex(510, 192)], "#1a6a5f", 11)
    canvas.blob(Disc(complex(464, 152), 15), palette.ACCENT)
    # The couch.
    props.shadow(canvas, 660, 478, 250, 12)
    frame = Tone("#8b98a8", "#5a6878", "#75838f")
    for x in (478, 826):
        canvas.shape([props.box(x, 352, 16, 124)], frame, 3.6)
        canvas.shape([props.box(x - 16, 468, 48, 12, 5)], frame, 3.6)
    canvas.shape([props.box(440, 338, 440, 20, 6)], frame, 3.6)
    canvas.shape([props.box(432, 296, 456, 46, 16)], Tone("#0f6b66", "#084844", "#0b5a56"), 4)
    props.pillow(canvas, 448, 300, 118, 40)
    canvas.shape([props.box(640, 288, 210, 20, 8)], wall, 3.6)
    # A chair to talk on, a mat rolled out, a plant.
    props.shadow(canvas, 170, 470, 110, 10)
    props.chair(canvas, 362, 468, 96, 226, 150)
    props.mat(canvas, 300, 760, 500, 526)
    leaf = Tone("#6a9a8f", "#3f6e63", "#6a9a8f")
    root = complex(352, 420)
    for tip in (complex(306, 282), complex(396, 290), complex(334, 246), complex(372, 252)):
        middle = (tip + root) / 2
        canvas.shape([[Corner(root), middle - 15, Corner(tip), middle + 15]], leaf, 3)
    canvas.shape([props.corners((322, 408), (382, 408), (374, 466), (330, 466))], props.OAK, 3.6)
    lamp = Disc(complex(640, 84), 26)
    canvas.stroke([complex(640, 0), complex(640, 62)], "#8a5f35", 4)
    canvas.shape([lamp], Tone("#fff3d6", "#cdbfab", "#fff3d6"), 3.6)
    return canvas
