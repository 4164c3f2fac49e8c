"""The muscles on both sides of the hip, seen from the side, so that "opposite" can be seen."""

from __future__ import annotations

from collections.abc import Sequence

import props
from anatomy import BODY, BONE, BONE_DEEP, DISC, ILIACUS, PSOAS, label
from canvas import Canvas
from geometry import Disc, Node, Point, place, sharp
from palette import INK, Tone

GLUTEUS = Tone("#5b86b8", "#264a75", "#4a75a8")
HAMSTRINGS = Tone("#a9c4e0", "#3f648f", "#94b3d3")
HIP, CENTIMETRE = complex(342, 326), 7.3

Shape = Sequence[tuple[float, float]]

# Centimetres from the hip joint of somebody 170 cm tall: forwards, upwards.
VERTEBRAE = (
    (-3.1, 31.6, 8), (-1.9, 28.1, 10), (-1.0, 24.5, 5), (-0.6, 20.9, -3), (-1.0, 17.3, -13),
    (-2.3, 13.9, -26),
)  # fmt: skip
SACRUM = (
    (-2.3, 11.4), (-5.3, 12.6), (-8.3, 10.4), (-10, 6.4), (-9.8, 2.8), (-8.4, 0.4), (-7.9, 0.6),
    (-8.3, 3), (-7.6, 5.6), (-5.2, 8.6),
)  # fmt: skip
HIP_BONE = (
    (5.3, 7.4), (4.4, 10.4), (1.4, 13.1), (-2.4, 13.5), (-5.8, 11.9), (-7.9, 9.4), (-7.7, 7.9),
    (-6.6, 6.8), (-4.4, 5), (-3.6, 2.4), (-4.4, 0.2), (-3.6, -1.6), (-4.5, -4.4), (-4.9, -6.8),
    (-3.5, -8), (-1.4, -7.2), (1.6, -5.9), (4.4, -4.9), (5.6, -3.2), (5, -1.6), (2.8, 0.2),
    (3, 2.2), (3.7, 3.9), (3.9, 5.4),
)  # fmt: skip
FORAMEN = ((-1.8, -4), (0.4, -3.2), (2.8, -3.2), (2.2, -4.6), (0, -5.6), (-2.2, -5.8))
FEMUR = (
    (-2.4, 1.6), (-0.9, 2.1), (0.5, 0.8), (0.9, -1.8), (1.1, -6), (1.7, -16), (2.1, -26),
    (2.4, -34), (3.2, -38.4), (3.1, -41.6), (1.2, -43.6), (-1.6, -43.6), (-3.4, -41.6),
    (-2.6, -38.6), (-0.9, -34), (-0.9, -26), (-1.2, -16), (-1.6, -9), (-2.1, -5), (-2.9, -1.4),
)  # fmt: skip
TIBIA = (
    (3, -44.6), (3.2, -46.4), (2, -49), (1.4, -60), (-1.2, -60), (-1.8, -49), (-3.2, -46.2),
    (-2.8, -44.6),
)  # fmt: skip
FIBULA = (
    (-3.1, -46.6), (-2, -45.9), (-1, -46.8), (-1.1, -49), (-1.5, -60), (-2.6, -60), (-2.6, -50),
    (-3.2, -48.2),
)  # fmt: skip
PATELLA = ((4.2, -38.4), (5.1, -40), (4.6, -42), (3.8, -41.4), (3.6, -39.6))
PSOAS_FRONT = (
    (-2.1, 31.4), (-0.4, 28), (1.2, 23), (2.3, 17.5), (3.5, 12), (4.9, 7), (5.3, 3.2), (4.5, 0),
    (2.2, -3.6), (-1.2, -7.4),
)  # fmt: skip
PSOAS_BACK = (
    (-2.8, 30.4), (-2.5, 26.5), (-2, 21.5), (-1.4, 16.5), (0, 11.6), (1.6, 7), (2.3, 3.2),
    (1.7, 0), (0.2, -3), (-2.2, -6.4),
)  # fmt: skip
ILIACUS_FAN = (
    (5, 6.6), (4.1, 9.4), (1.2, 12.2), (-2.4, 12.6), (-5.4, 11), (-4.4, 7.4), (-0.6, 3.4),
    (1.6, 0.8), (4, 1), (5.6, 4),
)  # fmt: skip
GLUTEUS_EDGE = (
    (-5.4, 11.6), (-8.6, 10.6), (-10.9, 7), (-12.2, 2.4), (-12.2, -2), (-10.8, -5.6), (-7.4, -8.8),
    (-3.4, -12), (-0.6, -14.6), (0.1, -12), (-0.4, -7), (-0.9, -3), (-2.2, 1.8), (-3.8, 6.6),
)  # fmt: skip
HAMSTRING_BACK = (
    (-4.6, -7), (-6.3, -11), (-7.2, -18), (-6.9, -26), (-5.9, -33), (-5.1, -39), (-3.9, -43.6),
    (-2.6, -47.4),
)  # fmt: skip
HAMSTRING_FRONT = (
    (-3.4, -7), (-2.4, -12), (-1.6, -18), (-1.5, -26), (-2.3, -33), (-3.7, -39), (-2.9, -43.4),
    (-1.7, -46.8),
)  # fmt: skip


SKIN_FRONT = (
    (11, 46), (11.6, 38), (11.2, 31), (10.2, 24), (9.8, 18), (10.6, 12), (11, 7), (9.6, 3),
    (8.2, 0), (9, -5), (10, -12), (10.2, -20), (9, -29), (7.2, -36), (7, -40), (6.2, -43),
    (5.2, -47), (4.8, -55), (4, -62),
)  # fmt: skip
SKIN_BACK = (
    (-11, 46), (-11.4, 39), (-10.2, 30), (-8.4, 22), (-8.4, 16), (-10, 11), (-12.9, 6),
    (-14.6, 1), (-14.2, -4), (-11.6, -8.4), (-9.8, -10.6), (-9.6, -16), (-9.4, -24), (-7.8, -33),
    (-6.2, -40), (-6.4, -45), (-8, -50), (-8.6, -56), (-7.8, -62),
)  # fmt: skip


def at(x: float, y: float) -> Point:
    """The place on the page of a point in centimetres."""
    return HIP + complex(x, -y) * CENTIMETRE


def points(shape: Shape) -> list[Node]:
    """The same for a whole outline."""
    return [at(x, y) for x, y in shape]


def between(a: Shape, b: Shape, share: float) -> list[Node]:
    """A fibre at a share of the way between two edges, short of both ends."""
    return [
        at(x0 + (x1 - x0) * share, y0 + (y1 - y0) * share)
        for (x0, y0), (x1, y1) in list(zip(a, b, strict=True))[1:-1]
    ]


def spine(canvas: Canvas) -> None:
    """Lower spine and sacrum from the side."""
    for i, (x, y, turn) in enumerate(VERTEBRAE):
        centre = at(x, y)
        block = [(-1.75, -1.3), (-1.6, 0), (-1.75, 1.3), (1.75, 1.35), (1.6, 0), (1.8, -1.35)]
        arch = [(-1.6, 1.1), (-3, 0.6), (-5.6, 0.5), (-6.2, -0.6)]
        arch += [(-5.8, -1.6), (-3.4, -1), (-1.6, -0.7)]
        under = [(-1.5, -0.9), (-1.6, -2.7), (1.6, -2.7), (1.5, -0.9)]

        def turned(shape: Shape, centre: Point = centre, turn: float = turn) -> list[Node]:
            return [place(centre, turn, a * CENTIMETRE, b * CENTIMETRE) for a, b in shape]

        canvas.shape([turned(arch)], BONE_DEEP, 3)
        canvas.shape([[sharp(n) for n in turned(under)]], DISC, 3)
        body = turned(block)
        canvas.shape([[n if i in (1, 4) else sharp(n) for i, n in enumerate(body)]], BONE, 3.2)
    canvas.shape([points(SACRUM)], BONE_DEEP, 3.4)


def pelvis_and_thigh(canvas: Canvas) -> None:
    """Hip bone and thigh bone, glassy, because the iliopsoas runs on their inner side."""
    canvas.shape([points(HIP_BONE)], BONE, 2.2, fill_opacity=0.3, paint_order="normal")
    canvas.shape([points(FORAMEN)], Tone(BODY, BONE.line, BODY), 3)
    canvas.shape(
        [Disc(at(0, 0), 2.8 * CENTIMETRE)], BONE_DEEP, 1.6, fill_opacity=0.4, paint_order="normal"
    )
    canvas.shape([points(TIBIA)], BONE, 3.4)
    canvas.shape([points(FIBULA)], BONE_DEEP, 3.4)
    canvas.shape([points(FEMUR)], BONE, 1.9, fill_opacity=0.75, paint_order="normal")
    canvas.shape([points(PATELLA)], BONE, 3.4)


def front(canvas: Canvas) -> None:
    """Iliacus and psoas with their fibres."""
    canvas.shape([points(ILIACUS_FAN)], ILIACUS, 3.6)
    for line in (
        [(-4, 10.6), (-0.6, 6.4), (2.2, 2.6)],
        [(-1.4, 11.8), (1, 7.6), (2.8, 3)],
        [(1.6, 11.2), (2.4, 8), (3.4, 4)],
        [(4.2, 9), (4, 6.8), (4.1, 4.4)],
    ):
        canvas.stroke(points(line), ILIACUS.line, 2, stroke_dasharray="26 17")
    canvas.shape([points([*PSOAS_FRONT, *reversed(PSOAS_BACK)])], PSOAS, 3.8)
    for share in (0.3, 0.5, 0.7):
        canvas.stroke(between(PSOAS_BACK, PSOAS_FRONT, share), PSOAS.line, 1.8)


def back(canvas: Canvas) -> None:
    """Hamstrings and gluteus maximus with their fibres."""
    canvas.shape([points([*HAMSTRING_BACK, *reversed(HAMSTRING_FRONT)])], HAMSTRINGS, 3.8)
    for share in (0.25, 0.5, 0.75):
        canvas.stroke(between(HAMSTRING_BACK, HAMSTRING_FRONT, share), HAMSTRINGS.line, 1.8)
    canvas.shape([points(GLUTEUS_EDGE)], GLUTEUS, 3.8)
    for line in (
        [(-8.2, 9.8), (-5, 3), (-1.8, -3.4)],
        [(-10, 7.2), (-6.6, 0.4), (-1.7, -6)],
        [(-11.2, 4), (-7.8, -2.4), (-1.5, -8.6)],
        [(-11.6, 0.4), (-8.6, -4.4), (-1.2, -11)],
        [(-11.2, -3), (-7.6, -6.8), (-1.4, -13)],
    ):
        canvas.stroke(points(line), GLUTEUS.line, 1.9)


WORDS = {
    "en": {
        "title": "Opposite muscles of the hip, seen from the side",
        "description": "The hip from the side, the front of the body to the right. The iliopsoas runs from "
        "the lower spine and the hip bone across the front of the hip to the thigh bone and bends the "
        "hip. The gluteus maximus and the hamstrings lie behind the hip and straighten it.",
        "iliopsoas": "Iliopsoas",
        "gluteus": "Gluteus|maximus",
        "hamstrings": "Hamstrings",
        "bends": "Bends|the hip",
        "straighten": "Straighten|the hip",
    },
    "es": {
        "title": "Músculos opuestos de la cadera, vistos de lado",
        "description": "La cadera vista de lado, con la parte delantera del cuerpo a la derecha. El "
        "iliopsoas va desde la columna lumbar y el hueso de la cadera, por delante de la cadera, hasta el "
        "hueso del muslo, y dobla la cadera. El glúteo mayor y los isquiotibiales están detrás y "
        "la estiran.",
        "iliopsoas": "Iliopsoas",
        "gluteus": "Glúteo|mayor",
        "hamstrings": "Isquio-|tibiales",
        "bends": "Dobla|la cadera",
        "straighten": "Estiran|la cadera",
    },
}
"""By language; a bar begins a line."""


def side_view(language: str) -> Canvas:
    """Iliopsoas in front of the hip, gluteus maximus and hamstrings behind it."""
    words = WORDS[language]
    canvas = Canvas(700, 720, words["title"], words["description"])
    canvas.blob([*points(SKIN_FRONT), *reversed(points(SKIN_BACK))], BODY)
    spine(canvas)
    front(canvas)
    pelvis_and_thigh(canvas)
    back(canvas)
    props.arrow(canvas, props.arc(HIP, 300, -70, -46), 11, 28)
    props.arrow(canvas, props.arc(HIP, 300, -110, -134), 11, 28, GLUTEUS.line)
    label(canvas, words["iliopsoas"], 500 + 150j, 490 + 146j, 348 + 192j)
    label(canvas, words["gluteus"], 20 + 236j, 196 + 262j, 284 + 316j)
    label(canvas, words["hamstrings"], 20 + 410j, 212 + 418j, 308 + 470j)
    for word, x in (("bends", 500), ("straighten", 20)):
        for i, line in enumerate(words[word].split("|")):
            canvas.text(complex(x, 640 + 34 * i), line, 30, fill=INK)
    return canvas
