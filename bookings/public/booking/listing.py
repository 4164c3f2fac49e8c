"""The free times that a page shows, ten days at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.http import QueryDict
from django.utils import formats
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings.models import Resource
from bookings.public.booking.draft_request import Offering
from bookings.public.booking.time_forms import FreeTimes, parse_start
from bookings.schedule import availability
from bookings.schedule.availability import Search
from clinic.dates import unbroken

DAYS_A_PAGE = 10


class Listing:
    """The free times that a page shows: from the day asked for, else around the one chosen before,
    else from the first day with any. Looked up where the page is shown, and not for an answer.

    `ignoring`: ids of appointments to leave out, as if they were not there. `but`: a start not to show.
    """

    def __init__(
        self,
        offering: Offering,
        wished: Resource | None,
        asked: QueryDict,
        kept: dict[str, Any],
        now: datetime,
        ignoring: Sequence[int] = (),
        but: datetime | None = None,
    ) -> None:
        self.but = but
        self.offering, self.wished, self.asked, self.kept, self.now = (
            offering,
            wished,
            asked,
            kept,
            now,
        )
        self.today = offering.location.today(now)
        self.horizon = self.today + timedelta(days=offering.service.horizon_days)
        self.search = Search(offering.service, offering.location, now, wished, ignoring=ignoring)
        self._bounds = self.search.bounds()
        self.taken = self._ahead(asked.get("taken", ""))
        self.times = free_times(self.search, lambda: self.slots)

    @property
    def slots(self) -> list[availability.Slot]:
        return [slot for slot in self._found[1] if slot.start != self.but]

    @property
    def first_day(self) -> date:
        return self._found[0]

    @cached_property
    def _found(self) -> tuple[date, list[availability.Slot]]:
        day = self._day()
        if self.near:
            return day or self.today, self.near
        if day is None or self.taken:
            first = availability.first_page(self.search, days=DAYS_A_PAGE)
            return first or (self.today, [])
        return day, availability.free_slots(self.search, first_day=day, days=DAYS_A_PAGE)

    @cached_property
    def near(self) -> list[availability.Slot]:
        """The free times around the one that was just lost; none where that week is full."""
        return availability.nearest(self.search, self.taken) if self.taken else []

    def _day(self) -> date | None:
        try:
            asked = date.fromisoformat(self.asked.get("from", ""))
            return min(max(asked, self.today), self.horizon)
        except ValueError:
            pass
        before = self._ahead(self.kept.get("first", ""))
        return before.astimezone(self.offering.location.zone).date() if before else None

    def _ahead(self, value: str) -> datetime | None:
        """The start that is named, if it could be booked one day: an address may name any, of any year."""
        start, (_soonest, end) = parse_start(value), self._bounds
        return start if start and self.now < start < end else None

    @property
    def nothing_free(self) -> bool:
        """On no day that can be booked; told only where all of them were looked at."""
        return not self.slots and (self.taken is not None or self._day() is None)

    @property
    def earlier(self) -> date | None:
        """Where the ten days before begin; nowhere if the minimum notice forbids them all.

        The page that nobody asked a day of begins with the first free one: nothing lies before.
        """
        if self._day() is None:
            return None
        notice = timedelta(hours=self.offering.service.minimum_notice_hours)
        soonest = self.offering.location.today(self.now + notice)
        if self.first_day <= soonest:
            return None
        return max(soonest, self.first_day - timedelta(days=DAYS_A_PAGE))

    @property
    def later(self) -> date | None:
        after = self.first_day + timedelta(days=DAYS_A_PAGE)
        return after if after <= self.horizon and not self.nothing_free else None

    @property
    def last_day(self) -> date:
        return self.first_day + timedelta(days=DAYS_A_PAGE - 1)

    @cached_property
    def days(self) -> list[tuple[date, int]]:
        """The days that have a free time, with how many, in the order of the form's groups."""
        zone = self.offering.location.zone
        return list(Counter(slot.start.astimezone(zone).date() for slot in self.slots).items())

    @property
    def summary(self) -> str:
        """What a screen reader says when the times have changed."""
        ends = (self.first_day, self.last_day)
        days = " – ".join(unbroken(formats.date_format(day, _("j F"))) for day in ends)
        count = len(self.slots)
        text = ngettext("%(count)s free time", "%(count)s free times", count) % {"count": count}
        return f"{days}: {text}"


def free_times(search: Search, slots: Callable[[], list[availability.Slot]]) -> FreeTimes:
    """What the forms need to show these slots, and to check an answer."""

    def is_free(start: datetime) -> bool:
        return availability.find_slot(search, start) is not None

    soonest, _end = search.bounds()
    notice = search.service.minimum_notice_hours
    return FreeTimes(search.location, slots, is_free, soonest, notice, search.now)
