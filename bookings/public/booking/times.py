"""A visitor chooses a time: from what is free, further choices, or the waiting list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import formats, timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings import clock
from bookings.models import Draft, Resource
from bookings.public.access import posted
from bookings.public.booking import drafts
from bookings.public.booking.draft_request import (
    Offering,
    chosen_offering,
    days_open,
    wished_practitioner,
)
from bookings.public.booking.steps import page, step
from bookings.public.booking.time_forms import (
    DEFAULT_WEEKS,
    WAITING,
    FreeTimes,
    OtherTimesForm,
    TimeForm,
    WaitingForm,
    parse_start,
)
from bookings.schedule import availability, rota
from bookings.schedule.availability import Search
from clinic.dates import unbroken

DAYS_A_PAGE = 10


@step("time")
def times(request: HttpRequest, draft: Draft) -> HttpResponse:
    """The first choice, from the times that are really free, ten days at a time."""
    offering = chosen_offering(draft)
    assert offering
    now = timezone.now()
    people = rota.remembered(offering.service, offering.location, now=now).practitioners
    kept = draft.answers.get("time") or draft.answers.get("wish", {})
    wished = _wished(request, people, kept)
    listing = Listing(offering, wished, request.GET, kept, now)
    form = TimeForm(posted(request), initial=kept, times=listing.times)
    if request.method == "POST" and form.is_valid():
        chosen = {
            "first": form.cleaned_data["first"],
            "practitioner": wished.pk if wished else None,
        }
        return drafts.save(request, redirect("book-other-times", draft.key), draft, time=chosen)
    return page(
        request,
        "time",
        draft,
        form=form,
        offering=offering,
        people=people,
        wished=wished,
        slots=listing.slots,
        taken=listing.taken,
        days=_days(listing.slots, offering),
        summary=_summary(listing.slots, listing.first_day),
        first_day=listing.first_day,
        last_day=listing.first_day + timedelta(days=DAYS_A_PAGE - 1),
        earlier=listing.earlier,
        later=listing.later,
        nothing_free=listing.nothing_free,
    )


def _wished(
    request: HttpRequest, people: Sequence[Resource], kept: dict[str, Any]
) -> Resource | None:
    """The practitioner named in the address, else the one chosen before."""
    key = request.GET.get("with", str(kept.get("practitioner")))
    return next((person for person in people if str(person.pk) == key), None)


class Listing:
    """The free times that a page shows: from the day asked for, else around the one chosen before,
    else from the first day with any. Looked up where the page is shown, and not for an answer."""

    def __init__(
        self,
        offering: Offering,
        wished: Resource | None,
        asked: QueryDict,
        kept: dict[str, Any],
        now: datetime,
    ) -> None:
        self.offering, self.wished, self.asked, self.kept, self.now = (
            offering,
            wished,
            asked,
            kept,
            now,
        )
        self.today = offering.location.today(now)
        self.horizon = self.today + timedelta(days=offering.service.horizon_days)
        self.search = Search(offering.service, offering.location, now, wished)
        self._bounds = self.search.bounds()
        self.taken = self._ahead(asked.get("taken", ""))
        self.times = free_times(self.search, lambda: self.slots)

    @property
    def slots(self) -> list[availability.Slot]:
        return self._found[1]

    @property
    def first_day(self) -> date:
        return self._found[0]

    @cached_property
    def _found(self) -> tuple[date, list[availability.Slot]]:
        day = self._day()
        if self.taken:
            return day or self.today, availability.nearest(self.search, self.taken)
        if day is None:
            first = availability.first_page(self.search, days=DAYS_A_PAGE)
            return first or (self.today, [])
        return day, availability.free_slots(self.search, first_day=day, days=DAYS_A_PAGE)

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
        return not self.slots and not self.taken and self._day() is None

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


def free_times(search: Search, slots: Callable[[], list[availability.Slot]]) -> FreeTimes:
    """What the forms need to show these slots, and to check an answer."""

    def is_free(start: datetime) -> bool:
        return availability.find_slot(search, start) is not None

    soonest, _end = search.bounds()
    notice = search.service.minimum_notice_hours
    return FreeTimes(search.location, slots, is_free, soonest, notice)


def _summary(slots: list[availability.Slot], first_day: date) -> str:
    """What a screen reader says when the times have changed."""
    last_day = first_day + timedelta(days=DAYS_A_PAGE - 1)
    days = " – ".join(unbroken(formats.date_format(day, _("j F"))) for day in (first_day, last_day))
    count = ngettext("%(count)s free time", "%(count)s free times", len(slots))
    return f"{days}: {count % {'count': len(slots)}}"


def _days(slots: list[availability.Slot], offering: Offering) -> list[date]:
    """The days that have a free time, in the order of the form's groups."""
    zone = offering.location.zone
    return list(dict.fromkeys(slot.start.astimezone(zone).date() for slot in slots))


@step("other-times")
def other_times(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Up to two further choices and parts of the day; or when someone who waits can come."""
    offering = chosen_offering(draft)
    assert offering
    now = timezone.now()
    if draft.answers["time"]["first"] == WAITING:
        return _waiting(request, draft, offering)
    first = parse_start(draft.answers["time"]["first"])
    search = Search(offering.service, offering.location, now, wished_practitioner(draft))
    first_day = max(search.local_day(first or now) - timedelta(days=3), search.today)

    def slots() -> list[availability.Slot]:
        return availability.free_slots(search, first_day=first_day, days=DAYS_A_PAGE)

    form = OtherTimesForm(
        posted(request),
        initial=draft.answers.get("other-times"),
        times=free_times(search, slots),
        first=draft.answers["time"]["first"],
    )
    if request.method == "POST" and form.is_valid():
        given = {"other-times": form.cleaned_data}
        return drafts.save(request, redirect("book-contact", draft.key), draft, **given)
    label = unbroken(clock.moment_label(first, search.location.zone)) if first else ""
    return page(request, "other-times", draft, form=form, first=label)


def _waiting(request: HttpRequest, draft: Draft, offering: Offering) -> HttpResponse:
    form = WaitingForm(
        posted(request),
        initial={"weeks": DEFAULT_WEEKS} | draft.answers.get("other-times", {}),
        weekdays=days_open(offering, wished_practitioner(draft)),
    )
    if request.method == "POST" and form.is_valid():
        given = {"other-times": form.cleaned_data}
        return drafts.save(request, redirect("book-contact", draft.key), draft, **given)
    return page(request, "other-times", draft, "book_waiting", form=form)
