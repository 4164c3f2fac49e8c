"""Clinics full of visits, for the benchmarks that need one."""

import itertools
from collections.abc import Iterable
from datetime import datetime, time

from bookings.enums import AppointmentStatus, RequestStatus, ResourceKind
from bookings.models import (
    Appointment,
    ConsultationRequest,
    Location,
    Resource,
    Service,
    WeeklyHours,
)
from bookings.schedule.local_time import busy_interval

_numbers = itertools.count()


def staffed(
    service: Service, location: Location, people: int, *hours: tuple[int, int]
) -> list[Resource]:
    """This many practitioners in all, who work these hours from Monday to Friday."""
    there = list(service.practitioners.all())
    for number in range(len(there), people):
        about = {"kind": ResourceKind.PRACTITIONER, "location": location}
        there.append(Resource.objects.create(name=f"Person {number}", **about))
    service.practitioners.set(there)
    WeeklyHours.objects.all().delete()
    WeeklyHours.objects.bulk_create(
        WeeklyHours(resource=person, weekday=day, start=time(start), end=time(end))
        for person in there
        for day in range(5)
        for start, end in hours
    )
    return there


def add_visits(
    service: Service,
    location: Location,
    visits: Iterable[tuple[Resource, datetime]],
    *,
    now: datetime,
) -> None:
    """Booked where they are still to come, otherwise over, each with its request."""
    rows = []
    for person, start in visits:
        number = next(_numbers)
        asked = ConsultationRequest(
            reference=f"BENCH-{number}",
            name="Bench",
            email="bench@example.org",
            idempotency_key=f"bench-{number}",
            status=RequestStatus.CONFIRMED,
            location=location,
            service=service,
            created_at=now,
            respond_by=now,
        )
        busy_start, busy_end = busy_interval(service, start)
        row = Appointment(
            request=asked,
            location=location,
            service=service,
            practitioner=person,
            status=AppointmentStatus.BOOKED if start > now else AppointmentStatus.FULFILLED,
            start=start,
            end=start + service.duration,
            busy_start=busy_start,
            busy_end=busy_end,
            ics_uid=f"bench-{number}",
            created_at=now,
        )
        rows.append(row)
    ConsultationRequest.objects.bulk_create((row.request for row in rows), batch_size=500)
    for row in rows:
        row.request = row.request  # takes over the key that it has now
    Appointment.objects.bulk_create(rows, batch_size=500)
