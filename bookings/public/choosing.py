"""A visitor chooses a time: from what is free, further choices, or the waiting list."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings import availability, clock, forms
from bookings.models import Draft, Resource
from bookings.public import drafts
from bookings.public.answers import (
    Offering,
    chosen_offering,
    days_open,
    parse_start,
    wished_practitioner,
)
from bookings.public.asking import page, step
from bookings.public.personal import posted

DAYS_A_PAGE = 10


@step("time")
def times(request: HttpRequest, draft: Draft) -> HttpResponse:
    """The first choice, from the times that are really free, ten days at a time."""
    offering = chosen_offering(draft)
    assert offering
    now = timezone.now()
    service, location = offering.service, offering.location
    people = list(service.practitioners.filter(active=True, location=location))
    wished = next((p for p in people if str(p.pk) == request.GET.get("with")), None)
    kept = draft.answers.get("time") or draft.answers.get("wish", {})
    if "with" not in request.GET and kept.get("practitioner"):
        wished = next((p for p in people if p.pk == kept["practitioner"]), None)
    taken = parse_start(request.GET.get("taken", ""))
    first_day = _first_day(request, offering, wished, kept, now)
    if taken:
        slots = availability.nearest(service, location, taken, now=now, practitioner=wished)
    else:
        slots = availability.free_slots(
            service,
            location,
            first_day=first_day,
            days=DAYS_A_PAGE,
            now=now,
            practitioner=wished,
        )
    form = forms.TimeForm(posted(request), initial=kept, slots=slots, location=location)
    if request.method == "POST" and form.is_valid():
        chosen = {
            "first": form.cleaned_data["first"],
            "practitioner": wished.pk if wished else None,
        }
        return drafts.save(request, redirect("book-other-times"), draft, time=chosen)
    horizon = now.astimezone(location.zone).date() + timedelta(days=service.horizon_days)
    return page(
        request,
        "time",
        form=form,
        offering=offering,
        people=people,
        wished=wished,
        slots=slots,
        taken=taken,
        days=_days(slots, offering),
        summary=_summary(slots, first_day),
        first_day=first_day,
        last_day=first_day + timedelta(days=DAYS_A_PAGE - 1),
        earlier=_earlier(first_day, now, offering),
        later=first_day + timedelta(days=DAYS_A_PAGE)
        if first_day + timedelta(days=DAYS_A_PAGE) <= horizon
        else None,
    )


def _summary(slots: list[availability.Slot], first_day: date) -> str:
    """What a screen reader says when the times have changed."""
    last_day = first_day + timedelta(days=DAYS_A_PAGE - 1)
    days = " – ".join(formats.date_format(day, _("j F")) for day in (first_day, last_day))
    count = ngettext("%(count)s free time", "%(count)s free times", len(slots))
    return f"{days}: {count % {'count': len(slots)}}"


def _days(slots: list[availability.Slot], offering: Offering) -> list[date]:
    """The days that have a free time, in the order of the form's groups."""
    zone = offering.location.zone
    return list(dict.fromkeys(slot.start.astimezone(zone).date() for slot in slots))


def _earlier(first_day: date, now: datetime, offering: Offering) -> date | None:
    """Where the ten days before begin; nowhere if the minimum notice forbids them all."""
    notice = timedelta(hours=offering.service.minimum_notice_hours)
    soonest = (now + notice).astimezone(offering.location.zone).date()
    if first_day <= soonest:
        return None
    return max(soonest, first_day - timedelta(days=DAYS_A_PAGE))


def _first_day(
    request: HttpRequest,
    offering: Offering,
    wished: Resource | None,
    kept: dict[str, Any],
    now: datetime,
) -> date:
    """The day asked for, else the day chosen before, else the first with a free time."""
    zone = offering.location.zone
    today = now.astimezone(zone).date()
    last = today + timedelta(days=offering.service.horizon_days)
    try:
        asked = date.fromisoformat(request.GET.get("from", ""))
        return min(max(asked, today), last)
    except ValueError:
        pass
    before = parse_start(kept.get("first", ""))
    if before and before > now:
        return before.astimezone(zone).date()
    first = availability.first_free_day(
        offering.service, offering.location, now=now, practitioner=wished
    )
    return first or today


@step("other-times")
def other_times(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Up to two further choices and parts of the day; or when someone who waits can come."""
    offering = chosen_offering(draft)
    assert offering
    now = timezone.now()
    if draft.answers["time"]["first"] == forms.WAITING:
        return _waiting(request, draft, offering)
    first = parse_start(draft.answers["time"]["first"])
    practitioner = wished_practitioner(draft)
    day = (first or now).astimezone(offering.location.zone).date()
    slots = availability.free_slots(
        offering.service,
        offering.location,
        first_day=max(day - timedelta(days=3), now.astimezone(offering.location.zone).date()),
        days=DAYS_A_PAGE,
        now=now,
        practitioner=practitioner,
    )
    form = forms.OtherTimesForm(
        posted(request),
        initial=draft.answers.get("other-times"),
        slots=slots,
        location=offering.location,
        first=draft.answers["time"]["first"],
    )
    if request.method == "POST" and form.is_valid():
        given = {"other-times": form.cleaned_data}
        return drafts.save(request, redirect("book-contact"), draft, **given)
    label = clock.moment_label(first, offering.location.zone) if first else ""
    return page(request, "other-times", form=form, first=label)


def _waiting(request: HttpRequest, draft: Draft, offering: Offering) -> HttpResponse:
    form = forms.WaitingForm(
        posted(request),
        initial={"weeks": forms.DEFAULT_WEEKS} | draft.answers.get("other-times", {}),
        weekdays=days_open(offering, wished_practitioner(draft)),
    )
    if request.method == "POST" and form.is_valid():
        given = {"other-times": form.cleaned_data}
        return drafts.save(request, redirect("book-contact"), draft, **given)
    return page(request, "other-times", "book_waiting", form=form)
