"""Visits that staff booked one after the other for one person: each page leads to the others.

Each request has a link of its own. Whoever opened one may open the others of its series, where both go to
the same proven address: after a correction of one of them they may be two people's.
"""

from __future__ import annotations

from datetime import datetime

from bookings.enums import AppointmentStatus
from bookings.models import Appointment, ConsultationRequest
from bookings.models.requests import RequestQuerySet


def others(consultation: ConsultationRequest) -> RequestQuerySet:
    """The other requests of the series under the same address; none where that is not proven.

    Of somebody who has only a telephone: under the same number, to which staff had the link sent.
    """
    rows = ConsultationRequest.objects.filter(series=consultation.series, erased_at=None)
    rows = rows.exclude(pk=consultation.pk)
    if consultation.series and consultation.gets_mail:
        return rows.filter(email=consultation.email)
    if consultation.series and consultation.phone and not consultation.email:
        return rows.filter(email="", phone=consultation.phone)
    return rows.none()


def coming(consultation: ConsultationRequest, *, now: datetime) -> list[Appointment]:
    """The other booked visits of the series that are still to come, soonest first."""
    if not consultation.series:  # most have none: not even a query is made up for them
        return []
    rows = Appointment.objects.filter(
        request__in=others(consultation), status=AppointmentStatus.BOOKED, end__gt=now
    )
    found = rows.select_related("request", "practitioner", "location").order_by("start")
    return [visit for visit in found if is_reached_as(visit.request, consultation)]


def is_reached_as(one: ConsultationRequest, other: ConsultationRequest) -> bool:
    """Whether the address of both is proven, or neither has any."""
    return one.gets_mail == other.gets_mail
