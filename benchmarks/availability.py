"""How long finding free times takes, with ten practitioners whose diaries are full.

Every practitioner has a visit in each slot of every working day, past and future, but for the last
one of the day. Promised: at most 8 queries whatever the number of appointments, at most 50 ms for ten
days at 100,000 of them, and a year ahead at most ten times that. Times are the best of 20 rounds,
as `timeit` advises: whatever else the computer does can only add to them.
"""

from __future__ import annotations

import time as stopwatch
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bookings.enums import AppointmentStatus, ResourceKind  # noqa: E402
from bookings.models import (  # noqa: E402
    Appointment,
    ConsultationRequest,
    Location,
    Resource,
    Service,
    WeeklyHours,
)
from bookings.schedule import availability  # noqa: E402

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
PEOPLE = 10
VISITS_A_DAY = 8
SIZES = [1_000, 10_000, 100_000]
FUTURE_SHARE = 0.2
"""At 100,000 a year ahead is full: 250 working days of 80 visits."""
ROUNDS = 20


def make_clinic() -> tuple[Service, Location, list[Resource]]:
    location = Location.objects.create(name="Bench", address="1 Road", time_zone="Europe/London")
    service = Service.objects.create(
        name="Consultation",
        slug="consultation",
        duration_minutes=45,
        buffer_after_minutes=10,
        step_minutes=15,
        minimum_notice_hours=1,
        horizon_days=365,
    )
    people = [
        Resource.objects.create(
            kind=ResourceKind.PRACTITIONER, location=location, name=f"Practitioner {n}"
        )
        for n in range(PEOPLE)
    ]
    service.practitioners.set(people)
    WeeklyHours.objects.bulk_create(
        WeeklyHours(resource=person, weekday=day, start=start, end=end)
        for person in people
        for day in range(5)
        for start, end in ((time(8), time(12)), (time(13), time(18)))
    )
    return service, location, people


def fill(service: Service, location: Location, people: list[Resource], wanted: int) -> None:
    """Add visits until there are so many, a fifth of them in the future."""
    there = Appointment.objects.count()
    future = int(wanted * FUTURE_SHARE)
    add_visits(service, location, people, future - int(there * FUTURE_SHARE), forward=True)
    add_visits(service, location, people, wanted - Appointment.objects.count(), forward=False)


def add_visits(
    service: Service, location: Location, people: list[Resource], count: int, *, forward: bool
) -> None:
    """Full working days next to those that are there, forwards or backwards from today."""
    side = Appointment.objects.filter(**{"start__gte" if forward else "start__lt": NOW})
    last = side.order_by("-start" if forward else "start").first()
    day = last.start.date() if last else NOW.date()
    first_hour = time(8)
    rows: list[Appointment] = []
    while len(rows) < count:
        day += timedelta(days=1 if forward else -1)
        if day.weekday() > 4:
            continue
        for number in range(VISITS_A_DAY):
            start = datetime.combine(day, first_hour, UTC) + timedelta(minutes=60 * number)
            rows += [visit(service, location, person, start, forward) for person in people]
    requests = ConsultationRequest.objects.bulk_create(
        (r.request for r in rows[:count]), batch_size=500
    )
    for row, request in zip(rows, requests, strict=False):
        row.request = request
    Appointment.objects.bulk_create(rows[:count], batch_size=500)


serial = 0


def visit(
    service: Service, location: Location, person: Resource, start: datetime, future: bool
) -> Appointment:
    global serial
    serial += 1
    request = ConsultationRequest(
        reference=f"B{serial}",
        status="confirmed",
        idempotency_key=f"bench-{serial}",
        location=location,
        service=service,
        name="Somebody",
        phone="+442079460123",
        contact_by="phone",
        reason="tight",
        time_zone=location.time_zone,
        created_at=NOW,
    )
    busy_start, busy_end = availability.busy_interval(service, start)
    return Appointment(
        request=request,
        location=location,
        service=service,
        practitioner=person,
        status=AppointmentStatus.BOOKED if future else AppointmentStatus.FULFILLED,
        start=start,
        end=start + service.duration,
        busy_start=busy_start,
        busy_end=busy_end,
        ics_uid=f"bench-{serial}",
        created_at=NOW,
    )


def milliseconds(work: Callable[[], object]) -> float:
    taken = []
    for _round in range(ROUNDS):
        before = stopwatch.perf_counter()
        work()
        taken.append((stopwatch.perf_counter() - before) * 1000)
    return min(taken)


def main() -> None:
    service, location, people = make_clinic()
    print("| appointments | queries | ten days | a year ahead | ratio | free in ten days |")
    print("|---|---|---|---|---|---|")
    for size in SIZES:
        fill(service, location, people, size)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

        def find(days: int = 10) -> list[availability.Slot]:
            search = availability.Search(service, location, NOW)
            return availability.free_slots(search, first_day=NOW.date(), days=days)

        with CaptureQueriesContext(connection) as queries:
            found = find()
        ten, year = milliseconds(find), milliseconds(lambda: find(days=365))
        print(
            f"| {Appointment.objects.count():,} | {len(queries)} | {ten:.0f} ms "
            f"| {year:.0f} ms | {year / ten:.1f} | {len(found)} |"
        )


main()
