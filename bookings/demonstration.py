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
    "time_zone": "Europe/London",
    "country": "GB",
    "region": "ENG",
}
PEOPLE = [
    (
        "Amara Osei",
        "Physiotherapist",
        "Amara works with people who sit a lot, and with runners. She likes short routines that fit "
        "between two meetings.",
        [(day, time(9), time(12, 30)) for day in range(5)]
        + [(day, time(13, 30), time(17)) for day in (0, 1, 3)],
    ),
    (
        "Jonas Lindqvist",
        "Physiotherapist",
        "Jonas helps people get moving again after a long time spent sitting or lying down. He "
        "explains every stretch until it feels easy.",
        [(day, time(10), time(13)) for day in (0, 2, 4)]
        + [(day, time(14), time(18)) for day in (1, 2, 3, 4)],
    ),
]


def invented() -> list[str]:
    """The names of places and people of the demonstration that patients can still choose."""
    return cached_until_change("invented clinic", _invented)


def _invented() -> list[str]:
    places = Location.objects.filter(active=True, address=LOCATION["address"])
    people = Practitioner.objects.public().filter(bio__in=[bio for _, _, bio, _ in PEOPLE])
    return [
        *places.values_list("name", flat=True),
        *people.values_list("resource__name", flat=True),
    ]


def concerns_patients() -> bool:
    """Whether a site in production still shows any of it."""
    return settings.PRODUCTION and bool(invented())
