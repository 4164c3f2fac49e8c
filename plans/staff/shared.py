"""What a patient shares, as a table and a small chart. Nothing is scored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from plans.models import Plan, SharedDay

WIDTH, HEIGHT, EDGE = 320, 120, 14
"""Of the chart, in its own units; the edge is free on every side."""


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    day: SharedDay


class Shared:
    """The days of one plan up to `today`, which is the day at its location."""

    width, height, edge = WIDTH, HEIGHT, EDGE

    def __init__(self, plan: Plan, *, today: date) -> None:
        self.plan = plan
        self.first, self.last = plan.starts, min(plan.until, today)

    @cached_property
    def is_on(self) -> bool:
        return self.plan.share_consents.filter(taken_back_at=None).exists()

    @cached_property
    def days(self) -> list[SharedDay]:
        rows = SharedDay.objects.filter(consent__plan=self.plan, consent__taken_back_at=None)
        return list(rows.order_by("day"))

    @property
    def done(self) -> int:
        return len(self.days)

    @cached_property
    def planned(self) -> int:
        """On how many days so far there was something to do."""
        rows = list(self.plan.exercises.all())
        span = range((self.last - self.first).days + 1)
        return sum(any(row.is_on(self.first + timedelta(n)) for row in rows) for n in span)

    @property
    def latest(self) -> SharedDay | None:
        return next((day for day in reversed(self.days) if day.discomfort is not None), None)

    @cached_property
    def dots(self) -> list[Dot]:
        return [
            Dot(self._x(row.day), self._y(row.discomfort), row)
            for row in self.days
            if row.discomfort is not None
        ]

    @property
    def line(self) -> str:
        """The points of the line, as SVG writes them."""
        return " ".join(f"{dot.x:.1f},{dot.y:.1f}" for dot in self.dots)

    @property
    def ticks(self) -> list[str]:
        """Where on the lower edge the days stand on which something was done."""
        return [f"{self._x(row.day):.1f}" for row in self.days]

    def _x(self, day: date) -> float:
        span = max(1, (self.last - self.first).days)
        return EDGE + (WIDTH - 2 * EDGE) * (day - self.first).days / span

    def _y(self, discomfort: int) -> float:
        return HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * discomfort / 10
