"""The anatomy picture: spine, pelvis and thigh bones from the front, psoas and iliacus on one side.

Sizes follow common adult means (distance between the iliac crests 28 cm, lumbar body 4.5 cm wide,
head of the femur 4.7 cm) at about 12 units a centimetre; the shapes are drawn by hand.
"""

from __future__ import annotations

from collections.abc import Sequence

from canvas import Canvas
from geometry import Corner, Disc, Node, Point, union
from palette import ACCENT, INK, MUSCLE_LINE, Tone

BONE = Tone("#fffaf0", "#8a7457", "#e9dac0")
BONE_DEEP = Tone("#ecdcbf", "#8a7457", "#d9c4a0")
DISC = Tone("#b9d3d6", "#6f979c", "#b9d3d6")
PSOAS = Tone(ACCENT, MUSCLE_LINE, "#c0462f")
ILIACUS = Tone("#f0b54d", "#9c6a12", "#e09f2f")
BODY = "#efdccb"
MIDDLE, TOP = 350.0, 12.0

HIP_BONE = (
    (46, 318), (44, 300), (50, 276), (64, 254), (90, 237), (122, 230), (150, 235), (170, 250),
    (181, 272), (183, 292), (175, 302), (163, 311), (153, 325), (152, 336), (155, 347), (151, 359),
    (141, 366), (140, 378), (127, 385), (116, 395), (110, 408), (112, 422), (119, 433), (113, 448),
    (109, 464), (104, 484), (92, 500), (75, 505), (58, 498), (40, 483), (22, 471), (8, 467),
    (6, 440), (8, 416), (19, 410), (32, 410), (54, 402), (74, 392), (88, 380), (89, 366), (80, 346),
    (69, 332), (60, 326),
)  # fmt: skip
INNER_WALL = (
    (58, 318), (52, 346), (57, 368), (62, 384), (50, 398), (54, 405), (72, 398), (90, 382),
    (90, 362), (78, 340), (68, 326),
)  # fmt: skip
FORAMEN = ((40, 438), (54, 424), (76, 424), (90, 438), (88, 458), (74, 474), (58, 472), (44, 456))
FOSSA = (
    (72, 304), (78, 274), (98, 252), (126, 244), (152, 249), (167, 268), (166, 292), (148, 318),
    (136, 346), (114, 358), (96, 344), (80, 326),
)  # fmt: skip
FEMUR = (
    (126, 383), (140, 396), (152, 404), (160, 399), (169, 392), (180, 396), (189, 407), (193, 424),
    (191, 444), (187, 466), (184, 500), (180, 560), (171, 640),
)  # fmt: skip
FEMUR_INNER = (
    (136, 640), (145, 560), (148, 524), (146, 506), (136, 497), (130, 487), (133, 475), (143, 466),
    (140, 455), (130, 445), (116, 438), (98, 420),
)  # fmt: skip
SACRUM = (
    (0, 306), (27, 303), (45, 299), (63, 306), (70, 321), (64, 344), (54, 366), (39, 383),
    (24, 392), (14, 398), (10, 408), (0, 414),
)  # fmt: skip
PSOAS_MEDIAL = (
    (25, 62), (30, 80), (27, 94), (31, 114), (28, 140), (32, 160), (29, 186), (33, 206), (31, 232),
    (38, 262), (50, 298), (66, 336), (82, 372), (96, 406), (110, 440), (122, 466), (131, 484),
)  # fmt: skip
PSOAS_LATERAL = (
    (29, 56), (42, 72), (54, 96), (66, 130), (78, 170), (88, 212), (96, 256), (103, 300),
    (109, 340), (115, 376), (123, 412), (131, 446), (138, 474), (137, 490),
)  # fmt: skip
ILIACUS_EDGE = (
    (68, 300), (78, 270), (100, 249), (128, 240), (152, 245), (168, 259), (175, 279), (170, 296),
    (156, 312), (148, 332), (149, 366), (152, 396), (152, 422), (149, 448), (145, 470), (140, 490),
    (132, 484), (120, 440), (106, 390), (94, 340), (80, 316),
)  # fmt: skip


def half(points: Sequence[tuple[float, float]], side: int) -> list[Node]:
    """Points of one side of the body; `side` is 1 on the right of the page and -1 on the left."""
    return [complex(MIDDLE + side * x, TOP + y) for x, y in points]


def whole(points: Sequence[tuple[float, float]]) -> list[Node]:
    """A shape and its mirror image as one, from its upper to its lower point in the middle."""
    return [*half(points, 1), *half(points[-2:0:-1], -1)]


def wing(top: float, height: float, width: float, reach: float, lift: float) -> list[Node]:
    """The transverse process of one vertebra."""
    root, y = width / 2 - 8, top + height * 0.36
    tip = [(reach, y - 5 - lift), (reach + 3, y - lift), (reach - 2, y + 4 - lift)]
    above, below = (reach * 0.7, y - 5 - lift * 0.6), (reach * 0.7, y + 4 - lift * 0.6)
    return half([(root, y - 7), above, *tip, below, (root, y + 8)], 1)


def along(
    a: Sequence[tuple[float, float]],
    b: Sequence[tuple[float, float]],
    share: float,
    low: float,
    high: float,
) -> list[Node]:
    """A fibre between two edges, from one share of their length to another."""

    def at(line: Sequence[tuple[float, float]], t: float) -> Point:
        where = t * (len(line) - 1)
        i = min(int(where), len(line) - 2)
        (x0, y0), (x1, y1) = line[i], line[i + 1]
        return complex(x0 + (x1 - x0) * (where - i), y0 + (y1 - y0) * (where - i))

    steps = [low + (high - low) * i / 6 for i in range(7)]
    points = [at(a, t) * (1 - share) + at(b, t) * share for t in steps]
    return half([(p.real, p.imag) for p in points], 1)


def spine(canvas: Canvas) -> None:
    """T12 to L5 with their discs."""
    sizes = ((32, 50, 40, 4), (35, 52, 58, 2), (36, 54, 64, 0))
    sizes += ((37, 56, 70, -1), (37, 59, 64, 5), (36, 62, 58, 8))
    tops = [26.0 + sum(size[0] + 9 for size in sizes[:i]) for i in range(len(sizes))]
    with canvas.mirrored("bones-behind", MIDDLE):
        canvas.shape([wing(top, *size) for top, size in zip(tops, sizes, strict=True)], BONE, 3.4)
    for top, (height, width, _, _) in zip(tops, sizes, strict=True):
        w, low = width / 2, top + height
        canvas.add(
            "rect",
            x=MIDDLE - w + 1,
            y=TOP + low - 6,
            width=width - 2,
            height=20,
            rx=7,
            fill=DISC.fill,
            stroke=DISC.line,
            stroke_width=1.8,
        )
        body = [(0, top + 2), (w - 3, top + 1), (w, top + 5), (w - 4, top + height / 2)]
        body += [(w + 1, low - 4), (w - 3, low), (0, low - 2)]
        canvas.shape([whole(body)], BONE, 3.4)
        canvas.add("ellipse", cx=MIDDLE, cy=TOP + low - 9, rx=w - 9, ry=4.5, fill=BONE.shade)


def pelvis(canvas: Canvas) -> None:
    """On both sides hip bone and thigh bone, then the sacrum and the joint of the pubic bones."""
    with canvas.mirrored("bones-beside", MIDDLE):
        canvas.shape([half(INNER_WALL, 1)], BONE_DEEP, 3.4)
        femur(canvas)
        canvas.shape([half(HIP_BONE, 1)], BONE, 3.8)
        canvas.blob(half(FOSSA, 1), BONE.shade)
        canvas.shape([half(FORAMEN, 1)], Tone(BODY, BONE.line, BODY), 3.4)
        socket = [(124, 388), (112, 397), (106, 409), (108, 421), (113, 430)]
        canvas.stroke(half(socket, 1), BONE.line, 2, opacity=0.6)
    canvas.shape([whole(SACRUM)], BONE_DEEP, 3.4)
    holes = [(27, 326), (23, 346), (19, 364), (15, 380)]
    canvas.path(
        union([Disc(complex(MIDDLE + s * x, TOP + y), 4.2) for x, y in holes for s in (1, -1)]),
        fill=BONE.line,
    )
    canvas.shape([whole([(0, 416), (6, 419), (5, 440), (6, 462), (0, 466)])], DISC, 3.4)


def femur(canvas: Canvas) -> None:
    """The upper end of a thigh bone: head, neck, both trochanters and shaft."""
    head = Disc(complex(MIDDLE + 114, TOP + 406), 28)
    outer, inner = half(FEMUR, 1), half(FEMUR_INNER, 1)
    ends = [complex(MIDDLE + x, TOP + 716) for x in (160, 125)]
    canvas.shape([[*outer, *(Corner(e) for e in ends), *inner], head], BONE, 3.8)
    canvas.blob(
        [
            *half([(148, 474), (162, 494), (159, 560), (150, 640)], 1),
            *(Corner(complex(MIDDLE + x, TOP + 716)) for x in (138, 127)),
            *half([(138, 640), (147, 560), (150, 524)], 1),
        ],
        BONE.shade,
    )
    for line in (
        [(174, 408), (168, 434), (150, 460)],
        [(138, 394), (140, 412), (131, 434)],
    ):
        canvas.stroke(half(line, 1), BONE.line, 2, opacity=0.75)


def muscles(canvas: Canvas) -> None:
    """Iliacus with psoas upon it, both to the lesser trochanter."""
    canvas.shape([half(ILIACUS_EDGE, 1)], ILIACUS, 3.8)
    for fibre in (
        [(100, 262), (106, 320), (118, 388)],
        [(118, 252), (117, 320), (124, 392)],
        [(138, 249), (128, 322), (130, 398)],
        [(153, 256), (135, 326), (135, 406)],
        [(166, 270), (140, 328), (140, 414)],
        [(164, 291), (144, 330), (145, 420)],
    ):
        canvas.stroke(half([*fibre, (140, 470)], 1), ILIACUS.line, 2, stroke_dasharray="26 17")
    canvas.shape([half([*PSOAS_MEDIAL, *reversed(PSOAS_LATERAL)], 1)], PSOAS, 3.8)
    fibres = ((0.2, 0.12, 0.93), (0.4, 0.06, 0.96), (0.6, 0.05, 0.97), (0.8, 0.1, 0.95))
    for share, low, high in fibres:
        canvas.stroke(along(PSOAS_MEDIAL, PSOAS_LATERAL, share, low, high), PSOAS.line, 1.9)
    tendon = [(118, 444), (131, 440), (139, 470), (139, 492), (131, 490), (124, 470)]
    canvas.shape([half(tendon, 1)], Tone("#f6dfc6", PSOAS.line, "#f6dfc6"), 3.4)


def body(canvas: Canvas) -> None:
    """A soft silhouette of waist, hips and thighs for orientation."""
    outside = [(148, 40), (150, 130), (172, 220), (202, 310), (222, 400), (226, 480), (216, 600)]
    right: list[Node] = [Corner(complex(MIDDLE + 150, 0)), *half(outside, 1)]
    right += [Corner(complex(MIDDLE + x, 720)) for x in (196, 32)] + half([(20, 640), (6, 560)], 1)
    left: list[Node] = [*half([(6, 560), (20, 640)], -1)]
    left += [Corner(complex(MIDDLE - x, 720)) for x in (32, 196)] + half(outside[::-1], -1)
    top = Corner(complex(MIDDLE - 150, 0))
    canvas.blob([top, *right, Corner(complex(MIDDLE, TOP + 516)), *left], BODY)


def label(
    canvas: Canvas,
    words: str,
    at: Point,
    start: Point,
    to: Point,
    *,
    middle: bool = False,
) -> None:
    """Words, a line after each bar, with a leader line that ends in a dot."""
    canvas.stroke([start, to], INK, 2.6)
    canvas.blob(Disc(to, 5.5), INK, stroke="#fffaf0", stroke_width=3)
    for i, line in enumerate(words.split("|")):
        canvas.text(at + 32j * i, line, 30, fill=INK, weight=600, middle=middle)


WORDS = {
    "en": {
        "title": "The iliopsoas: psoas and iliacus, seen from the front",
        "description": "Lower spine, pelvis and upper thigh bones from the front. On the right of the "
        "picture the psoas runs from the sides of the lower spine, and the iliacus spreads over the inside "
        "of the hip bone. Both pass in front of the hip joint and join at the lesser trochanter, "
        "a bump on the inner side of the upper thigh bone.",
        "spine": "Spine|(lower back)",
        "hip bone": "Hip bone|(pelvis)",
        "thigh bone": "Thigh|bone|(femur)",
        "psoas": "Psoas",
        "iliacus": "Iliacus",
        "joins": "Joins here:|lesser|trochanter",
    },
    "es": {
        "title": "El iliopsoas: psoas e ilíaco, vistos de frente",
        "description": "La columna lumbar, la pelvis y la parte alta de los huesos del muslo vistos de "
        "frente. A la derecha del dibujo, el psoas va desde los lados de la columna lumbar hacia abajo y "
        "el ilíaco cubre la cara interna del hueso de la cadera. Los dos pasan por delante de la "
        "articulación de la cadera y se unen en el trocánter menor, un bulto del hueso del muslo.",
        "spine": "Columna|(lumbar)",
        "hip bone": "Cadera|(pelvis)",
        "thigh bone": "Hueso|del muslo|(fémur)",
        "psoas": "Psoas",
        "iliacus": "Ilíaco",
        "joins": "Se unen aquí:|trocánter|menor",
    },
}
"""By language; a bar begins a line."""


def iliopsoas(language: str) -> Canvas:
    """Psoas and iliacus on spine, pelvis and thigh bone."""
    words = WORDS[language]
    canvas = Canvas(700, 720, words["title"], words["description"])
    body(canvas)
    pelvis(canvas)
    spine(canvas)
    muscles(canvas)
    label(canvas, words["spine"], 20 + 96j, 246 + 120j, 334 + 146j)
    label(canvas, words["hip bone"], 20 + 196j, 160 + 208j, 226 + 278j)
    label(canvas, words["thigh bone"], 20 + 604j, 96 + 574j, 190 + 548j)
    label(canvas, words["psoas"], 560 + 110j, 550 + 104j, 412 + 172j)
    label(canvas, words["iliacus"], 570 + 200j, 566 + 208j, 492 + 284j)
    label(canvas, words["joins"], 350 + 606j, 404 + 574j, 484 + 500j, middle=True)
    return canvas
