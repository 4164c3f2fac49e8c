"""A visitor asks for a consultation: one question page after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bookings import availability, clock, forms, transitions
from bookings.enums import ContactBy, DayPart, Goal, Reason, Side
from bookings.errors import BookingError, TimeTaken
from bookings.models import ConsultationRequest, Draft, Location, Resource, Service
from bookings.public import drafts
from bookings.public.personal import personal, posted
from clinic.network import client_address

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


@dataclass
class Offering:
    """What can be asked for: a service at a location where somebody offers it."""

    service: Service
    location: Location

    @property
    def key(self) -> str:
        return f"{self.service.pk}-{self.location.pk}"

    @property
    def label(self) -> str:
        return f"{self.service.name}, {self.location.name}"


def offerings() -> list[Offering]:
    rows = (
        Resource.objects.filter(
            active=True, location__active=True, services__active=True, kind="practitioner"
        )
        .order_by("services__name", "location__name")
        .values_list("services", "location")
        .distinct()
    )
    pairs = list(dict.fromkeys(rows))
    services = Service.objects.in_bulk([pair[0] for pair in pairs])
    locations = Location.objects.in_bulk([pair[1] for pair in pairs])
    return [Offering(services[one], locations[two]) for one, two in pairs]


def chosen_offering(draft: Draft) -> Offering | None:
    """The one chosen, or the only one; None once it is no longer offered."""
    found = offerings()
    key = draft.answers.get("reason", {}).get("offering")
    if key:
        return next((o for o in found if o.key == key), None)
    return found[0] if len(found) == 1 else None


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


def page(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    number = STEPS.index(name)
    context |= {
        "step": number + 1,
        "of": len(STEPS),
        "steps": STEPS,
        "back": reverse(PAGES[STEPS[number - 1]]) if number else "",
    }
    template = f"bookings/public/{PAGES[name].replace('-', '_')}.html"
    return render(request, template, context)


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
        given = {"safety": form.cleaned_data, "source": source.kept()}
        return drafts.save(request, response, draft, token, **given)
    return page(request, "safety", form=form, source=source)


@require_safe
def care(request: HttpRequest, level: str) -> HttpResponse:
    """Where to get help at once. The request is not taken."""
    if level not in {"emergency", "urgent", "soon"}:
        raise Http404
    return render(request, "bookings/public/care.html", {"level": level})


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
    kept = draft.answers.get("time", {})
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


def parse_start(value: str) -> datetime | None:
    """A start as the time form writes it, in UTC."""
    try:
        return datetime.strptime(value, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
    except (ValueError, TypeError):
        return None


@step("other-times")
def other_times(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Up to two further choices, and parts of the day, around the first choice."""
    offering = chosen_offering(draft)
    assert offering
    now = timezone.now()
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


def wished_practitioner(draft: Draft) -> Resource | None:
    pk = draft.answers["time"].get("practitioner")
    return Resource.objects.filter(pk=pk, active=True).first() if pk else None


@step("contact")
def contact(request: HttpRequest, draft: Draft) -> HttpResponse:
    form = forms.ContactForm(posted(request), initial=draft.answers.get("contact"))
    if request.method == "POST" and form.is_valid():
        return drafts.save(request, redirect("book-check"), draft, contact=form.cleaned_data)
    return page(request, "contact", form=form)


@step("check")
def check(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Everything once more; sending it takes the request."""
    offering = chosen_offering(draft)
    assert offering
    if request.method != "POST":
        return page(request, "check", rows=summary(draft, offering), offering=offering)
    try:
        made = _submit(request, draft, offering)
    except TimeTaken as error:
        messages.error(request, str(error.message))
        first = draft.answers["time"]["first"]
        return redirect(f"{reverse('book-time')}?taken={first}")
    except BookingError as error:
        messages.error(request, str(error.message))
        return redirect("book-check")
    draft.request, draft.answers = made, {}
    return drafts.save(request, redirect("book-sent"), draft)


def _submit(request: HttpRequest, draft: Draft, offering: Offering) -> ConsultationRequest:
    answers = draft.answers
    given, other = answers["contact"], answers["other-times"]
    starts = [answers["time"]["first"], other.get("second", ""), other.get("third", "")]
    ask = transitions.Ask(
        service=offering.service,
        location=offering.location,
        reason=answers["reason"]["reason"],
        goal=answers["reason"]["goal"],
        side=answers["reason"]["side"],
        note=answers["reason"]["note"],
        consent_version=forms.CONSENT_VERSION,
        consent_text=str(forms.CONSENT_TEXT),
        practitioner=wished_practitioner(draft),
        starts=[start for start in map(parse_start, starts) if start],
        parts=[DayPart(part) for part in other["parts"]],
        answers=safety_answers(answers["safety"]),
        network=client_address(request),
        **answers["source"],
    )
    person = transitions.Person(
        name=given["name"],
        contact_by=ContactBy(given["contact_by"]),
        email=given["email"],
        phone=given["phone"],
        on_behalf_of=given["on_behalf_of"],
        locale=get_language() or "en-gb",
    )
    return transitions.submit(
        ask, person, idempotency_key=draft.idempotency_key, now=timezone.now()
    )


def safety_answers(safety: dict[str, Any]) -> list[tuple[str, str]]:
    """Each safety question as it was asked, with its answer, for whoever reviews the request."""
    rows = [
        (str(text), str(_("Yes")) if key in safety["flags"] else str(_("No")))
        for key, text, _level in forms.RED_FLAGS
    ]
    if safety["cleared"]:
        rows.append((str(forms.SafetyForm.base_fields["cleared"].label), str(_("Yes"))))
    return rows


def summary(draft: Draft, offering: Offering) -> list[dict[str, str]]:
    """The rows of the check page: what was asked, the answer, and where to change it."""
    answers, zone = draft.answers, offering.location.zone
    why, other, who = answers["reason"], answers["other-times"], answers["contact"]
    wished = wished_practitioner(draft)

    def moment(value: str) -> str:
        start = parse_start(value)
        return clock.moment_label(start, zone) if start else str(_("Any time"))

    rows = [
        (_("What for"), Reason(why["reason"]).label, "book-reason"),
        (_("Side"), Side(why["side"]).label, "book-reason"),
        (_("Goal"), Goal(why["goal"]).label, "book-reason"),
        (_("Your note"), why["note"], "book-reason"),
        (_("Where"), f"{offering.location.name}, {offering.location.one_line}", "book-reason"),
        (_("First choice"), moment(answers["time"]["first"]), "book-time"),
        (_("With"), wished.name if wished else _("Anyone who is free"), "book-time"),
        (_("Second choice"), other.get("second") and moment(other["second"]), "book-other-times"),
        (_("Third choice"), other.get("third") and moment(other["third"]), "book-other-times"),
        (
            _("Parts of the day"),
            ", ".join(str(DayPart(part).label) for part in other["parts"]),
            "book-other-times",
        ),
        (_("Name"), who["name"], "book-contact"),
        (_("For"), who["on_behalf_of"], "book-contact"),
        (_("E-mail"), who["email"], "book-contact"),
        (_("Phone"), who["phone"], "book-contact"),
    ]
    return [
        {"key": str(key), "value": str(value), "url": reverse(name), "change": str(_("Change"))}
        for key, value, name in rows
        if value
    ]


@personal
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """The reference, and what happens next and by when."""
    draft = drafts.load(request)
    if draft is None or draft.request is None:
        return redirect("book")
    asked = draft.request
    held = asked.appointments.active().first()
    context = {
        "asked": asked,
        "held": held,
        "mail_kept_here": not settings.MAIL_SERVER and not settings.PRODUCTION,
    }
    return render(request, "bookings/public/book_sent.html", context)
