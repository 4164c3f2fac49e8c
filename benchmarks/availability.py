"""How long finding free times takes, with ten practitioners whose diaries are full.

Every practitioner has a visit in each hour of every working day, past and future, but for the last
one of the day. Promised: at most 8 queries whatever the number of appointments, at most 50 ms for ten
days at 100,000 of them, and 500 ms for a year ahead. Times are the best of 20 rounds,
as `timeit` advises: whatever else the computer does can only add to them.
"""

import timeit
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import islice

import django

django.setup()

from _visits import add_visits, staffed  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bookings.models import Appointment, Location, Resource, Service  # noqa: E402
from bookings.schedule import availability  # noqa: E402

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
SIZES = (1_000, 10_000, 100_000)
FUTURE_SHARE = 0.2
"""At 100,000 a year ahead is full: 250 working days of 80 visits."""
ROUNDS = 20


def visits(people: list[Resource], *, forward: bool) -> Iterator[tuple[Resource, datetime]]:
    """Full working days, forwards or backwards from today."""
    day = NOW.date()
    while True:
        day += timedelta(days=1 if forward else -1)
        if day.weekday() < 5:
            for hour in range(8, 16):
                yield from ((each, datetime.combine(day, time(hour), UTC)) for each in people)


def best(work: str, names: dict[str, object]) -> float:
    """Milliseconds."""
    return 1000 * min(timeit.repeat(work, globals=names, number=1, repeat=ROUNDS))


def main() -> None:
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
    people = staffed(service, location, 10, (8, 12), (13, 18))
    sides = {True: visits(people, forward=True), False: visits(people, forward=False)}
    print("| appointments | queries | ten days | a year ahead | ratio | free in ten days |")
    print("|---|---|---|---|---|---|")
    for size in SIZES:
        future = int(size * FUTURE_SHARE)
        there = Appointment.objects.filter(start__gte=NOW).count()
        add_visits(service, location, islice(sides[True], future - there), now=NOW)
        rest = size - Appointment.objects.count()
        add_visits(service, location, islice(sides[False], rest), now=NOW)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

        def find(days: int = 10) -> list[availability.Slot]:
            search = availability.Search(service, location, NOW)
            return availability.free_slots(search, first_day=NOW.date(), days=days)

        service.save()  # what was remembered of the schedule is forgotten
        with CaptureQueriesContext(connection) as queries:
            found = len(find())
        ten, year = best("find()", {"find": find}), best("find(365)", {"find": find})
        print(
            f"| {Appointment.objects.count():,} | {len(queries)} | {ten:.0f} ms "
            f"| {year:.0f} ms | {year / ten:.1f} | {found} |"
        )


if __name__ == "__main__":
    main()
