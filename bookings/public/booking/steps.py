"""A visitor asks for a consultation: one question page after the other."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bookings.forms.typed import typed
from bookings.models import Draft
from bookings.public import abuse
from bookings.public.access import personal, posted
from bookings.public.booking import drafts, pause
from bookings.public.booking.draft_request import (
    chosen_offering,
    offered_to,
    offerings,
    phone_in_words,
)
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
        def wrapped(request: HttpRequest, draft: str) -> HttpResponse:
            found = drafts.load(request, draft)
            if found is None:
                return too_late(request) if request.method == "POST" else redirect("book")
            elsewhere = _needed_first(found, name)
            if elsewhere:
                return redirect(elsewhere, found.key)
            return pause.told(request, found, name, lambda: view(request, found))

        return wrapped

    return decorate


def _needed_first(draft: Draft, name: str) -> str:
    """The page that must be answered before this one; empty for none."""
    if draft.request_id:
        return "book-sent"
    for earlier in STEPS[: STEPS.index(name)]:
        if earlier not in draft.answers:
            return PAGES[earlier]
    if not offered_to(draft):
        return "book" if name != "safety" else ""
    if STEPS.index(name) > 1 and chosen_offering(draft) is None:
        return "book-reason"
    return ""


def too_late(request: HttpRequest) -> HttpResponse:
    """The answers before are gone after a day; what this form held is shown, and nothing is sent."""
    forms = [ReasonForm(request.POST, offerings=[]), ContactForm(request.POST)]
    context = {
        "form": SafetyForm(),
        "source": SourceForm({}),
        "refused": [
            _("These pages were open for more than a day, or were closed. Nothing was sent."),
            _("Please start again. What you wrote last stands below."),
        ],
        "typed": [pair for form in forms for pair in typed(form)],
        "step_name": "safety",
        "step": 1,
        "of": len(STEPS),
        "steps": STEPS,
        "action": reverse("book"),
    }
    return render(request, "bookings/public/book.html", context, status=403)


def page(
    request: HttpRequest, name: str, draft: Draft | None = None, template: str = "", **context: Any
) -> HttpResponse:
    number = STEPS.index(name)
    context |= {
        "draft": draft,
        "step_name": name,
        "step": number + 1,
        "of": len(STEPS),
        "steps": STEPS,
        "back": reverse(PAGES[STEPS[number - 1]], args=[draft.key]) if number and draft else "",
    }
    template = template or PAGES[name].replace("-", "_")
    return render(request, f"bookings/public/{template}.html", context)


@abuse.limited("start")
@personal
@get_or_post
def book(request: HttpRequest) -> HttpResponse:
    """Safety questions, first of all. A new request begins with their answers."""
    if not offerings():
        return render(request, "bookings/public/closed.html")
    response = _safety(request, None)
    # The way in may be found by search engines; nothing behind it.
    response["X-Robots-Tag"] = "all"
    return response


@abuse.limited("start")
@step("safety")
def safety(request: HttpRequest, draft: Draft) -> HttpResponse:
    """The safety questions of a request that was begun."""
    if not offered_to(draft):
        return render(request, "bookings/public/closed.html")
    return _safety(request, draft)


def _safety(request: HttpRequest, draft: Draft | None) -> HttpResponse:
    form = SafetyForm(posted(request), initial=draft.answers.get("safety") if draft else None)
    source = SourceForm(request.POST if request.method == "POST" else request.GET)
    if request.method != "POST" or not form.is_valid():
        begun = None if draft else drafts.begun(request, now=timezone.now())
        return page(request, "safety", draft, form=form, source=source, begun=begun)
    level = level_of(form.cleaned_data["flags"])
    if level and not form.cleaned_data["cleared"]:
        return _stopped(request, draft, level)
    secret = ""
    if draft is None:
        draft, secret = drafts.start()
    given = {"safety": form.cleaned_data}
    if source.kept_as_typed() or "source" not in draft.answers:  # not: back from the next page
        given |= {"source": source.kept(), "wish": source.wish()}
    make_way(draft, source.wish())
    return drafts.save(request, redirect("book-reason", draft.key), draft, secret, **given)


def _stopped(request: HttpRequest, draft: Draft | None, level: str) -> HttpResponse:
    """To the right care. A request already begun goes no further with its earlier answer."""
    response = redirect("book-care", level)
    if draft is None:
        return response
    draft.answers.pop("safety", None)
    return drafts.save(request, response, draft)


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
        to = redirect("book-time", draft.key)
        return drafts.save(request, to, draft, reason=form.cleaned_data)
    return page(request, "reason", draft, form=form)


@step("contact")
def contact(request: HttpRequest, draft: Draft) -> HttpResponse:
    before = dict(draft.answers.get("contact", {}))
    if before:
        before["phone"] = phone_in_words(before["phone"])
    form = ContactForm(posted(request), initial=before)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data | {abuse.TRAP: abuse.honeypot_filled(request)}
        return drafts.save(request, redirect("book-check", draft.key), draft, contact=given)
    return page(request, "contact", draft, form=form)
