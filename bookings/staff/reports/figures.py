"""The figures of a period: a table each, from ten queries however many requests there are.

A period is whole local days of one location, or of the site's own clock for all of them.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Avg, Count, F, Min, Q, Sum
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce
from django.utils import formats
from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _

from bookings import clock
from bookings.enums import (
    AppointmentStatus,
    CancelledBecause,
    DeclineReason,
    RequestStatus,
)
from bookings.models import (
    Appointment,
    ConsultationRequest,
    Location,
)
from bookings.schedule.local_time import DAY, instant
from bookings.schedule.seconds import Seconds, local_seconds
from bookings.staff.reports.opening_hours import opening_hours

GUIDES = 12
A_DAY = 24 * 60 * 60
R, A = RequestStatus, AppointmentStatus
CAME = [A.BOOKED, A.ARRIVED, A.FULFILLED, A.NOSHOW]
LEAD = [2, 7, 14, 28]
"""Days from the request to the visit: where one group ends and the next begins."""


@dataclass
class Table:
    """One report: rows of a label and figures, and how a chart may draw them."""

    name: str
    title: str | Promise
    columns: list[str]
    rows: list[tuple[str, list[Any]]]
    kind: str = "bar"
    stacked: bool = False
    drawn: int = 0
    """How many of the columns are drawn; 0: all of them."""
    rest: str = ""
    """A column that says what is left over, which is drawn in grey."""
    note: str = ""

    @property
    def empty(self) -> bool:
        return not any(value for _label, values in self.rows for value in values)


def hours_of(seconds: float | None) -> float | None:
    return None if seconds is None else round(float(seconds) / 3600, 1)


def share(part: float, whole: float) -> int | None:
    """Per cent; None where there is nothing to divide."""
    return round(100 * part / whole) if whole else None


class Figures:
    """Everything that the reports say about the days from `first` to `last`, both included."""

    def __init__(self, location: Location | None, first: date, last: date) -> None:
        self.location, self.first, self.last = location, first, last
        self.zone = location.zone if location else ZoneInfo(settings.TIME_ZONE)
        self.start = instant(first, time.min, self.zone)
        self.end = instant(last + DAY, time.min, self.zone)
        here = {"location": location} if location else {}
        self.requests = ConsultationRequest.objects.filter(
            created_at__gte=self.start, created_at__lt=self.end, **here
        ).order_by()
        self.visits = Appointment.objects.filter(
            start__gte=self.start, start__lt=self.end, **here
        ).order_by()

    def tables(self) -> list[Table]:
        weeks = self._request_weeks()
        return [
            self._outcomes(weeks),
            self._answers(weeks),
            self._lead(),
            self._attendance(),
            self._use(),
            self._busiest(),
            self._guides(),
        ]

    def _request_weeks(self) -> dict[date, dict[str, Any]]:
        def count(*statuses: RequestStatus) -> Count:
            return Count("pk", filter=Q(status__in=statuses))

        duplicate = Q(status=R.DECLINED, decline_reason=DeclineReason.DUPLICATE)
        since = Coalesce("verified_at", "created_at")
        rows = (
            self.requests.annotate(week=self._week_number("created_at"))
            .values("week")
            .annotate(
                confirmed=count(R.CONFIRMED),
                open=count(R.SUBMITTED, R.IN_REVIEW, R.INFO_NEEDED, R.OFFERED, R.WAITLISTED),
                declined=Count("pk", filter=Q(status=R.DECLINED) & ~duplicate),
                duplicate=Count("pk", filter=duplicate),
                withdrawn=count(R.WITHDRAWN),
                unconfirmed=count(R.UNVERIFIED, R.EXPIRED),
                spam=count(R.SPAM),
                answered=Count("answered_at"),
                late=Count("pk", filter=Q(answered_at__gt=F("promised_at"))),
                wait=Avg(Seconds("answered_at") - Seconds(since)),
            )
        )
        found = {_monday(row["week"]): dict(row) for row in rows}
        return {week: found.get(week, {}) for week in self._weeks}

    def _wall(self, field: str) -> CombinedExpression:
        return local_seconds(field, self.zone, self.start, self.end)

    def _week_number(self, field: str) -> CombinedExpression:
        """Whole weeks since Monday, 29 December 1969, on the wall clock."""
        return (self._wall(field) + 3 * A_DAY) / (7 * A_DAY)

    @cached_property
    def _weeks(self) -> list[date]:
        """Their Mondays, from the first request of all: the weeks before say nothing."""
        here = {"location": self.location} if self.location else {}
        began = ConsultationRequest.objects.filter(**here).aggregate(at=Min("created_at"))["at"]
        first = max(self.first, began.astimezone(self.zone).date()) if began else self.first
        monday = first - DAY * first.weekday()
        return [monday + DAY * 7 * n for n in range((self.last - monday).days // 7 + 1)]

    def _outcomes(self, weeks: dict[date, dict[str, Any]]) -> Table:
        groups = {
            "confirmed": _("Confirmed"),
            "open": _("Open"),
            "declined": _("Declined"),
            "withdrawn": _("Cancelled by the patient"),
            "unconfirmed": _("Address never confirmed"),
            "duplicate": _("Asked twice"),
            "spam": _("Spam"),
        }
        rows = [(_week(week), [row.get(g, 0) for g in groups]) for week, row in weeks.items()]
        title = _("Requests a week, and what became of them")
        return Table("outcomes", title, list(groups.values()), rows, stacked=True)

    def _answers(self, weeks: dict[date, dict[str, Any]]) -> Table:
        rows = []
        for week, row in weeks.items():
            answered, late = row.get("answered", 0), row.get("late", 0)
            values = [answered - late, late, hours_of(row.get("wait")), share(late, answered)]
            rows.append((_week(week), values))
        columns = [_("In time"), _("Late"), _("Hours, on average"), _("Late, %")]
        title = _("First answers, against the promise")
        note = _(
            "Hours from the request, or from the confirmed address, nights and weekends included."
        )
        return Table("answers", title, columns, rows, stacked=True, drawn=2, note=note)

    def _lead(self) -> Table:
        days = (Seconds("start") - Seconds("request__created_at")) / A_DAY
        rows = self.visits.filter(status__in=CAME).annotate(days=days).values_list("days")
        found = [0] * (len(LEAD) + 1)
        for whole_days, count in rows.annotate(Count("pk")):
            found[bisect_right(LEAD, whole_days)] += count
        labels = [_("under %(days)s days") % {"days": LEAD[0]}]
        labels += [
            _("%(low)s to %(high)s days") % {"low": low, "high": high - 1}
            for low, high in zip(LEAD, LEAD[1:], strict=False)
        ]
        labels.append(_("%(days)s days or more") % {"days": LEAD[-1]})
        table = [(label, [count]) for label, count in zip(labels, found, strict=True)]
        return Table("lead", _("From the request to the visit"), [_("Visits")], table)

    def _attendance(self) -> Table:
        def count(**which: Any) -> Count:
            return Count("pk", filter=Q(**which))

        rows = (
            self.visits.annotate(week=self._week_number("start"))
            .values("week")
            .annotate(
                came=count(status__in=[A.ARRIVED, A.FULFILLED]),
                noshow=count(status=A.NOSHOW),
                withdrawn=count(status=A.CANCELLED, cancelled_because=CancelledBecause.WITHDRAWN),
                late=count(status=A.CANCELLED, cancelled_because=CancelledBecause.WITHDRAWN_LATE),
                clinic=count(status=A.CANCELLED, cancelled_because=CancelledBecause.CLINIC),
            )
        )
        found = {_monday(row["week"]): row for row in rows}
        names = ["came", "noshow", "withdrawn", "late", "clinic"]
        table = []
        for week in self._weeks:
            row: dict[str, Any] = dict(found.get(week, {}))
            values: list[Any] = [row.get(name, 0) for name in names]
            table.append((_week(week), [*values, share(values[1], values[0] + values[1])]))
        columns = [_("Came"), _("Did not come"), _("Cancelled by the patient")]
        columns += [_("By the patient, late"), _("Cancelled by us"), _("Did not come, %")]
        title = _("Visits, and who did not come")
        note = _("Late: within the notice that the service asks for.")
        return Table("attendance", title, columns, table, stacked=True, drawn=5, note=note)

    def _use(self) -> Table:
        rows = self.visits.filter(status__in=CAME).values_list("practitioner_id")
        spans = dict(rows.annotate(total=Sum(Seconds("end") - Seconds("start"))))
        table = []
        for person, open_ in opening_hours(self.location, self.first, self.last, self.zone):
            booked = hours_of(spans.get(person.pk, 0)) or 0
            free = max(0.0, round(open_ - booked, 1))
            table.append((person.name, [booked, free, share(booked, open_)]))
        columns = [_("Hours booked"), _("Hours free"), _("Booked, %")]
        title = _("Use of the hours")
        return Table("use", title, columns, table, stacked=True, drawn=2, rest=columns[1])

    def _busiest(self) -> Table:
        rows = (
            self.visits.filter(status__in=CAME)
            .annotate(hours=(self._wall("start") + 3 * A_DAY) / 3600 % (7 * 24))
            .values_list("hours")
            .annotate(Count("pk"))
        )
        found = {(hours % 24, hours // 24): count for hours, count in rows}
        shown = sorted({hour for hour, _weekday in found})
        table = [
            (
                clock.time_words(time(hour)),
                [found.get((hour, weekday), 0) for weekday in range(7)],
            )
            for hour in (range(shown[0], shown[-1] + 1) if shown else ())
        ]
        columns = [str(name) for name in WEEKDAYS.values()]
        return Table("busiest", _("Busiest times"), columns, table, stacked=True)

    def _guides(self) -> Table:
        rows = (
            self.requests.exclude(source_path="")
            .values_list("source_path")
            .annotate(total=Count("pk"), booked=Count("pk", filter=Q(status=R.CONFIRMED)))
            .order_by("-total", "source_path")[:GUIDES]
        )
        table = [(path, [total, booked]) for path, total, booked in rows]
        columns = [_("Requests"), _("Confirmed")]
        return Table("guides", _("Guides that led to requests"), columns, table)


def _monday(week: int) -> date:
    return date(1969, 12, 29) + DAY * 7 * week


def _week(monday: date) -> str:
    return formats.date_format(monday, _("j M Y"))
