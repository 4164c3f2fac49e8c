"""The part of schema.org's vocabulary that the guide may use, kept by hand.

Source: https://schema.org/TYPE for each type below: the properties of its own and of the types above
it that we use, and what each may hold: another type, or Text, Date, DateTime, Integer, Number, URL.
"""

THING = {"name": {"Text"}, "description": {"Text"}, "url": {"URL"}}
ACTION = {"target": {"EntryPoint"}}
CREATIVE_WORK = THING | {
    "about": {"Thing"},
    "audience": {"Patient"},
    "author": {"Text", "Person", "Organization"},
    "citation": {"CreativeWork", "Text"},
    "dateModified": {"Date", "DateTime"},
    "datePublished": {"Date", "DateTime"},
    "headline": {"Text"},
    "inLanguage": {"Text"},
    "publisher": {"Organization", "Thing"},
}
ANATOMICAL_STRUCTURE = THING | {"subStructure": {"AnatomicalStructure", "Muscle"}}

TYPES = {
    "AnatomicalStructure": ANATOMICAL_STRUCTURE,
    "BreadcrumbList": THING | {"itemListElement": {"ListItem"}},
    "CreativeWork": CREATIVE_WORK,
    "EntryPoint": THING | {"urlTemplate": {"Text"}},
    "ExercisePlan": CREATIVE_WORK
    | {
        "activityDuration": {"QuantitativeValue"},
        "activityFrequency": {"Text"},
        "exerciseType": {"Text"},
        "repetitions": {"Number", "Integer"},
    },
    "ListItem": THING | {"item": {"Thing", "URL"}, "position": {"Integer"}},
    "GeoCoordinates": THING | {"latitude": {"Number"}, "longitude": {"Number"}},
    "MedicalClinic": THING
    | {
        "address": {"Text"},
        "department": {"Organization", "MedicalClinic"},
        "email": {"Text"},
        "employee": {"Person"},
        "geo": {"GeoCoordinates"},
        "image": {"URL"},
        "openingHoursSpecification": {"OpeningHoursSpecification"},
        "potentialAction": {"ReserveAction"},
        "telephone": {"Text"},
    },
    "OpeningHoursSpecification": THING
    | {"closes": {"Text"}, "dayOfWeek": {"URL"}, "opens": {"Text"}},
    "MedicalWebPage": CREATIVE_WORK | {"lastReviewed": {"Date"}, "reviewedBy": {"Person"}},
    "Muscle": ANATOMICAL_STRUCTURE
    | {
        "antagonist": {"Muscle"},
        "insertion": {"AnatomicalStructure"},
        "muscleAction": {"Text"},
        "nerve": {"Nerve"},
    },
    "Nerve": ANATOMICAL_STRUCTURE,
    "Patient": THING | {"audienceType": {"Text"}},
    "Person": THING | {"jobTitle": {"Text"}, "worksFor": {"Organization"}},
    "QuantitativeValue": THING
    | {"maxValue": {"Number"}, "minValue": {"Number"}, "unitCode": {"Text"}},
    "ReserveAction": THING | ACTION,
}
