"""The free times for directories: SMART Scheduling Links, which are FHIR R4 resources as lines of JSON.

https://hl7.org/fhir/uv/smart-scheduling-links/, version 1.0.0-ballot. It says what every visitor can see on
the page of free times, and nothing else: no patient and no practitioner. Off until the owner switches it
on in the clinic's settings.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from bookings.enums import KindOfVisit
from bookings.models import Location
from bookings.public.booking.draft_request import Offering, offerings
from bookings.public.booking.time_forms import slot_value
from bookings.schedule.availability import Availability, Search, Slot
from bookings.schedule.local_time import busy_interval
from clinic.content_version import cached_until_change
from clinic.models import ClinicSettings

DAYS_PUBLISHED = 28
MAX_AGE = 60
"""Seconds: a list of a large clinic is a megabyte, and every directory asks for all of it."""
NDJSON = "application/fhir+ndjson"
GUIDE = "http://hl7.org/fhir/uv/smart-scheduling-links/StructureDefinition/"
BOOKING_LINK = f"{GUIDE}booking-deep-link"
BOOKING_PHONE = f"{GUIDE}booking-phone"
CAPACITY = "http://fhir-registry.smarthealthit.org/StructureDefinition/slot-capacity"
"""HL7's guide leaves this one to the specification that it extends."""
CODES = "http://terminology.hl7.org/CodeSystem/"
PHYSIOTHERAPY = {"system": f"{CODES}service-type", "code": "65", "display": "Physiotherapy"}
"""What directories filter by. The service's own name stands beside it."""
VIRTUAL = {"system": f"{CODES}location-physical-type", "code": "vi", "display": "Virtual"}
Resource = dict[str, Any]


def published() -> list[Offering]:
    """What directories may list: at locations whose address has the parts that the profile requires."""
    return [offering for offering in offerings() if offering.location.has_address_parts]


def location_id(offering: Offering) -> str:
    """A visit by telephone or video has a location of its own: directories tell them apart by that."""
    pk, kind = offering.location.pk, offering.service.kind_of_visit
    return f"{pk}" if kind == KindOfVisit.CLINIC else f"{pk}.{kind}"


def location_name(offering: Offering) -> str:
    service, place = offering.service, offering.location
    if service.kind_of_visit == KindOfVisit.CLINIC:
        return place.name
    return f"{place.name} ({service.get_kind_of_visit_display()})"


def location(offering: Offering) -> Resource:
    place = offering.location
    found: Resource = {
        "resourceType": "Location",
        "id": location_id(offering),
        "identifier": [{"system": f"{settings.SITE_URL}/fhir/location", "value": str(place.pk)}],
        "status": "active",
        "name": location_name(offering),
        "telecom": [
            {"system": "phone", "value": phone_of(place), "use": "work"},
            {"system": "url", "value": settings.SITE_URL, "use": "work"},
        ],
        "address": address(place),
    }
    if offering.service.kind_of_visit != KindOfVisit.CLINIC:
        found["physicalType"] = {"coding": [VIRTUAL]}
    if place.latitude is not None and place.longitude is not None:
        found["position"] = {
            "longitude": float(place.longitude),
            "latitude": float(place.latitude),
        }
    return found


def address(place: Location) -> Resource:
    found = {
        "use": "work",
        "text": place.one_line,
        "line": place.street_lines,
        "city": place.city,
        "state": place.state,
        "postalCode": place.postcode,
    }
    return found | ({"country": place.country} if place.country else {})


def phone_of(place: Location) -> str:
    return str(place.clinic.phone.as_international)


def schedule(offering: Offering) -> Resource:
    return {
        "resourceType": "Schedule",
        "id": schedule_id(offering),
        "serviceType": [{"coding": [PHYSIOTHERAPY], "text": offering.service.said.name}],
        "actor": [
            {
                "reference": f"Location/{location_id(offering)}",
                "display": location_name(offering),
            }
        ],
    }


def schedule_id(offering: Offering) -> str:
    return f"{offering.service.pk}.{offering.location.pk}"


def slots(offering: Offering, *, now: datetime) -> Iterator[Resource]:
    """Its free starts of the next four weeks. Following the link chooses that time."""
    search = Search(offering.service, offering.location, now)
    diary = Availability(search, first_day=search.today, days=DAYS_PUBLISHED, fresh=False)
    phone, book = phone_of(offering.location), settings.SITE_URL + reverse("book")
    for free in diary.slots():
        wish = urlencode({"offering": offering.key, "start": slot_value(free)})
        extensions: list[Resource] = [
            {"url": BOOKING_LINK, "valueUrl": f"{book}?{wish}"},
            {"url": BOOKING_PHONE, "valueString": phone},
        ]
        if (fits := capacity(diary, free)) > 1:
            extensions.append({"url": CAPACITY, "valueInteger": fits})
        yield {
            "resourceType": "Slot",
            "id": f"{schedule_id(offering)}.{free.start:%Y%m%dT%H%MZ}",
            "extension": extensions,
            "schedule": {"reference": f"Schedule/{schedule_id(offering)}"},
            "status": "free",
            "start": free.start.isoformat(),
            "end": free.end.isoformat(),
        }


def capacity(diary: Availability, free: Slot) -> int:
    """How many visits can begin then: one for each person, and for each room where one is needed."""
    people = len(free.practitioner_ids)
    if people == 1 or not diary.service.needs_room:
        return people
    return min(people, len(diary.free_rooms(busy_interval(diary.service, free.start))))


def lines(resources: Iterable[Resource]) -> str:
    return "".join(
        f"{json.dumps(each, ensure_ascii=False, separators=(',', ':'))}\n" for each in resources
    )


def for_directories(make: Callable[[], str], *, content_type: str = NDJSON) -> Any:
    """The view of a text that is the same for everybody: kept for a minute, and 404 while switched off."""

    @require_safe
    @wraps(make)
    def view(request: HttpRequest) -> HttpResponse:
        if not ClinicSettings.as_written().publishes_free_times:
            raise Http404
        text = cached_until_change(f"directories {make.__name__}", make)
        response = HttpResponse(text, content_type=content_type)
        etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        response["ETag"] = etag
        patch_cache_control(response, public=True, max_age=MAX_AGE)
        return get_conditional_response(request, etag, None, response) or response

    return view


def manifest() -> str:
    """Where each kind of resource is found, and in which states or counties."""
    names = {"Location": "fhir-locations", "Schedule": "fhir-schedules", "Slot": "fhir-slots"}
    states = sorted({offering.location.state for offering in published()})
    found = {
        "transactionTime": timezone.now().astimezone(UTC).isoformat(timespec="seconds"),
        "request": settings.SITE_URL + reverse("fhir-manifest"),
        "output": [
            {
                "type": kind,
                "url": settings.SITE_URL + reverse(name),
                "extension": {"state": states},
            }
            for kind, name in names.items()
        ],
        "error": [],
    }
    return json.dumps(found, ensure_ascii=False)


def locations() -> str:
    places = {location_id(offering): offering for offering in published()}
    return lines(location(offering) for offering in places.values())


def schedules() -> str:
    return lines(schedule(offering) for offering in published())


def all_slots() -> str:
    now = timezone.now()
    return lines(slot for offering in published() for slot in slots(offering, now=now))


urlpatterns = [
    path(
        "$bulk-publish",
        for_directories(manifest, content_type="application/json"),
        name="fhir-manifest",
    ),
    path("locations.ndjson", for_directories(locations), name="fhir-locations"),
    path("schedules.ndjson", for_directories(schedules), name="fhir-schedules"),
    path("slots.ndjson", for_directories(all_slots), name="fhir-slots"),
]
