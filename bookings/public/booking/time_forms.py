"""Choosing among free times, and what to say to the waiting list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from bookings import clock
from bookings.enums import DayPart
from bookings.forms.fields import CrispyForm, set_choices
from bookings.models import Location, Service
from bookings.schedule.availability import Slot

PART_NAMES = {
    DayPart.MORNING: _("Morning"),
    DayPart.AFTERNOON: _("Afternoon"),
    DayPart.EVENING: _("Evening"),
}
Choices = list[tuple[str, str]]


SLOT_VALUE = "%Y-%m-%dT%H:%MZ"


def slot_value(slot: Slot) -> str:
    """How a start travels in a form: UTC, to the minute."""
    return slot.start.strftime(SLOT_VALUE)


def parse_start(value: str) -> datetime | None:
    """A start as a form holds it, in UTC."""
    try:
        return datetime.strptime(value, SLOT_VALUE).replace(tzinfo=UTC)
    except (ValueError, TypeError):
        return None


def slot_groups(slots: Sequence[Slot], location: Location) -> list[tuple[tuple[str, str], Choices]]:
    """Free times as choices, grouped by day and part of the day: `((day, part), [(value, label)])`."""
    groups: dict[tuple[str, str], Choices] = {}
    zone, language = location.zone, get_language() or ""
    for slot in slots:
        group, choice = _in_words(slot.start, zone, language)
        groups.setdefault(group, []).append(choice)
    return list(groups.items())


@lru_cache(maxsize=16384)
def _in_words(
    start: datetime, zone: ZoneInfo, language: str
) -> tuple[tuple[str, str], tuple[str, str]]:
    """Everybody is shown much the same times, and naming one takes longer than finding it."""
    part = str(PART_NAMES[clock.day_part(start, zone)])
    value, label = start.strftime(SLOT_VALUE), clock.time_label(start, zone)
    return (clock.near_day_label(start, zone), part), (value, label)


STAYS_OPEN = timedelta(days=1)
"""For so long somebody may have a page of times open."""
ANY_TIME = "any"
WAITING = "waiting"


@dataclass(frozen=True)
class FreeTimes:
    """What is free: all of it for a page that shows it, or one start for an answer.

    `soonest` (UTC) is where the minimum notice ends; `notice_hours` says it in words. `now` is when the
    page was asked for.
    """

    location: Location
    slots: Callable[[], Sequence[Slot]]
    is_free: Callable[[datetime], bool]
    soonest: datetime
    notice_hours: int
    now: datetime

    def groups(self) -> list[tuple[tuple[str, str], Choices]]:
        return slot_groups(self.slots(), self.location)


TOO_SOON = ngettext_lazy(
    "That time is now less than %(hours)d hour away, which is too soon to book here. "
    "Please choose another, or call us.",
    "That time is now less than %(hours)d hours away, which is too soon to book here. "
    "Please choose another, or call us.",
    "hours",
)


def too_soon(value: str, service: Service, *, now: datetime) -> str:
    """What to say of a time that the minimum notice has overtaken; empty for any other."""
    start, hours = parse_start(value), service.minimum_notice_hours
    if start is None or start >= now + timedelta(hours=hours):
        return ""
    return str(TOO_SOON % {"hours": hours})


class FreeTimeField(forms.ChoiceField):
    """One of the free times. Whether it still is one is asked for that time alone, whatever was shown."""

    default_error_messages = {
        "invalid_choice": _("That time is not free. Please choose another."),
    }
    times: FreeTimes

    def valid_value(self, value: str) -> bool:
        start = parse_start(value)
        return start is not None and self.times.is_free(start)

    def validate(self, value: str) -> None:
        """A time that came inside the notice while the page was open is said to be that, not taken."""
        start = parse_start(value)
        soonest = self.times.soonest
        if start and soonest - STAYS_OPEN < start < soonest:
            params = {"hours": self.times.notice_hours}
            raise forms.ValidationError(TOO_SOON, code="too_soon", params=params)
        super().validate(value)

    def clean(self, value: Any) -> str:
        """In the one spelling that the pages use."""
        cleaned: str = super().clean(value)
        start = parse_start(cleaned)
        return start.strftime(SLOT_VALUE) if start else cleaned


class FreeTimesField(forms.MultipleChoiceField):
    """Up to three free times, each checked by itself, in the order in which they came."""

    default_error_messages = {"too_many": _("Choose three times at most.")}
    widget = forms.CheckboxSelectMultiple
    most = 3
    times: FreeTimes

    def clean(self, value: Any) -> list[str]:
        one = FreeTimeField()
        one.times = self.times
        found = list(dict.fromkeys(one.clean(each) for each in self.to_python(value)))
        if len(found) > self.most:
            raise forms.ValidationError(self.error_messages["too_many"], code="too_many")
        return found


class TimeForm(CrispyForm):
    """Up to three of the free times on the page; or, by a button of its own, none of them.

    `order` is the order in which they were chosen, which only a script knows: without it the earliest is
    the first choice.
    """

    needed_by_choice = frozenset({"times"})  # or a button says what instead

    times = FreeTimesField(
        label=_("Free times"),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "chips"}),
        required=False,
    )
    parts = forms.MultipleChoiceField(
        label=_("Which parts of the day suit you in general?"),
        widget=forms.CheckboxSelectMultiple,
        choices=DayPart.choices,
        required=False,
    )
    order = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)
    instead = forms.ChoiceField(
        choices=[(ANY_TIME, ""), (WAITING, "")], required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, times: FreeTimes, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["times"]
        assert isinstance(field, FreeTimesField)
        field.times = times
        set_choices(self, "times", lambda: [*times.groups(), *self._chosen_elsewhere(times)])

    def _chosen_elsewhere(self, times: FreeTimes) -> list[Any]:
        """What was chosen on other days than those shown, as a group of its own."""
        chosen = self["times"].value()
        if not chosen:
            return []
        here = {slot_value(slot) for slot in times.slots()}
        left = [value for value in chosen if value not in here]
        starts = [start for start in map(parse_start, left) if start and times.is_free(start)]
        zone, now = times.location.zone, times.now
        found = [
            (start.strftime(SLOT_VALUE), clock.moment_label(start, zone, now=now))
            for start in starts
        ]
        return [((_("Chosen on other days"), ""), found)] if found else []

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("instead") or "times" in self.errors:
            return cleaned
        if not cleaned.get("times"):
            self.add_error(
                "times",
                _(
                    "Choose a time, or press “Any time” or “Put me on the waiting list” below the times."
                ),
            )
        return cleaned

    @property
    def ranked(self) -> list[str]:
        """The chosen times, first choice first; `any` or `waiting` by itself for neither."""
        instead: str = self.cleaned_data["instead"]
        if instead:
            return [instead]
        tapped = self.cleaned_data["order"].split(",")
        ranks = {value: rank for rank, value in enumerate(tapped)}
        return sorted(self.cleaned_data["times"], key=lambda value: (ranks.get(value, 99), value))


class MoveForm(CrispyForm):
    """One of the free times, for a visit that is booked."""

    times = FreeTimeField(
        label=_("Free times"),
        widget=forms.RadioSelect(attrs={"class": "chips"}),
        error_messages={"required": _("Choose a time.")},
    )

    def __init__(self, *args: Any, times: FreeTimes, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["times"]
        assert isinstance(field, FreeTimeField)
        field.times = times
        set_choices(self, "times", times.groups)


WEEKS = [
    ("2", _("Two weeks")),
    ("4", _("Four weeks")),
    ("8", _("Eight weeks")),
    ("12", _("Twelve weeks")),
]
DEFAULT_WEEKS = "4"


class WaitingForm(CrispyForm):
    """Days and parts of the day that would do, and how long to wait."""

    weekdays = forms.MultipleChoiceField(
        label=_("On which days can you come?"),
        help_text=_("Tick all that suit you. Leave them all empty if any day will do."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    parts = forms.MultipleChoiceField(
        label=_("Which parts of the day?"),
        help_text=_("Leave them all empty if any will do."),
        widget=forms.CheckboxSelectMultiple,
        choices=DayPart.choices,
        required=False,
    )
    weeks = forms.ChoiceField(
        label=_("How long do you want to wait?"),
        help_text=_("After that we will take you off the list, and tell you."),
        widget=forms.RadioSelect,
        choices=WEEKS,
        initial=DEFAULT_WEEKS,
        error_messages={"required": _("Choose how long you want to wait.")},
    )

    def __init__(self, *args: Any, weekdays: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "weekdays", [(str(day), WEEKDAYS[day]) for day in weekdays])


def until(weeks: str, *, today: date) -> date:
    """The last day of this number of weeks from a local day."""
    return today + timedelta(weeks=int(weeks))
