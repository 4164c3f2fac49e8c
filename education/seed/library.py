"""The first exercises, sources and glossary words."""

from typing import Any

REFERENCES: list[dict[str, Any]] = [
    {
        "key": "bordoni-iliopsoas",
        "authors": "Bordoni B, Varacallo MA",
        "title": "Anatomy, Bony Pelvis and Lower Limb, Iliopsoas Muscle (updated 24 April 2023)",
        "source": "StatPearls",
        "year": 2023,
        "url": "https://www.ncbi.nlm.nih.gov/books/NBK531508/",
        "kind": "textbook",
    },
    {
        "key": "bogduk-1992",
        "authors": "Bogduk N, Pearcy M, Hadfield G",
        "title": "Anatomy and biomechanics of psoas major",
        "source": "Clinical Biomechanics 7(2)",
        "year": 1992,
        "doi": "10.1016/0268-0033(92)90024-X",
        "kind": "measured",
    },
    {
        "key": "boukabache-2021",
        "authors": "Boukabache A, Preece SJ, Brookes N",
        "title": (
            "Prolonged sitting and physical inactivity are associated with limited hip extension: "
            "a cross-sectional study"
        ),
        "source": "Musculoskeletal Science and Practice 51:102282",
        "year": 2021,
        "doi": "10.1016/j.msksp.2020.102282",
        "kind": "association",
    },
    {
        "key": "acsm-11",
        "authors": "American College of Sports Medicine",
        "title": (
            "ACSM’s Guidelines for Exercise Testing and Prescription, 11th edition (a 12th "
            "edition exists)"
        ),
        "source": "Wolters Kluwer",
        "year": 2021,
        "kind": "guideline",
    },
    {
        "key": "garber-2011",
        "authors": "Garber CE and others",
        "title": (
            "Quantity and quality of exercise for developing and maintaining fitness in apparently "
            "healthy adults (ACSM position stand)"
        ),
        "source": "Medicine & Science in Sports & Exercise 43(7)",
        "year": 2011,
        "doi": "10.1249/MSS.0b013e318213fefb",
        "kind": "guideline",
    },
    {
        "key": "gonzalez-2024",
        "authors": "González-de-la-Flor Á and others",
        "title": (
            "Comparison of two different stretching strategies to improve hip extension mobility "
            "in healthy and active adults: a crossover clinical trial"
        ),
        "source": "BMC Musculoskeletal Disorders 25",
        "year": 2024,
        "doi": "10.1186/s12891-024-07988-9",
        "kind": "trial",
    },
    {
        "key": "vigotsky-2016",
        "authors": "Vigotsky AD and others",
        "title": (
            "The modified Thomas test is not a valid measure of hip extension unless pelvic tilt "
            "is controlled"
        ),
        "source": "PeerJ 4:e2325",
        "year": 2016,
        "doi": "10.7717/peerj.2325",
        "kind": "measured",
    },
]

GLOSSARY: list[dict[str, str]] = [
    {
        "key": "iliopsoas",
        "term": "iliopsoas",
        "meaning": "Say it “ill-ee-oh-SO-as”. The muscle that bends your hip, deep in its front.",
    },
    {"key": "psoas", "term": "psoas", "meaning": "Say it “SO-as”. The part from your low back."},
    {
        "key": "iliacus",
        "term": "iliacus",
        "meaning": "Say it “ill-EYE-a-cuss”. The part that fans out inside your hip bone.",
    },
    {
        "key": "lumbar-spine",
        "term": "lumbar spine",
        "meaning": "The five bones of your low back, between your ribs and your pelvis.",
    },
    {"key": "femur", "term": "femur", "meaning": "Your thigh bone, from hip to knee."},
    {
        "key": "pelvis",
        "term": "pelvis",
        "meaning": "The ring of bone that joins your back to your legs. You sit on it.",
    },
    {
        "key": "gluteus-maximus",
        "term": "gluteus maximus",
        "meaning": "The large muscle of your bottom. It moves your thigh back.",
    },
    {
        "key": "hamstrings",
        "term": "hamstrings",
        "also": "hamstring",
        "meaning": "The muscles at the back of your thigh. They bend your knee.",
    },
    {
        "key": "core",
        "term": "core",
        "meaning": "The muscles round your belly and low back that hold your trunk steady.",
    },
    {
        "key": "trunk",
        "term": "trunk",
        "meaning": "Your body without head, arms and legs.",
    },
    {
        "key": "hip-extension",
        "term": "extension",
        "meaning": "Opening a joint out straight or beyond. At the hip: your thigh moves back.",
    },
]

LIGHT_STOP = (
    "Your chest hurts, you cannot get your breath or you faint: call for emergency help.\n"
    "Your leg goes weak, or your groin hurts when you stand on it: get help today, and keep your "
    "weight off it.\n"
    "You feel sharp, burning or growing pain, or a pinch in your groin.\n"
    "You feel numb, tingling or dizzy."
)
NEW_HIP = (
    "After a hip operation, or a hip or spine operation or fracture in the last 12 weeks: not "
    "until your surgeon or "
    "physiotherapist agrees. Under 16: do not do this.\n"
)
STRENGTHEN_OFTEN = "On at least 2 days a week."
STRETCH_OFTEN = "At least 2 or 3 days a week."
EXERCISES: list[dict[str, Any]] = [
    {
        "key": "seated-knee-lift",
        "name": "Seated knee lift",
        "summary": "Strengthens the muscle in a position you use every day.",
        "kind": "strengthen",
        "position": "sitting",
        "steps": (
            "Sit tall on a firm chair, with both feet flat on the floor.\n"
            "Brace your core: gently tighten your belly, as if someone might poke it. "
            "This protects your back.\n"
            "Lift one knee, so that your thigh leaves the chair.\n"
            "Lower it slowly. Keep breathing.\n"
            "Do all the lifts on one leg, then change legs."
        ),
        "reps": 15,
        "how_often": STRENGTHEN_OFTEN + " Stretch afterwards.",
        "cautions": (
            NEW_HIP
            + "Back pain or pain down your leg, a hernia, a hip that pinches, poor balance, or a "
            "heart or blood pressure problem? Ask us first.\n"
            "Do not lean back to get the knee higher.\n"
            "Keep your back long and still."
        ),
        "stop_if": LIGHT_STOP + "\nYour back hurts.",
        "easier": "Lift only your heel.",
        "harder": "Stop for two breaths at the top of each lift.",
        "drawing": "seated-knee-lift",
        "start_alt": (
            "A person sits upright on a firm chair, feet flat on the floor, hands "
            "holding the sides of the seat."
        ),
        "end_alt": (
            "The same person lifts one knee, so that the thigh leaves the chair. The "
            "back stays upright and the other foot stays on the floor."
        ),
    },
    {
        "key": "lying-leg-lift",
        "name": "Lying leg lift",
        "summary": "Makes the muscle stronger with the whole weight of your leg.",
        "kind": "strengthen",
        "position": "lying",
        "steps": (
            "Lie on your back. Bend one knee, with that foot flat on the floor.\n"
            "Keep the other knee straight. Brace your core.\n"
            "Lift the straight leg to about 45 degrees: halfway to upright.\n"
            "Lower it slowly. Keep breathing.\n"
            "Do all the lifts on one leg, then change legs."
        ),
        "reps": 15,
        "how_often": STRENGTHEN_OFTEN + " Stretch afterwards.",
        "cautions": (
            NEW_HIP + "A hernia? Do not do this one.\n"
            "Back or leg pain, a hip that pinches, or a heart or blood pressure problem? Ask us "
            "first.\n"
            "Weak bones, or pregnant? Ask us first: we think that the seated knee lift is the "
            "safer one.\n"
            "Keep your low back still: do not let it arch."
        ),
        "stop_if": LIGHT_STOP + "\nYour low back arches or hurts.",
        "easier": "Lift the leg only a hand’s width.",
        "harder": "Lower the leg while you count slowly to five.",
        "drawing": "lying-leg-lift",
        "start_alt": (
            "A person lies on the back on a mat. One knee is bent with the foot flat; "
            "the other leg lies straight."
        ),
        "end_alt": (
            "The straight leg is raised to about 45 degrees with the knee straight. The "
            "low back stays flat on the mat."
        ),
    },
    {
        "key": "half-kneeling-stretch",
        "name": "Half-kneeling stretch",
        "summary": "Opens the front of your hip, with your trunk tall.",
        "kind": "stretch",
        "position": "kneeling",
        "steps": (
            "Kneel on one knee, on a cushion. Put the other foot flat in front of you.\n"
            "Tuck your pelvis under: point your tailbone down and squeeze your bottom.\n"
            "Keep that tuck. Move your whole body a little forward.\n"
            "Feel a pull at the front of the hip of the kneeling leg.\n"
            "Hold and breathe. Then change sides."
        ),
        "reps": 2,
        "hold_from": 30,
        "hold_to": 60,
        "how_often": STRETCH_OFTEN,
        "cautions": (
            NEW_HIP + "A new or a sore knee? Do not kneel on it.\n"
            "Back or leg pain, weak bones, pregnant, very bendy joints, poor balance, or a heart "
            "or blood pressure problem? Ask us first.\n"
            "Do not arch your low back, and keep the tuck.\n"
            "Hold on to a chair if you feel unsteady."
        ),
        "stop_if": LIGHT_STOP + "\nYour kneeling knee hurts, even on a cushion.",
        "easier": "Hold for 10 seconds to begin with.",
        "harder": "Raise the arm of the kneeling side, and reach up tall.",
        "drawing": "half-kneeling-stretch",
        "start_alt": (
            "A person kneels on one knee on a cushion. The other foot is flat in front, "
            "both hands rest on the front thigh and the body is upright."
        ),
        "end_alt": (
            "The pelvis is tucked under and the upright body has moved a little "
            "forwards. The front of the hip on the kneeling side is stretched."
        ),
    },
    {
        "key": "lying-stretch",
        "name": "Lying stretch",
        "summary": "Lets the weight of your leg open the front of your hip.",
        "kind": "stretch",
        "position": "lying",
        "steps": (
            "Lie on your back at the edge of a bed.\n"
            "Hug the knee that is further from the edge towards your chest. "
            "This keeps your low back flat.\n"
            "Let the leg nearer the edge hang down, with the knee loose.\n"
            "Feel a pull at the front of the hip of the hanging leg.\n"
            "Hold and breathe. Then lie the other way round and repeat with the other leg."
        ),
        "reps": 2,
        "hold_from": 30,
        "hold_to": 60,
        "how_often": STRETCH_OFTEN,
        "cautions": (
            NEW_HIP + "A hip that pinches when you bend it? Do not do this one.\n"
            "Back or leg pain, a hernia, a new or sore knee, weak bones, pregnant, very bendy "
            "joints, or a heart or blood pressure problem? Ask us first.\n"
            "Use a firm, steady bed. Keep your hips and back fully on the bed; only the leg hangs "
            "over.\n"
            "Keep your low back flat."
        ),
        "stop_if": LIGHT_STOP + "\nYour low back hurts.",
        "easier": "Lie on the floor. Hug one knee and keep the other leg straight on the floor.",
        "harder": "Let the hanging knee bend a little more.",
        "drawing": "lying-stretch",
        "start_alt": (
            "A person lies on the back at the edge of a bed. Both hands hold the far "
            "knee towards the chest; the near knee is bent with the foot on the bed."
        ),
        "end_alt": (
            "The near leg hangs over the edge of the bed with the knee relaxed. Both "
            "hands still hold the far knee and the low back is flat. The front of the "
            "near hip is stretched."
        ),
    },
]
