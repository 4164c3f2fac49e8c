"""A practitioner's diary as a calendar feed, behind a secret address that can be revoked."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from wagtail.models import ModelLogEntry

from bookings.enums import AppointmentStatus
from bookings.models import Appointment, CalendarFeed, Location, Resource
from bookings.models.access import digest
from bookings.schedule import ics

PAST = timedelta(days=30)
SHOWN = frozenset({AppointmentStatus.PENDING, AppointmentStatus.BOOKED}) | {
    *(AppointmentStatus.PROPOSED, AppointmentStatus.ARRIVED, AppointmentStatus.FULFILLED)
}


@transaction.atomic
def make(resource: Resource, *, now: datetime) -> str:
    """A new secret address (256 bits) for the practitioner's feed; the earlier one stops working.

    Only its hash is stored, so it can be shown only now.
    """
    revoke(resource)
    token = secrets.token_urlsafe(32)
    CalendarFeed.objects.create(resource=resource, digest=digest(token), created_at=now)
    return settings.SITE_URL + reverse("calendar-feed", args=[token])


def revoke(resource: Resource) -> None:
    of_person(resource).delete()


def of_person(resource: Resource) -> QuerySet[CalendarFeed]:
    """The feeds of this record and of those that were merged into it."""
    return CalendarFeed.objects.filter(Q(resource=resource) | Q(resource__merged_into=resource))


def owner_of(token: str) -> Resource | None:
    """Whose feed it is; None if the secret is unknown or revoked, or the person is no longer active."""
    feed = CalendarFeed.objects.filter(digest=digest(token)).select_related("resource").first()
    if feed is None:
        return None
    person = feed.resource.merged_into_id or feed.resource_id
    return Resource.objects.filter(
        pk=person, active=True, practitioner__user__is_active=True
    ).first()


def file_of(resource: Resource, *, now: datetime) -> bytes:
    """The calendar file. Of each patient it has only the reference."""
    return ics.feed(resource.name, visits_of(resource, now=now))


def visits_of(resource: Resource, *, now: datetime) -> list[Appointment]:
    """All visits and held times since a month ago, each with `changed` (UTC)."""
    rows = Appointment.objects.filter(
        practitioner=resource, status__in=SHOWN, start__gt=now - PAST
    ).exclude(pk__in=Appointment.objects.lapsed(now).values("pk"))
    visits = rows.annotate(changed=Coalesce(Max("events__at"), "created_at"))
    about = visits.select_related("request", "location", "room", "service")
    shown: list[Appointment] = list(about.order_by("start", "pk"))
    _stamp(shown)
    return shown


def _stamp(visits: Sequence[Appointment]) -> None:
    """Count a new name of a visit's location or room as a change of the visit.

    The log of the admin knows when that was. Names that were changed in another way are in the file at once
    as well, and give it another ETag, but no newer date.
    """
    kinds = ContentType.objects.get_for_models(Location, Resource)
    edits = ModelLogEntry.objects.filter(
        content_type__in=kinds.values(),
        object_id__in={str(pk) for v in visits for pk in (v.location_id, v.room_id) if pk},
        content_changed=True,
    )
    newest = {
        (kind, pk): at
        for kind, pk, at in edits.values_list("content_type", "object_id").annotate(
            Max("timestamp")
        )
    }
    for visit in visits:
        places = [
            (kinds[Location].pk, str(visit.location_id)),
            (kinds[Resource].pk, str(visit.room_id)),
        ]
        stamps = [newest[place] for place in places if place in newest]
        visit.changed = max([visit.changed, *stamps])  # type: ignore[attr-defined]  # annotated


def last_changed(visits: Sequence[Appointment]) -> datetime | None:
    """When the newest of a feed's visits changed (UTC)."""
    return max((visit.changed for visit in visits), default=None)  # type: ignore[attr-defined]


def as_json(visits: Sequence[Appointment]) -> bytes:
    """For programs: what the calendar file has and the service of each visit; of patients the reference.

    Times are in UTC, and beside that as the clock at the place shows them.
    """
    found = [
        {
            "reference": visit.request.reference,
            "status": str(visit.status),
            "start": visit.start.astimezone(UTC).isoformat(timespec="seconds"),
            "end": visit.end.astimezone(UTC).isoformat(timespec="seconds"),
            "local_start": visit.start.astimezone(visit.zone).isoformat(timespec="seconds"),
            "local_end": visit.end.astimezone(visit.zone).isoformat(timespec="seconds"),
            "time_zone": str(visit.zone),
            "location": visit.location.name,
            "service": visit.service.name,
        }
        for visit in visits
    ]
    return json.dumps({"visits": found}, ensure_ascii=False).encode()
