"""A whole week of hours on one page, for one practitioner or for several at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from hashlib import sha256
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Q
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings import clock
from bookings.enums import ResourceKind
from bookings.models import Location, Resource, WeeklyHours
from bookings.schedule.local_time import DAY
from bookings.staff.setup import affected_visits
from bookings.staff.setup.affected_visits import Week

RANGES = 3
"""How many ranges of hours a day may have on the page."""
Range = tuple[int, time, time]
"""A weekday, and from when to when."""


def people() -> Any:
    rows = Resource.objects.filter(kind=ResourceKind.PRACTITIONER, active=True)
    return rows.select_related("location").prefetch_related("also_at").order_by("name", "pk")


def regular(person: Resource, place: Location, first: date) -> list[WeeklyHours]:
    """The rows at that location that hold on `first` and have no end: what the page shows and replaces."""
    rows = WeeklyHours.objects.filter(resource=person, valid_to=None).at(place)
    return list(rows.filter(Q(valid_from=None) | Q(valid_from__lte=first)))


def fingerprint(rows: Sequence[WeeklyHours]) -> str:
    said = sorted(f"{r.pk} {r.weekday} {r.start} {r.end} {r.valid_from}" for r in rows)
    return sha256("; ".join(said).encode()).hexdigest()[:16]


class WeekForm(forms.Form):
    """Up to three ranges for each day at one location. `shown`: the hours that the page began with."""

    shown = forms.CharField(widget=forms.HiddenInput, max_length=16)
    first = forms.DateField(
        label=gettext_lazy("From"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy(
            "The first day of this week of hours. Earlier days stay as they were."
        ),
    )
    also = forms.ModelMultipleChoiceField(
        label=gettext_lazy("The same hours for"),
        queryset=Resource.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any, *, person: Resource, place: Location, now: datetime) -> None:
        self.person, self.place, self.now = person, place, now
        self.today = place.today(now)
        rows = regular(person, place, self.today)
        initial = {"first": self.today, "shown": fingerprint(rows)} | dict(_initial(rows))
        super().__init__(data, initial=initial)
        also = self.fields["also"]
        assert isinstance(also, forms.ModelMultipleChoiceField)
        also.queryset = people().at(place).exclude(pk=person.pk)
        for day, name in WEEKDAYS.items():
            for number in range(RANGES):
                for end, word in (("start", _("from")), ("end", _("to"))):
                    label = f"{name}, {word}"
                    shown = {"type": "time", "aria-label": label}
                    self.fields[f"{end}_{day}_{number}"] = forms.TimeField(
                        label=label,
                        required=False,
                        widget=forms.TimeInput(attrs=shown, format="%H:%M"),
                    )
            if day:
                self.fields[f"same_{day}"] = forms.BooleanField(
                    label=_("As the day above"), required=False
                )

    def days(self) -> Iterator[dict[str, Any]]:
        """The rows of the table."""
        for day, name in WEEKDAYS.items():
            pairs = [(self[f"start_{day}_{n}"], self[f"end_{day}_{n}"]) for n in range(RANGES)]
            yield {"name": name, "pairs": pairs, "same": self[f"same_{day}"] if day else None}

    def clean_first(self) -> date:
        day: date = self.cleaned_data["first"]
        if not clock.is_of_our_time(day) or day < self.today:
            raise forms.ValidationError(_("Choose today or a later day."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        self.ranges: list[Range] = []
        above: list[tuple[time, time]] = []
        for day in WEEKDAYS:
            if not cleaned.get(f"same_{day}"):
                above = self._ranges_of(day, cleaned)
            self.ranges += [(day, start, end) for start, end in above]
        if self.errors:
            return cleaned
        if cleaned["shown"] != fingerprint(regular(self.person, self.place, self.today)):
            raise forms.ValidationError(
                _("Somebody has changed these hours in the meantime. Open the page again.")
            )
        for person in [self.person, *cleaned["also"]]:
            out = affected_visits.visits_lost(person, self._week(person), now=self.now)
            if out:
                said = str(affected_visits.outside_these_hours(out))
                self.add_error(None, f"{person.name}: {said}")
        return cleaned

    def _ranges_of(self, day: int, cleaned: dict[str, Any]) -> list[tuple[time, time]]:
        found: list[tuple[time, time]] = []
        for number in range(RANGES):
            start, end = cleaned.get(f"start_{day}_{number}"), cleaned.get(f"end_{day}_{number}")
            if start is None and end is None:
                continue
            if start is None or end is None or start == end:
                self.add_error(f"end_{day}_{number}", _("Say from when to when."))
            elif any(
                start < other_end and (end > other or end < start) for other, other_end in found
            ):
                self.add_error(f"start_{day}_{number}", _("These hours overlap."))
            else:
                found.append((start, end))
        return found

    def _week(self, person: Resource) -> Week:
        """The person's week as it would be saved."""
        first = self.cleaned_data["first"]
        week = affected_visits.week_of(person, self.place)
        ends, fresh = self._change(person, first)
        gone = {row.pk for row in ends}
        for row in week.rows:
            if row.pk in gone:
                row.valid_to = first - DAY
        week.rows = [
            r for r in week.rows if not (r.valid_from and r.valid_to and r.valid_to < r.valid_from)
        ]
        week.rows += fresh
        return week

    def _change(self, person: Resource, first: date) -> tuple[list[WeeklyHours], list[WeeklyHours]]:
        """The rows that end before `first`, and those that begin then. Equal rows stay."""
        rows, wanted = regular(person, self.place, first), list(dict.fromkeys(self.ranges))
        keep = {(row.weekday, row.start, row.end) for row in rows} & set(wanted)
        earlier = WeeklyHours.objects.filter(resource=person).at(self.place)
        where_and_since = {
            "location": self.place,
            "valid_from": first if earlier.exists() else None,
        }
        fresh = [
            WeeklyHours(resource=person, weekday=day, start=start, end=end, **where_and_since)
            for day, start, end in wanted
            if (day, start, end) not in keep
        ]
        return [row for row in rows if (row.weekday, row.start, row.end) not in keep], fresh

    @transaction.atomic
    def save(self) -> list[Resource]:
        """Returns everybody whose hours these are now."""
        first = self.cleaned_data["first"]
        persons = [self.person, *self.cleaned_data["also"]]
        locked = Resource.objects.filter(pk__in=[p.pk for p in persons]).order_by("pk")
        list(locked.select_for_update(no_key=True).values_list("pk"))
        for person in persons:
            ends, fresh = self._change(person, first)
            for row in ends:
                if _begins_by(row, first):
                    row.delete()
                else:
                    row.valid_to = first - DAY
                    row.save(update_fields=["valid_to"])
            WeeklyHours.objects.bulk_create(fresh)
        return persons


def _begins_by(row: WeeklyHours, first: date) -> bool:
    """Whether nothing is left of the row before that day."""
    return bool(row.valid_from and row.valid_from >= first)


def _initial(rows: Sequence[WeeklyHours]) -> Iterator[tuple[str, time]]:
    for day in WEEKDAYS:
        own = sorted((row for row in rows if row.weekday == day), key=lambda row: row.start)
        for number, row in enumerate(own[:RANGES]):
            yield f"start_{day}_{number}", row.start
            yield f"end_{day}_{number}", row.end
