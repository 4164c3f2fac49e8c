"""A practitioner's diary as a calendar feed, behind a secret address that can be taken back."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from bookings.enums import AppointmentStatus
from bookings.models import Appointment, CalendarFeed, Resource
from bookings.models.access import digest
from bookings.schedule import ics

PAST = timedelta(days=30)
SHOWN = frozenset({AppointmentStatus.PENDING, AppointmentStatus.BOOKED}) | {
    *(AppointmentStatus.PROPOSED, AppointmentStatus.ARRIVED, AppointmentStatus.FULFILLED)
}


@transaction.atomic
def make(resource: Resource, *, now: datetime) -> str:
    """A new secret address (256 bits) for the practitioner's feed; an earlier one ends.

    It is stored as its hash, so this is the only time that anybody can see it.
    """
    revoke(resource)
    token = secrets.token_urlsafe(32)
    CalendarFeed.objects.create(resource=resource, digest=digest(token), created_at=now)
    return settings.SITE_URL + reverse("calendar-feed", args=[token])


def revoke(resource: Resource) -> None:
    CalendarFeed.objects.filter(resource=resource).delete()


def owner_of(token: str) -> Resource | None:
    """Whose feed it is; None for a secret that is unknown or taken back, and for who has left."""
    return Resource.objects.filter(
        active=True, feed__digest=digest(token), practitioner__user__is_active=True
    ).first()


def file_of(resource: Resource, *, now: datetime) -> bytes:
    """All visits and held times from a month ago on; of each patient the reference, no more."""
    rows = Appointment.objects.filter(
        practitioner=resource, status__in=SHOWN, start__gt=now - PAST
    ).exclude(pk__in=Appointment.objects.lapsed(now).values("pk"))
    visits = rows.select_related("request", "location", "room").order_by("start", "pk")
    return ics.feed(resource.name, list(visits), now=now)
