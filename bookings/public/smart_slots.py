"""The free times for directories: SMART Scheduling Links, which are FHIR resources as lines of JSON.

https://hl7.org/fhir/uv/smart-scheduling-links/. It says what every visitor can see on the page of free
times, and nothing else: no patient, no practitioner, and not how full the diary is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from bookings.models import Location
from bookings.public.booking.draft_request import Offering, offerings
from bookings.public.booking.time_forms import slot_value
from bookings.schedule.availability import Search, free_slots

DAYS_PUBLISHED = 28
MAX_AGE = 60
"""Seconds: a list of a large clinic is a megabyte, and every directory asks for all of it."""
NDJSON = "application/fhir+ndjson"
BOOKING_LINK = "http://fhir-registry.smarthealthit.org/StructureDefinition/booking-deep-link"
"""The extension of a Slot that says where it can be asked for."""
Resource = dict[str, Any]


def location(place: Location) -> Resource:
    """Our addresses are lines of text, so of FHIR's Address there are its lines alone."""
    found: Resource = {
        "resourceType": "Location",
        "id": str(place.pk),
        "name": place.name,
        "telecom": [{"system": "phone", "value": place.clinic.phone.as_international}],
        "address": {"text": place.one_line, "line": place.one_line.split(", ")},
    }
    if place.latitude is not None and place.longitude is not None:
        found["position"] = {
            "longitude": float(place.longitude),
            "latitude": float(place.latitude),
        }
    return found


def schedule(offering: Offering) -> Resource:
    return {
        "resourceType": "Schedule",
        "id": schedule_id(offering),
        "serviceType": [{"text": offering.service.said.name}],
        "actor": [{"reference": f"Location/{offering.location.pk}"}],
    }


def schedule_id(offering: Offering) -> str:
    return f"{offering.service.pk}.{offering.location.pk}"


def slots(offering: Offering, *, now: datetime) -> Iterator[Resource]:
    """Its free starts of the next four weeks. Following the link chooses that time."""
    search = Search(offering.service, offering.location, now)
    found = free_slots(search, first_day=search.today, days=DAYS_PUBLISHED)
    for slot in found:
        wish = urlencode({"offering": offering.key, "start": slot_value(slot)})
        yield {
            "resourceType": "Slot",
            "id": f"{schedule_id(offering)}.{slot.start:%Y%m%dT%H%MZ}",
            "schedule": {"reference": f"Schedule/{schedule_id(offering)}"},
            "status": "free",
            "start": slot.start.isoformat(),
            "end": slot.end.isoformat(),
            "extension": [
                {"url": BOOKING_LINK, "valueUrl": f"{settings.SITE_URL}{reverse('book')}?{wish}"}
            ],
        }


def lines(resources: Iterator[Resource]) -> str:
    return "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in resources)


@require_safe
@cache_control(public=True, max_age=MAX_AGE)
def bulk_publish(request: HttpRequest) -> JsonResponse:
    """The manifest: where each kind of resource is found."""
    names = {"Location": "fhir-locations", "Schedule": "fhir-schedules", "Slot": "fhir-slots"}
    return JsonResponse(
        {
            "transactionTime": timezone.now().astimezone(UTC).isoformat(),
            "request": settings.SITE_URL + reverse("fhir-manifest"),
            "output": [
                {"type": kind, "url": settings.SITE_URL + reverse(name)}
                for kind, name in names.items()
            ],
            "error": [],
        }
    )


@require_safe
@cache_control(public=True, max_age=MAX_AGE)
def locations(request: HttpRequest) -> HttpResponse:
    places = {offering.location.pk: offering.location for offering in offerings()}
    made = lines(location(place) for place in places.values())
    return HttpResponse(made, content_type=NDJSON)


@require_safe
@cache_control(public=True, max_age=MAX_AGE)
def schedules(request: HttpRequest) -> HttpResponse:
    made = lines(schedule(offering) for offering in offerings())
    return HttpResponse(made, content_type=NDJSON)


@require_safe
@cache_control(public=True, max_age=MAX_AGE)
def all_slots(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    made = cache.get("fhir-slots") if settings.KEEP_PAGES else None
    if made is None:
        made = lines(slot for offering in offerings() for slot in slots(offering, now=now))
        cache.set("fhir-slots", made, MAX_AGE)
    return HttpResponse(made, content_type=NDJSON)


urlpatterns = [
    path("$bulk-publish", bulk_publish, name="fhir-manifest"),
    path("locations.ndjson", locations, name="fhir-locations"),
    path("schedules.ndjson", schedules, name="fhir-schedules"),
    path("slots.ndjson", all_slots, name="fhir-slots"),
]
