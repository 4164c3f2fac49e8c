"""The questions that stood in the code, corrected after docs/triage.md, in two languages.

Each sign has the words, the route and the sources of its row there. No clinician has signed them.
"""

import uuid

CJ = "clinical judgement"
SOURCES = {
    2: "Hertfordshire Community NHS Trust",
    3: "Northern Health and Social Care Trust",
    4: "redflagsymptoms.co.uk",
    5: "CSP, Physiotherapy, March 2024",
    6: "Deep vein thrombosis, NHS",
    7: "Pulmonary embolism, Asthma + Lung UK",
    8: "Aortic aneurysm, nidirect",
    9: "Limb ischaemia, NPSA 2011",
    10: "Hernia, NHS Borders",
    11: "Fern House Surgery 2025",
    12: "Iliopsoas haematoma, Consultant360",
    13: "Complications of a hip replacement, NHS",
    14: "Hip red flags, NHS Gloucestershire",
    15: "Hot swollen joint, BSR 2006",
    16: "Kidney infection, NHS",
    17: "NICE CG75",
    18: "Septic arthritis, NHS 2023",
    19: "Iliopsoas abscess, BMC Infect Dis 2019",
    20: "NICE NG158",
    21: "Femoral neck stress fractures, 2017",
    22: "Limp, Frimley Healthier Together",
    23: "Slipped epiphysis, Am Fam Physician 2017",
    24: "Axial spondyloarthritis, Royal Devon NHS",
    25: "Total hip replacement, Leeds NHS",
    26: "After hip surgery, Northern Care Alliance",
    27: "hip precautions (weak source)",
    29: "Osteoporos Int 2014",
    30: "Brooke-Wavell and others, BJSM 2022",
    31: "Exercise in pregnancy, West London",
    32: "Hypermobility, Children’s Wisconsin",
    33: "Knee replacement, NHS OPAL",
    34: "NICE NG59, 2016",
}


def sources(*found):
    """Numbers as in docs/triage.md, or words of their own."""
    return "; ".join(SOURCES.get(one, one) for one in found)


# Key, level, and for each sign: English, Spanish, days, sources.
GROUPS = [
    (
        "fracture",
        "emergency",
        [
            "A leg that cannot be moved or stood on, or that looks shorter or turned out; or a serious accident, or a fall from a height or downstairs",
            "Pain after any fall at 65 or over, with weak bones or on steroids",
            "Sudden pain or a pop in a replaced hip; or an artificial joint that is hot, swollen or newly painful, and feeling ill",
        ],
        [
            "Una pierna que no se puede mover ni apoyar, o que se ve más corta o girada hacia fuera; o un accidente grave, o una caída desde una altura o por las escaleras",
            "Dolor después de cualquier caída con 65 años o más, con huesos frágiles o tomando corticoides",
            "Dolor repentino o un chasquido en una prótesis de cadera; o una prótesis caliente, hinchada o con dolor nuevo, y sentirse mal",
        ],
        [
            (
                "cannot lift or move the leg or stand on it; shorter or turned out",
                "no poder levantar ni mover la pierna, ni apoyarse en ella; más corta o girada hacia fuera",
                None,
                [2],
            ),
            (
                "a serious accident, or a fall from a height or downstairs",
                "un accidente grave, o una caída desde una altura o por las escaleras",
                None,
                [4],
            ),
            (
                "pain after any fall, at 65 or over, with weak bones or on steroids",
                "dolor después de cualquier caída, con 65 años o más, con huesos frágiles o tomando corticoides",
                None,
                [2, 3, "the age: the clinic"],
            ),
            (
                "artificial joint hot, swollen or painful, and ill",
                "prótesis caliente, hinchada o dolorosa, y sentirse mal",
                None,
                [15, f"route: {CJ}"],
            ),
            (
                "new hip: sudden pain, a pop, cannot be moved",
                "prótesis de cadera: dolor repentino, un chasquido o no poder moverla",
                None,
                [13, 14],
            ),
        ],
    ),
    (
        "cauda",
        "emergency",
        [
            "New numbness or tingling between the legs; or new trouble with peeing or pooing: cannot go, hold it or feel it; or sex feels different",
            "New pain, weakness or numbness in both legs; or cancer now or before, with back pain and a weak or numb leg or trouble walking",
        ],
        [
            "Desde hace poco, adormecimiento u hormigueo en los genitales, el ano o entre las piernas; o no poder orinar o hacer de vientre, escaparse la orina o las heces o no notarlo; o sentir algo distinto en las relaciones sexuales",
            "Desde hace poco, dolor, debilidad o adormecimiento en las dos piernas; o cáncer ahora o antes, con dolor de espalda y una pierna débil o dormida o dificultad para caminar",
        ],
        [
            (
                "numb or tingling between the legs; new bladder, bowel or sexual trouble; new pain, weakness or numbness in both legs",
                "adormecimiento u hormigueo entre las piernas; problemas nuevos de la vejiga, del intestino "
                "o sexuales; dolor, debilidad o adormecimiento nuevos en las dos piernas",
                None,
                [3, 4, 5],
            ),
            (
                "cancer now or before, back pain, and a weak or numb leg or trouble walking",
                "cáncer ahora o antes, dolor de espalda y una pierna débil o dormida o dificultad para caminar",
                None,
                [17],
            ),
        ],
    ),
    (
        "sudden",
        "emergency",
        [
            "Chest pain, shortness of breath, fainting or coughing blood; or feeling very ill, drowsy or confused",
            "Sudden, very bad pain in the tummy, the back or a testicle; or pain low on the right of the tummy, and feeling ill",
            "One leg that suddenly hurts and is cold, pale or numb; or a groin lump with bad pain or being sick, or that will not go back",
            "On blood thinners, or bleeding easily: new pain, a bruise or weakness in the groin, hip or thigh",
        ],
        [
            "Dolor en el pecho, falta de aire, desmayo o tos con sangre; o sentirse muy mal, con mucho sueño o con confusión",
            "Dolor repentino y muy fuerte en el vientre, la espalda o un testículo; o dolor en la parte baja derecha del vientre, y sentirse mal",
            "Una pierna que de repente duele y está fría, pálida o dormida; o un bulto en la ingle con dolor fuerte o vómitos, o que no vuelve a entrar",
            "Con anticoagulantes, o sangrar con facilidad: dolor, moratón o debilidad recientes en la ingle, la cadera o el muslo",
        ],
        [
            (
                "short of breath, chest pain, coughing blood, fainting",
                "falta de aire, dolor en el pecho, tos con sangre, desmayo",
                None,
                [6, 7],
            ),
            (
                "sudden, very bad pain in tummy or back",
                "dolor repentino y muy fuerte en el vientre o la espalda",
                None,
                [8],
            ),
            (
                "one leg suddenly hurts and is cold, pale or numb",
                "una pierna que de repente duele y está fría, pálida o dormida",
                None,
                [9],
            ),
            (
                "groin lump with bad pain or sickness, or that will not go back",
                "bulto en la ingle con dolor fuerte o vómitos, o que no vuelve a entrar",
                None,
                [10],
            ),
            (
                "sudden, very bad pain in a testicle",
                "dolor repentino y muy fuerte en un testículo",
                None,
                [11],
            ),
            (
                "blood thinners or bleeding easily, and a newly painful, bruised or weak groin, hip or thigh",
                "anticoagulantes o sangrar con facilidad, y una ingle, cadera o muslo con dolor, moratón o debilidad recientes",
                None,
                [12, f"route: {CJ}"],
            ),
            (
                "signs of infection, and confused, drowsy or cannot speak well",
                "signos de infección, y confusión, mucho sueño o dificultad para hablar",
                None,
                [16],
            ),
            (
                "low right tummy pain, worse when the leg goes back, and ill",
                "dolor en la parte baja derecha del vientre, peor al llevar la pierna atrás, y sentirse mal",
                None,
                [CJ],
            ),
        ],
    ),
    (
        "infection-clot",
        "urgent",
        [
            "Fever or shivers with a limp, with a hip that will not straighten, or with pain in the back, side, groin or hip",
            "A joint, calf or thigh that is newly hot, swollen, throbbing, red or a changed colour, even without fever; or bad pain in a joint that came fast",
        ],
        [
            "Fiebre o escalofríos con cojera, con una cadera que no se endereza o con dolor en la espalda, el costado, la ingle o la cadera",
            "Una articulación, una pantorrilla o un muslo con calor, hinchazón, dolor que late, enrojecimiento u otro color recientes, también sin fiebre; o un dolor fuerte y rápido en una articulación",
        ],
        [
            (
                "a hot, swollen or discoloured joint, or fast bad pain in one, with or without fever",
                "una articulación caliente, hinchada o de otro color, o un dolor fuerte y rápido en ella, "
                "con o sin fiebre",
                None,
                [15, 18],
            ),
            (
                "fever with back, side, groin or hip pain, a limp, or a hip that will not straighten",
                "fiebre con dolor de espalda, costado, ingle o cadera, cojera o una cadera que no se endereza",
                None,
                [4, 16, 19],
            ),
            (
                "one calf or thigh newly swollen, throbbing, warm or discoloured",
                "una pantorrilla o un muslo con hinchazón, dolor que late, calor u otro color recientes",
                None,
                [6, 20],
            ),
        ],
    ),
    (
        "warning",
        "urgent",
        [
            "Back or hip pain and losing weight without trying; back pain that is worse at night, that rest does not ease, or with a lump; or cancer now or before, with new back or bone pain",
            "A leg or foot that gets weaker, drags or gives way; or groin pain that grows on standing, running or hopping",
            "Any other, minor, fall or knock before the pain; or under 16 with a limp or pain",
        ],
        [
            "Dolor de espalda o de cadera y perder peso sin querer; dolor de espalda que empeora de noche, que no mejora en reposo o con un bulto; o cáncer ahora o antes, con dolor nuevo de espalda o de huesos",
            "Una pierna o un pie que pierde fuerza, se arrastra o falla; o dolor de ingle que aumenta al estar de pie, correr o saltar",
            "Cualquier otra caída o golpe leve antes del dolor; o menos de 16 años con cojera o dolor",
        ],
        [
            (
                "back pain with weight loss, night pain, no relief at rest, a lump",
                "dolor de espalda con pérdida de peso, dolor nocturno, sin alivio en reposo, un bulto",
                None,
                [4],
            ),
            ("hip pain with weight loss", "dolor de cadera con pérdida de peso", None, [CJ]),
            (
                "cancer now or before, and new back or bone pain",
                "cáncer ahora o antes, y dolor nuevo de espalda o de huesos",
                None,
                [17, f"other bones: {CJ}"],
            ),
            (
                "a leg or foot that gets weaker, drags or gives way",
                "una pierna o un pie que pierde fuerza, se arrastra o falla",
                None,
                [3, CJ],
            ),
            (
                "groin pain on standing, running or hopping, growing: keep your weight off that leg",
                "dolor de ingle al estar de pie, correr o saltar, que aumenta: no apoye esa pierna",
                None,
                [14, 21, CJ],
            ),
            (
                "under 16 with a limp, or hip, groin, thigh or knee pain",
                "menos de 16 años con cojera, o dolor de cadera, ingle, muslo o rodilla",
                None,
                [22, 23],
            ),
            (
                "any other fall or knock before the pain",
                "cualquier otra caída o golpe antes del dolor",
                None,
                [4, CJ],
            ),
        ],
    ),
    (
        "soon",
        "soon",
        [
            "Hip or groin pain that grows, never lets up or lasts for weeks; something that tore at the front of the hip; or a soft groin lump",
            "Hip or groin pain with steroids or a lot of alcohol; or under 45, with 3 months of back or buttock pain, stiff on waking",
        ],
        [
            "Dolor de cadera o de ingle que aumenta, no da tregua o dura semanas; un desgarro en la parte delantera de la cadera; o un bulto blando en la ingle",
            "Dolor de cadera o de ingle con corticoides o mucho alcohol; o menos de 45 años, con 3 meses de dolor de espalda o de nalga y rigidez al despertar",
        ],
        [
            (
                "something tore at the front of the hip",
                "un desgarro en la parte delantera de la cadera",
                2,
                [CJ],
            ),
            (
                "hip or groin pain with steroids or much alcohol",
                "dolor de cadera o de ingle tomando corticoides o mucho alcohol",
                7,
                [14, f"time: {CJ}"],
            ),
            (
                "soft groin lump that goes back",
                "bulto blando en la ingle que vuelve a entrar",
                14,
                [10, f"time: {CJ}"],
            ),
            (
                "under 45, 3 months of back or buttock pain, stiff on waking",
                "menos de 45 años, 3 meses de dolor de espalda o de nalga, rigidez al despertar",
                14,
                [24, f"time: {CJ}"],
            ),
            (
                "hip or groin pain that grows, never lets up or lasts",
                "dolor de cadera o de ingle que aumenta, no da tregua o dura",
                7,
                [4, 14, f"time: {CJ}"],
            ),
        ],
    ),
    (
        "ask-first",
        "hold",
        [
            "A replaced hip, or a mended hip fracture; or another operation or fracture of hip or spine in the last 12 weeks",
            "Weak bones, pregnancy, very bendy joints, or under 16",
        ],
        [
            "Una prótesis de cadera, o una fractura de cadera tratada; u otra operación o fractura de cadera o de columna en las últimas 12 semanas",
            "Huesos frágiles, embarazo, articulaciones muy flexibles o menos de 16 años",
        ],
        [
            (
                "hip replaced from the back, until deep bending is allowed",
                "prótesis de cadera puesta por detrás, hasta que se permita doblar mucho la cadera",
                None,
                [25, 27],
            ),
            (
                "hip replaced from the front, until reaching back is allowed",
                "prótesis de cadera puesta por delante, hasta que se permita llevar la pierna atrás",
                None,
                [27],
            ),
            (
                "hip replaced, way in unknown; mended hip fracture",
                "prótesis de cadera sin saber por dónde se puso; fractura de cadera ya tratada",
                None,
                [25, 26],
            ),
            (
                "other hip or spine operation or fracture, 12 weeks",
                "otra operación o fractura de cadera o de columna, 12 semanas",
                None,
                [CJ],
            ),
            (
                "weak bones, spine fracture",
                "huesos frágiles, fractura en la columna",
                None,
                [29, 30, CJ],
            ),
            ("pregnant", "embarazo", None, [31, CJ]),
            ("very bendy joints", "articulaciones muy flexibles", None, [32]),
            ("under 16", "menos de 16 años", None, [34]),
        ],
    ),
]
REASONS = [
    ("tight", "The hip or the front of the thigh feels tight", "Rigidez en la cadera o en la parte delantera del muslo"),
    ("pain", "The hip, groin or lower back hurts", "Dolor en la cadera, la ingle o la zona lumbar"),
    ("exercise-help", "Help to do the exercises well", "Ayuda para hacer bien los ejercicios"),
    ("sport", "Getting ready for sport, or going back to it", "Prepararse para el deporte o volver a practicarlo"),
    ("other", "Something else", "Otra cosa"),
]
GOALS = [
    ("sit", "Sit with less stiffness", "Poder sentarse con menos rigidez"),
    ("walk", "Walk or stand more easily", "Caminar o estar de pie con más facilidad"),
    ("sport", "Do sport", "Hacer deporte"),
    ("learn", "Learn a routine for home", "Aprender una rutina para casa"),
    ("unsure", "Not sure yet", "Todavía no se sabe"),
]
NAMES = {"en-gb": "Hip and low back", "es": "Cadera y zona lumbar"}


def content(language):
    """The fields of one row of `SafetyQuestions`, as Wagtail stores them."""
    at = 1 if language == "es" else 0

    def options(rows):
        return [
            {"type": "option", "value": {"key": key, "text": texts[at]}} for key, *texts in rows
        ]

    groups = [
        {
            "type": "group",
            "value": {
                "key": key,
                "question": "\n".join((english, spanish)[at]),
                "level": level,
                "signs": [
                    {
                        "type": "item",
                        "id": str(uuid.uuid4()),
                        "value": {
                            "text": (words, palabras)[at],
                            "days": days,
                            "source": sources(*found),
                        },
                    }
                    for words, palabras, days, found in signs
                ],
            },
        }
        for key, level, english, spanish, signs in GROUPS
    ]
    return {"name": NAMES[language], "groups": groups, "reasons": options(REASONS), "goals": options(GOALS)}
