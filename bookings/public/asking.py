"""A visitor asks for a consultation: one question page after the other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from bookings import availability, clock, forms
from bookings.models import Draft, Resource
from bookings.public import drafts, guards
from bookings.public.answers import (
    Offering,
    chosen_offering,
    days_open,
    offerings,
    parse_start,
    wished_practitioner,
)
from bookings.public.personal import personal, posted

DAYS_A_PAGE = 10
STEPS = ["safety", "reason", "time", "other-times", "contact", "check"]
PAGES = {
    "safety": "book",
    "reason": "book-reason",
    "time": "book-time",
    "other-times": "book-other-times",
    "contact": "book-contact",
    "check": "book-check",
}
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def step(name: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A question page that needs the answers of all earlier ones; else it leads to the first missing."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @personal
        @get_or_post
        @wraps(view)
        def wrapped(request: HttpRequest) -> HttpResponse:
            draft = drafts.load(request)
            if draft is None:
                return redirect("book")
            if draft.request_id:
                return redirect("book-sent")
            for earlier in STEPS[: STEPS.index(name)]:
                if earlier not in draft.answers:
                    return redirect(PAGES[earlier])
            if not offerings():
                return redirect("book")
            if STEPS.index(name) > 1 and chosen_offering(draft) is None:
                return redirect("book-reason")
            return view(request, draft)

        return wrapped

    return decorate


def page(request: HttpRequest, name: str, template: str = "", **context: Any) -> HttpResponse:
    number = STEPS.index(name)
    context |= {
        "step": number + 1,
        "of": len(STEPS),
        "steps": STEPS,
        "back": reverse(PAGES[STEPS[number - 1]]) if number else "",
    }
    template = template or PAGES[name].replace("-", "_")
    return render(request, f"bookings/public/{template}.html", context)


@guards.limited("start")
@personal
@get_or_post
def book(request: HttpRequest) -> HttpResponse:
    """Safety questions, first of all. The answers are kept from here on."""
    if not offerings():
        return render(request, "bookings/public/closed.html")
    draft = drafts.load(request)
    if draft is not None and draft.request_id:
        draft = None
    kept = draft.answers.get("safety") if draft else None
    form = forms.SafetyForm(posted(request), initial=kept)
    source = forms.SourceForm(request.POST if request.method == "POST" else request.GET)
    if request.method == "POST" and form.is_valid():
        token = ""
        if draft is None:
            draft, token = drafts.start()
        level = forms.level_of(form.cleaned_data["flags"])
        stopped = level and not form.cleaned_data["cleared"]
        response = redirect("book-care", level) if stopped else redirect("book-reason")
        if stopped:
            return response
        given = {"safety": form.cleaned_data, "source": source.kept(), "wish": source.wish()}
        return drafts.save(request, response, draft, token, **given)
    response = page(request, "safety", form=form, source=source)
    # The way in may be found by search engines; nothing behind it.
    response["X-Robots-Tag"] = "all"
    return response


@require_safe
def care(request: HttpRequest, level: str) -> HttpResponse:
    """Where to get help at once. The request is not taken."""
    if level not in {"emergency", "urgent", "soon"}:
        raise Http404
    return render(request, "bookings/public/care.html", {"urgency": level})


@step("reason")
def reason(request: HttpRequest, draft: Draft) -> HttpResponse:
    form = forms.ReasonForm(
        posted(request),
        initial=draft.answers.get("reason"),
        offerings=[(o.key, o.label) for o in offerings()],
    )
    if request.method == "POST" and form.is_valid():
        return drafts.save(request, redirect("book-time"), draft, reason=form.cleaned_data)
    return page(request, "reason", form=form)


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
        first_day=first_day,
        last_day=first_day + timedelta(days=DAYS_A_PAGE - 1),
        earlier=_earlier(first_day, now.astimezone(location.zone).date()),
        later=first_day + timedelta(days=DAYS_A_PAGE)
        if first_day + timedelta(days=DAYS_A_PAGE) <= horizon
        else None,
    )


def _earlier(first_day: date, today: date) -> date | None:
    if first_day <= today:
        return None
    return max(today, first_day - timedelta(days=DAYS_A_PAGE))


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


@step("contact")
def contact(request: HttpRequest, draft: Draft) -> HttpResponse:
    form = forms.ContactForm(posted(request), initial=draft.answers.get("contact"))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data | {guards.TRAP: guards.sprung(request)}
        return drafts.save(request, redirect("book-check"), draft, contact=given)
    return page(request, "contact", form=form)
