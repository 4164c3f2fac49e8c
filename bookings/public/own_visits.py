"""The visits of a request, as its patient's page tells of them."""

from __future__ import annotations

from django.db.models import QuerySet

from bookings.enums import VERBS_THAT_WITHDRAW, AppointmentStatus, RequestStatus
from bookings.models import Appointment, ConsultationRequest
from clinic.prepared import prepared

CAME = (AppointmentStatus.ARRIVED, AppointmentStatus.FULFILLED)
THE_DAY_ITSELF = (*CAME, AppointmentStatus.NOSHOW)


def of(consultation: ConsultationRequest) -> list[Appointment]:
    """All of the request's, in the order of their times."""
    # Sorted here: to have a few rows sorted, Django compares each column with the others.
    found = _all(consultation)
    for one in found:
        one.request = consultation
        if one.location_id == consultation.location_id:  # nearly always, and read already
            one.location = consultation.location
    return sorted(found, key=lambda one: (one.start, one.pk))


@prepared
def _all(consultation: ConsultationRequest) -> QuerySet[Appointment]:
    rows = Appointment.objects.filter(request=consultation)
    return rows.select_related("practitioner").order_by()


def booked(consultation: ConsultationRequest) -> Appointment | None:
    rows = consultation.appointments.select_related("practitioner", "location")
    return rows.filter(status=AppointmentStatus.BOOKED).first()


def cancelled(consultation: ConsultationRequest) -> Appointment | None:
    """The visit with which the patient cancelled the request."""
    if consultation.status != RequestStatus.WITHDRAWN:
        return None
    ends = consultation.events.filter(verb__in=VERBS_THAT_WITHDRAW, appointment__isnull=False)
    last = ends.select_related("appointment__location").order_by("-pk").first()
    return last.appointment if last else None
