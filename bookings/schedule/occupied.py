"""When people and rooms are occupied by visits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, Func, Q

from bookings.models import Appointment
from bookings.schedule import intervals
from bookings.schedule.intervals import Interval

# A held interval is never longer than a visit with both buffers.
LONGEST = timedelta(hours=12)


class Seconds(Func):
    """An instant as whole seconds since 1970: reading a number is ten times as fast as a timestamp."""

    template = "date_part('epoch', %(expressions)s)::bigint"  # EXTRACT counts in decimals
    output_field = BigIntegerField()

    def get_db_converters(self, connection: Any) -> list[Any]:
        """None needed: both databases return whole numbers, and there are thousands of them."""
        return []

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        # Escaped twice: once for the template, once for the query's parameters.
        template = "CAST(strftime('%%%%s', %(expressions)s) AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, **extra)


def held(
    people: Collection[int],
    rooms: Collection[int],
    *,
    start: datetime,
    end: datetime,
    now: datetime,
    ignoring: Collection[int] = (),
) -> dict[int, list[Interval]]:
    """For each person's or room's id, what is held between two instants, as a *set* of intervals.

    Visits occupy whole cells, so whole seconds are enough. Ids in `ignoring` are left out. One query.
    """
    theirs = Q(practitioner__in=people)
    rows = (
        Appointment.objects.holding(now)
        .filter(theirs | Q(room__in=rooms) if rooms else theirs)
        .filter(busy_start__gt=start - LONGEST, busy_start__lt=end)
        .exclude(pk__in=ignoring)
        .order_by()
        .values_list("practitioner_id", "room_id", Seconds("busy_start"), Seconds("busy_end"))
    )
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for practitioner_id, room_id, first, last in rows:
        found[practitioner_id].append((first, last))
        if room_id:
            found[room_id].append((first, last))
    return {pk: [*map(_instants, intervals.union(each))] for pk, each in found.items()}


def _instants(seconds: tuple[int, int]) -> Interval:
    first, last = seconds
    return datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(last, UTC)
