"""Choosing among free times: the first choice, and what else would do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from bookings import clock
from bookings.enums import DayPart
from bookings.forms.fields import CrispyForm, LongSelect, set_choices
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
    """A start as `slot_value` writes it, in UTC."""
    try:
        return datetime.strptime(value, SLOT_VALUE).replace(tzinfo=UTC)
    except (ValueError, TypeError):
        return None


def slot_groups(slots: Sequence[Slot], location: Location) -> list[tuple[tuple[str, str], Choices]]:
    """Free times as choices, grouped by day and part of the day: `((day, part), [(value, label)])`."""
    groups: dict[tuple[str, str], Choices] = {}
    language = get_language() or ""
    for slot in slots:
        group, choice = _in_words(slot.start, location.zone, language)
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

    `soonest` (UTC) is where the minimum notice ends; `notice_hours` says it in words.
    """

    location: Location
    slots: Callable[[], Sequence[Slot]]
    is_free: Callable[[datetime], bool]
    soonest: datetime
    notice_hours: int

    def groups(self, but: str = "") -> list[tuple[tuple[str, str], Choices]]:
        left = [slot for slot in self.slots() if slot_value(slot) != but]
        return slot_groups(left, self.location)


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
    others: Sequence[str] = ()
    but = ""

    def valid_value(self, value: str) -> bool:
        if value in self.others:
            return True
        start = parse_start(value)
        if start is None or start == parse_start(self.but):
            return False
        return self.times.is_free(start)

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


class TimeForm(CrispyForm):
    """The first choice: one of the free times on the page, or any time."""

    first = FreeTimeField(
        label=_("Free times"),
        widget=forms.RadioSelect(attrs={"class": "chips"}),
        error_messages={"required": _("Choose a time, “Any time” or the waiting list.")},
    )

    def __init__(self, *args: Any, times: FreeTimes, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.times = times
        others = [
            (ANY_TIME, _("Any time: please suggest one")),
            (WAITING, _("Put me on the waiting list")),
        ]
        set_free_times(self, "first", times, others=(ANY_TIME, WAITING))
        set_choices(self, "first", lambda: [*times.groups(), *others])


class OtherTimesForm(CrispyForm):
    """What else would work, so that staff can say yes without asking again."""

    second = FreeTimeField(label=_("Second choice"), required=False, widget=LongSelect)
    third = FreeTimeField(label=_("Third choice"), required=False, widget=LongSelect)
    parts = forms.MultipleChoiceField(
        label=_("Which parts of the day suit you in general?"),
        widget=forms.CheckboxSelectMultiple,
        choices=DayPart.choices,
        required=False,
    )

    def __init__(self, *args: Any, times: FreeTimes, first: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if first == ANY_TIME:
            del self.fields["second"], self.fields["third"]
            return

        @cache
        def choices() -> list[Any]:
            groups = times.groups(but=first)
            return [
                ("", _("No other time")),
                *((f"{day}, {part}", found) for (day, part), found in groups),
            ]

        for name in ("second", "third"):
            set_free_times(self, name, times, but=first)
            set_choices(self, name, choices)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("third") and cleaned.get("third") == cleaned.get("second"):
            self.add_error("third", _("This is the same time as your second choice."))
        return cleaned


def set_free_times(form: forms.Form, name: str, times: FreeTimes, **but: Any) -> None:
    """Tell a field which times are free; `others` are answers beside them, `but` is not offered again."""
    field = form.fields[name]
    assert isinstance(field, FreeTimeField)
    field.times = times
    field.others, field.but = but.get("others", ()), but.get("but", "")


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
