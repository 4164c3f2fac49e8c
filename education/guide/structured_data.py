"""JSON-LD for a guide in terms of schema.org. It says only what the page shows.

Vocabulary: https://schema.org/MedicalWebPage, /Muscle, /ExercisePlan, /MedicalClinic.
"""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static

from clinic.models import ClinicSettings
from clinic.palettes import coloured
from education import booking
from education.guide.content import Guide
from education.models.shared import SharedPage

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def graph(page: Any, guide: Guide, request: HttpRequest, *, book_url: str) -> dict[str, Any]:
    """`page` is a guide page. One `@graph` with ids, so that its parts can point at each other."""
    base = page.get_full_url(request) or request.build_absolute_uri(page.get_url(request))
    muscles = [muscle(value, f"{base}#muscle-{n}") for n, value in enumerate(guide.muscles, 1)]
    plans = {value["exercise"].key: exercise(value, base) for value in guide.exercises}
    parts = [
        web_page(page, guide, base, [m["@id"] for m in muscles]) | publisher(request),
        *muscles,
        *plans.values(),
        breadcrumbs(page, base, request),
        clinic(request, book_url),
    ]
    return {"@context": "https://schema.org", "@graph": parts}


def filled(values: dict[str, Any]) -> dict[str, Any]:
    """Without empty properties."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def web_page(page: Any, guide: Guide, base: str, about: list[str]) -> dict[str, Any]:
    return filled(
        review(page)
        | {
            "@type": "MedicalWebPage",
            "@id": base,
            "url": base,
            "name": page.title,
            "headline": page.headline,
            "description": page.introduction,
            "inLanguage": page.locale.language_code,
            "audience": {"@type": "Patient", "audienceType": "Patient"},
            "about": [{"@id": id_} for id_ in about],
            "dateModified": page.last_published_at.isoformat() if page.last_published_at else None,
            "citation": [citation(reference) for reference in guide.references],
        }
    )


def review(page: Any) -> dict[str, Any]:
    """Who signed this text and when; empty before that, or once something in it changed."""
    claim = page.claim
    if not (claim and claim.is_whole):
        return {}
    # An account without a full name stays unnamed: user names are private.
    name, profession = claim.sign_off.reviewer_name, claim.sign_off.profession
    person = {"@type": "Person", "name": name, "jobTitle": profession}
    return {
        "lastReviewed": claim.sign_off.signed_on.isoformat(),
        "reviewedBy": filled(person) if name else None,
    }


def publisher(request: HttpRequest) -> dict[str, Any]:
    return {"publisher": {"@id": request.build_absolute_uri("/") + "#clinic"}}


def citation(reference: Any) -> dict[str, Any]:
    return filled(
        {
            "@type": "CreativeWork",
            "name": reference.title,
            "author": reference.authors,
            "datePublished": str(reference.year),
            "url": reference.link,
        }
    )


def muscle(value: Any, id_: str) -> dict[str, Any]:
    return filled(
        {
            "@type": "Muscle",
            "@id": id_,
            "name": value["name"],
            "muscleAction": "; ".join(value["actions"]),
            "insertion": {"@type": "AnatomicalStructure", "name": value["attaches"]},
            "nerve": ({"@type": "Nerve", "name": value["nerves"]} if value.get("nerves") else None),
            "antagonist": [{"@type": "Muscle", "name": name} for name in value["opposite"]],
            "subStructure": [
                {"@type": "Muscle", "name": part["name"], "description": part["starts"]}
                for part in value["parts"]
            ],
        }
    )


def exercise(value: Any, base: str) -> dict[str, Any]:
    record, dose = value["exercise"], value.dose
    return filled(
        {
            "@type": "ExercisePlan",
            "@id": f"{base}#{record.key}",
            "name": record.name,
            "description": record.summary,
            "exerciseType": record.kind_label,
            "repetitions": dose.reps or None,
            "activityDuration": duration(dose) if dose.hold_from else None,
            "activityFrequency": record.how_often,
        }
    )


def duration(dose: Any) -> dict[str, Any]:
    """The hold, in seconds (UN/CEFACT code SEC)."""
    low, high = dose.hold_from, dose.hold_to or dose.hold_from
    return {"@type": "QuantitativeValue", "minValue": low, "maxValue": high, "unitCode": "SEC"}


def breadcrumbs(page: SharedPage, base: str, request: HttpRequest) -> dict[str, Any]:
    steps = [(above.crumb, above.get_full_url(request)) for above in page.trail]
    return {
        "@type": "BreadcrumbList",
        "@id": f"{base}#breadcrumbs",
        "itemListElement": [
            {"@type": "ListItem", "position": n, "name": name, "item": url}
            for n, (name, url) in enumerate([*steps, (page.title, base)], 1)
        ],
    }


def clinic(request: HttpRequest, book_url: str) -> dict[str, Any]:
    ours = ClinicSettings.current(request)
    return filled(
        {
            "@type": "MedicalClinic",
            "@id": request.build_absolute_uri("/") + "#clinic",
            "name": ours.name,
            # Not `if ours.phone`: to say whether a number is true, its number plan is looked up.
            "telephone": getattr(ours.phone, "as_international", ""),
            "email": ours.email,
            "url": request.build_absolute_uri("/"),
            "image": request.build_absolute_uri(
                static(coloured("clinic/icon-512.png", ours.palette))
            ),
            "address": " ".join(ours.address.split()),
            "potentialAction": {
                "@type": "ReserveAction",
                "target": {
                    "@type": "EntryPoint",
                    "urlTemplate": request.build_absolute_uri(book_url),
                },
            },
        }
    )


def clinic_page(request: HttpRequest, *, now: datetime) -> dict[str, Any]:
    """The clinic with its places, hours and people, for the pages that show them: home and contact."""
    places = [place(one, now) for one in booking.locations()]
    people = [employee(one, request) for one in booking.practitioners()]
    found = clinic(request, booking.book_url()) | filled({"employee": people})
    if len(places) == 1:  # its address is the clinic's own
        found |= {name: places[0][name] for name in PLACE if name in places[0]}
    elif places:
        found |= {"department": places}
    return {"@context": "https://schema.org", "@graph": [found]}


PLACE = ("geo", "openingHoursSpecification")


def place(location: Any, now: datetime) -> dict[str, Any]:
    """A location, with the hours of this week on its own clock."""
    return filled(
        {
            "@type": "MedicalClinic",
            "name": location.name,
            "address": location.one_line,
            "telephone": location.telephone.as_international if location.telephone else "",
            "geo": geo(location),
            "openingHoursSpecification": [
                {
                    "@type": "OpeningHoursSpecification",
                    "dayOfWeek": f"https://schema.org/{DAYS[weekday]}",
                    "opens": f"{opens:%H:%M}",
                    "closes": f"{closes:%H:%M}",
                }
                for weekday, opens, closes in booking.opening_hours(location, location.today(now))
            ],
        }
    )


def geo(location: Any) -> dict[str, Any] | None:
    if location.latitude is None or location.longitude is None:
        return None
    latitude, longitude = float(location.latitude), float(location.longitude)
    return {"@type": "GeoCoordinates", "latitude": latitude, "longitude": longitude}


def employee(person: Any, request: HttpRequest) -> dict[str, Any]:
    url = request.build_absolute_uri(person.url)
    return filled({"@type": "Person", "name": person.name, "jobTitle": person.role, "url": url})
