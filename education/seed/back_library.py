"""Sources, words and exercises of the two guides to the back of the hip.

The sources are published; they are shown only where a guide names them. Words and exercises are
drafts that wait for clinical review, like the guides.
"""

from typing import Any

from education.seed import library
from education.seed.library import LIGHT_STOP, STRENGTHEN_OFTEN, STRETCH_OFTEN

REFERENCES: list[dict[str, Any]] = [
    {
        "key": "elzanie-gluteus",
        "authors": "Elzanie A, Borger J",
        "title": "Anatomy, Bony Pelvis and Lower Limb, Gluteus Maximus Muscle",
        "source": "StatPearls",
        "year": 2023,
        "url": "https://www.ncbi.nlm.nih.gov/books/NBK538193/",
        "kind": "textbook",
    },
    {
        "key": "anderson-thigh",
        "authors": "Anderson TB, Vilella RC",
        "title": "Anatomy, Bony Pelvis and Lower Limb, Posterior Thigh",
        "source": "StatPearls",
        "year": 2020,
        "url": "https://www.ncbi.nlm.nih.gov/books/NBK554598/",
        "kind": "textbook",
    },
    {
        "key": "lieberman-2006",
        "authors": "Lieberman DE and others",
        "title": "The human gluteus maximus and its role in running",
        "source": "Journal of Experimental Biology 209(11)",
        "year": 2006,
        "doi": "10.1242/jeb.02255",
        "kind": "measured",
    },
    {
        "key": "bandy-1997",
        "authors": "Bandy WD, Irion JM, Briggler M",
        "title": (
            "The effect of time and frequency of static stretching on flexibility of the "
            "hamstring muscles"
        ),
        "source": "Physical Therapy 77(10)",
        "year": 1997,
        "doi": "10.1093/ptj/77.10.1090",
        "kind": "trial",
    },
    {
        "key": "van-dyk-2019",
        "authors": "van Dyk N, Behan FP, Whiteley R",
        "title": (
            "Including the Nordic hamstring exercise in injury prevention programmes halves the "
            "rate of hamstring injuries: a systematic review and meta-analysis of 8459 athletes"
        ),
        "source": "British Journal of Sports Medicine 53(21)",
        "year": 2019,
        "doi": "10.1136/bjsports-2018-100045",
        "kind": "trial",
    },
    {
        "key": "bull-2020",
        "authors": "Bull FC and others",
        "title": (
            "World Health Organization 2020 guidelines on physical activity and sedentary behaviour"
        ),
        "source": "British Journal of Sports Medicine 54(24)",
        "year": 2020,
        "doi": "10.1136/bjsports-2020-102955",
        "kind": "guideline",
    },
]

GLOSSARY: list[dict[str, str]] = [
    {
        "key": "sacrum",
        "term": "sacrum",
        "meaning": "The flat bone at the foot of your spine, between the two hip bones.",
    },
    {
        "key": "sitting-bone",
        "term": "sitting bone",
        "also": "sitting bones, ischial tuberosity",
        "meaning": "The bony bump in each buttock that you sit on.",
    },
    {
        "key": "sciatic-nerve",
        "term": "sciatic nerve",
        "meaning": "The thick nerve from your low back down the back of your leg.",
    },
    {
        "key": "tendon",
        "term": "tendon",
        "also": "tendons",
        "meaning": "The strong cord that ties a muscle to a bone.",
    },
]

EXERCISES: list[dict[str, Any]] = [
    {
        "key": "bridge",
        "name": "Bridge",
        "summary": "Makes the muscles of your bottom and the back of your thighs stronger.",
        "kind": "strengthen",
        "position": "lying",
        "steps": (
            "Lie on your back. Bend both knees, with your feet flat and hip-width apart.\n"
            "Brace your core: gently tighten your belly.\n"
            "Squeeze your bottom. Press your feet down and lift your hips.\n"
            "Stop when shoulders, hips and knees are in one line.\n"
            "Lower your hips slowly. Keep breathing."
        ),
        "sets": 2,
        "reps": 10,
        "each_side": False,
        "how_often": STRENGTHEN_OFTEN,
        "cautions": (
            library.NEW_HIP + "Do not arch your low back to get higher.\n"
            "Keep your knees in line with your feet: do not let them fall in."
        ),
        "stop_if": LIGHT_STOP + "\nYour low back hurts, or the back of your thigh cramps.",
        "easier": "Lift your hips only a hand’s width.",
        "harder": "Stay at the top for five slow breaths.",
        "drawing": "bridge",
        "start_alt": (
            "A person lies on the back on a mat, both knees bent and both feet flat. The hips "
            "rest on the mat."
        ),
        "end_alt": (
            "The hips are lifted until shoulders, hips and knees are in one line. Shoulders and "
            "feet stay on the mat."
        ),
    },
    {
        "key": "lying-knee-hug",
        "name": "Lying knee hug",
        "summary": "Gently stretches your bottom and your low back.",
        "kind": "stretch",
        "position": "lying",
        "steps": (
            "Lie on your back. Bend both knees, with your feet flat.\n"
            "Take hold of one shin with both hands, just below the knee.\n"
            "Bring that knee towards your chest.\n"
            "Feel a mild pull in the buttock of that side.\n"
            "Hold and breathe. Then change sides."
        ),
        "reps": 2,
        "hold_from": 30,
        "hold_to": 60,
        "how_often": STRETCH_OFTEN,
        "cautions": (
            library.NEW_HIP
            + "Have you had a hip replacement? Ask your surgeon or physiotherapist first.\n"
            "If your knee hurts, hold the back of your thigh instead."
        ),
        "stop_if": LIGHT_STOP + "\nYou feel a pinch at the front of your hip.",
        "easier": "Loop a towel behind your thigh and pull on that.",
        "harder": "Let your other leg lie straight on the floor.",
        "drawing": "lying-knee-hug",
        "start_alt": (
            "A person lies on the back on a mat, both knees bent with the feet flat, arms beside "
            "the body."
        ),
        "end_alt": (
            "Both hands hold one bent knee close to the chest. The other foot stays flat on the "
            "mat. The buttock of the hugged side is stretched."
        ),
    },
    {
        "key": "standing-leg-curl",
        "name": "Standing leg curl",
        "summary": "Makes the back of your thigh stronger with the weight of your lower leg.",
        "kind": "strengthen",
        "position": "standing",
        "steps": (
            "Stand behind a heavy chair. Hold its back with both hands.\n"
            "Put your weight on one leg.\n"
            "Bend the other knee and bring that heel up behind you.\n"
            "Keep your thighs side by side. Lower your foot slowly.\n"
            "Do all the lifts on one leg, then change legs."
        ),
        "sets": 2,
        "reps": 10,
        "how_often": STRENGTHEN_OFTEN,
        "cautions": (
            library.NEW_HIP + "Use a chair that cannot slide or tip, or hold on to a worktop.\n"
            "Stay tall: do not lean forward or arch your back."
        ),
        "stop_if": LIGHT_STOP + "\nThe back of your thigh cramps.\nYou feel unsteady.",
        "easier": "Lift your heel only halfway.",
        "harder": "Take five slow seconds to lower your foot.",
        "drawing": "standing-leg-curl",
        "start_alt": (
            "A person stands upright behind a firm chair with both hands on its back, both feet "
            "flat on the floor."
        ),
        "end_alt": (
            "One knee is bent so that the heel is lifted behind. The thighs stay side by side and "
            "both hands hold the chair."
        ),
    },
    {
        "key": "seated-hamstring-stretch",
        "name": "Seated hamstring stretch",
        "summary": "Stretches the back of your thigh while your back stays long.",
        "kind": "stretch",
        "position": "sitting",
        "steps": (
            "Sit at the front edge of a firm chair.\n"
            "Put one leg straight out in front, with the heel on the floor.\n"
            "Sit tall and rest your hands on the other thigh.\n"
            "Lean forward from your hips. Keep your back long.\n"
            "Feel a mild pull at the back of the straight thigh. Hold and breathe.\n"
            "Then change sides."
        ),
        "reps": 2,
        "hold_from": 30,
        "hold_to": 30,
        "how_often": STRETCH_OFTEN,
        "cautions": (
            library.NEW_HIP + "Do not round your back to get lower.\n"
            "Do you have pain that runs down your leg? Ask us before you do this."
        ),
        "stop_if": LIGHT_STOP + "\nThe pull is behind your knee or in your calf, and sharp.",
        "easier": "Bend the straight knee a little.",
        "harder": "Pull your toes towards you.",
        "drawing": "seated-hamstring-stretch",
        "start_alt": (
            "A person sits at the front edge of a firm chair, one leg straight in front with the "
            "heel on the floor, both hands on the thigh of the other, bent leg."
        ),
        "end_alt": (
            "The trunk leans forward from the hips with a long, straight back. The back of the "
            "straight thigh is stretched."
        ),
    },
]
