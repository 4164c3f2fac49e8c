"""The invented clinic of `manage.py prepare --demo`, and whether some of it is still here.

Nobody works there, so a patient who books with it waits for nobody. Until it is replaced a site in
production says so in the admin and in `manage.py health`, and asks search engines to stay away.
"""

from __future__ import annotations

from datetime import time

from django.conf import settings

from bookings.models import Location, Practitioner
from clinic.content_version import cached_until_change

LOCATION = {
    "name": "Harbour Street",
    "address": "12 Harbour Street\nLondon SE1 0AA",
    "city": "London",
    "state": "Greater London",
    "postcode": "SE1 0AA",
    "time_zone": "Europe/London",
    "country": "GB",
    "region": "ENG",
    "telephone": "+442079460187",
    "entrance_and_lift": "Ring the bell at the blue door. There is no step, and a lift to the first floor.",
    "parking": "Two spaces for disabled visitors in the yard. Other drivers can park in Quay Lane.",
    "public_transport": "Five minutes on foot from London Bridge station. Bus 47 stops outside.",
    "latitude": "51.503200",
    "longitude": "-0.091500",
    "translations": {
        "es": {
            "entrance_and_lift": "Llame al timbre de la puerta azul. No hay escalón, y hay ascensor al "
            "primer piso.",
            "parking": "Hay dos plazas para visitantes con discapacidad en el patio. Los demás pueden "
            "aparcar en Quay Lane.",
            "public_transport": "A cinco minutos a pie de la estación de London Bridge. El autobús 47 "
            "para en la puerta.",
        }
    },
}
SERVICE = {
    "name": "Stretching consultation",
    "slug": "stretching-consultation",
    "summary": "One to one: we look at how you move and build a routine with you.",
    "price": "£45",
    "duration_minutes": 45,
    "buffer_after_minutes": 10,
    "preparation": "Wear clothes that you can move in, such as shorts or leggings.\n"
    "Come ten minutes early the first time.\n"
    "Bring a list of your medicines, if you take any.",
    "translations": {
        "es": {
            "name": "Consulta de estiramientos",
            "summary": "45 minutos, en sesión individual: vemos cómo se mueve usted y preparamos juntos "
            "una rutina.",
            "preparation": "Lleve ropa cómoda para moverse, como pantalones cortos o mallas.\n"
            "La primera vez, llegue diez minutos antes.\n"
            "Traiga una lista de sus medicamentos, si toma alguno.",
        }
    },
}
PEOPLE = [
    (
        "Amara Osei",
        "Physiotherapist",
        "Amara works with people who sit a lot, and with runners. She likes short routines that fit "
        "between two meetings.",
        {
            "title": "Fisioterapeuta",
            "bio": "Amara trabaja con personas que pasan mucho tiempo sentadas y con corredores. Le "
            "gustan las rutinas cortas, que caben entre dos reuniones.",
        },
        [(day, time(9), time(12, 30)) for day in range(5)]
        + [(day, time(13, 30), time(17)) for day in (0, 1, 3)],
    ),
    (
        "Jonas Lindqvist",
        "Physiotherapist",
        "Jonas helps people get moving again after a long time spent sitting or lying down. He "
        "explains every stretch until it feels easy.",
        {
            "title": "Fisioterapeuta",
            "bio": "Jonas ayuda a volver a moverse después de mucho tiempo sentado o en cama. Explica "
            "cada estiramiento hasta que resulta fácil.",
        },
        [(day, time(10), time(13)) for day in (0, 2, 4)]
        + [(day, time(14), time(18)) for day in (1, 2, 3, 4)],
    ),
]


def invented() -> list[str]:
    """The names of places and people of the demonstration that patients can still choose."""
    return cached_until_change("invented clinic", _invented)


def _invented() -> list[str]:
    places = Location.objects.filter(active=True, address=LOCATION["address"])
    people = Practitioner.objects.public().filter(bio__in=[bio for _, _, bio, _, _ in PEOPLE])
    return [
        *places.values_list("name", flat=True),
        *people.values_list("resource__name", flat=True),
    ]


def concerns_patients() -> bool:
    """Whether a site in production still shows any of it."""
    return settings.PRODUCTION and bool(invented())
