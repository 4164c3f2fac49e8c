"""A visitor asks for a consultation: one question page after the other."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from bookings.models import Draft
from bookings.public import abuse
from bookings.public.access import personal, posted
from bookings.public.booking import drafts
from bookings.public.booking.draft_request import chosen_offering, offered_to, offerings
from bookings.public.booking.forms import ContactForm, ReasonForm, SafetyForm, SourceForm, level_of

STEPS = ["safety", "reason", "time", "other-times", "contact", "check"]
PAGES = {
    "safety": "book",
    "reason": "book-reason",
    "time": "book-time",
    "other-times": "book-other-times",
    "contact": "book-contact",
    "check": "book-check",
}
FOR_AN_OFFERING = {"time", "other-times"}
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
            if not offered_to(draft):
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


@abuse.limited("start")
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
    form = SafetyForm(posted(request), initial=kept)
    source = SourceForm(request.POST if request.method == "POST" else request.GET)
    if request.method == "POST" and form.is_valid():
        token = ""
        if draft is None:
            draft, token = drafts.start()
        level = level_of(form.cleaned_data["flags"])
        stopped = level and not form.cleaned_data["cleared"]
        if stopped:
            return redirect("book-care", level)
        given = {"safety": form.cleaned_data}
        if source.kept_as_typed() or "source" not in draft.answers:  # not: back from the next page
            given |= {"source": source.kept(), "wish": source.wish()}
        make_way(draft, source.wish())
        return drafts.save(request, redirect("book-reason"), draft, token, **given)
    response = page(request, "safety", form=form, source=source)
    # The way in may be found by search engines; nothing behind it.
    response["X-Robots-Tag"] = "all"
    return response


def make_way(draft: Draft, wish: dict[str, Any]) -> None:
    """What was chosen elsewhere just now counts more than what was chosen on these pages before."""
    if wish:
        draft.answers = {n: a for n, a in draft.answers.items() if n not in FOR_AN_OFFERING}
    if "offering" in wish and "reason" in draft.answers:
        draft.answers["reason"] |= {"offering": wish["offering"]}


@require_safe
def care(request: HttpRequest, level: str) -> HttpResponse:
    """Where to get help at once. The request is not taken."""
    if level not in {"emergency", "urgent", "soon"}:
        raise Http404
    return render(request, "bookings/public/care.html", {"urgency": level})


@step("reason")
def reason(request: HttpRequest, draft: Draft) -> HttpResponse:
    form = ReasonForm(
        posted(request),
        initial=draft.answers.get("reason") or draft.answers.get("wish"),
        offerings=[(o.key, o.label) for o in offered_to(draft)],
    )
    if request.method == "POST" and form.is_valid():
        before = draft.answers.get("reason", {})
        if before.get("offering") != form.cleaned_data.get("offering"):
            # Other people work there, at other times.
            draft.answers = {n: a for n, a in draft.answers.items() if n not in FOR_AN_OFFERING}
        return drafts.save(request, redirect("book-time"), draft, reason=form.cleaned_data)
    return page(request, "reason", form=form)


@step("contact")
def contact(request: HttpRequest, draft: Draft) -> HttpResponse:
    form = ContactForm(posted(request), initial=draft.answers.get("contact"))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data | {abuse.TRAP: abuse.honeypot_filled(request)}
        return drafts.save(request, redirect("book-check"), draft, contact=given)
    return page(request, "contact", form=form)
