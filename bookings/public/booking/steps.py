"""A visitor asks for a consultation: one question page after the other."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bookings.enums import CareLevel, KindOfVisit, Whom
from bookings.forms import safety
from bookings.forms.typed import typed
from bookings.messages import sms
from bookings.models import Draft
from bookings.public import abuse
from bookings.public.access import personal, posted
from bookings.public.booking import drafts, pause
from bookings.public.booking.about_form import AboutForm, DoctorForm
from bookings.public.booking.draft_request import (
    Offering,
    chosen_offering,
    offered_to,
    offerings,
    phone_in_words,
)
from bookings.public.booking.forms import ContactForm, SourceForm

STEPS = ["about", "time", "contact", "check"]
PAGES = {
    "about": "book",
    "doctor": "book-doctor",
    "time": "book-time",
    "waiting": "book-waiting",
    "contact": "book-contact",
    "check": "book-check",
}
"""Each page's URL name, in their order. Two are asked of some visitors only, within a step."""
WITHIN = {"doctor": "about", "waiting": "time"}
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
            if offering := chosen_offering(found):
                number = offering.location.number_to_call
                request.number_to_call = number  # type: ignore[attr-defined]
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
    pages = list(PAGES)
    missing = _unanswered(draft)
    return PAGES[missing] if pages.index(missing) < pages.index(name) else ""


def _unanswered(draft: Draft) -> str:
    """The first page without a valid answer; the last one where there is none."""
    answers, offering = draft.answers, chosen_offering(draft)
    if not {"safety", "reason"} <= answers.keys() or offering is None:
        return "about"
    if not safety.is_current(answers["safety"], offering.service):
        return "about"  # other questions are asked by now
    if safety.is_stopped(answers["safety"]):
        return "about"
    if safety.needs_doctor(answers["safety"]):
        return "doctor"
    for page, answer in (("time", "time"), ("waiting", "other-times"), ("contact", "contact")):
        if answer not in answers:
            return page
    return "check"


def too_late(request: HttpRequest) -> HttpResponse:
    """The answers before are gone after a day; what this form held is shown, and nothing is sent."""
    found = offerings()
    if not found:
        return render(request, "bookings/public/closed.html", status=403)
    about = about_form(request.POST, found[0], found)
    forms = [about, ContactForm(request.POST, for_another="on_behalf_of" in request.POST)]
    context = {
        "form": about_form(None, found[0], found),
        "asks": found[0].service.asks,
        "source": SourceForm({}),
        "refused": [
            _("These pages were open for more than a day, or were closed. Nothing was sent."),
            _("Please start again. What you wrote last stands below."),
        ],
        "typed": [pair for form in forms for pair in typed(form)],
        "step": 1,
        "of": len(STEPS),
        "steps": STEPS,
        "action": reverse("book"),
    }
    return render(request, "bookings/public/book.html", context, status=403)


def page(
    request: HttpRequest, name: str, draft: Draft | None = None, template: str = "", **context: Any
) -> HttpResponse:
    number = STEPS.index(WITHIN.get(name, name))
    pages = [page for page in PAGES if page not in WITHIN or page == name]
    before = PAGES[pages[max(pages.index(name) - 1, 0)]]
    context |= {
        "draft": draft,
        "step": number + 1,
        "of": len(STEPS),
        "steps": STEPS,
        "back": reverse(before, args=[draft.key]) if name != "about" and draft else "",
    }
    template = template or PAGES[name].replace("-", "_")
    return render(request, f"bookings/public/{template}.html", context)


@abuse.limited("start")
@personal
@get_or_post
def book(request: HttpRequest) -> HttpResponse:
    """Who it is for, safety, and what for. A new request begins with these answers."""
    if not offerings():
        return render(request, "bookings/public/closed.html")
    response = _about(request, None)
    # The way in may be found by search engines; nothing behind it.
    response["X-Robots-Tag"] = "all"
    return response


@abuse.limited("start")
@step("about")
def about(request: HttpRequest, draft: Draft) -> HttpResponse:
    """The first questions of a request that was begun."""
    if not offered_to(draft):
        return render(request, "bookings/public/closed.html")
    return _about(request, draft)


def _about(request: HttpRequest, draft: Draft | None) -> HttpResponse:
    source = SourceForm(request.POST if request.method == "POST" else request.GET)
    known = _known(draft) | source.wish()
    offering = _asked_for(request, known, offerings())
    if offering is None:
        return choose(request)
    asks = offering.service.asks
    assert asks  # else it would not be offered
    fresh = "" if request.method == "POST" or known else f"about {offering.key} {asks.version}"
    form: Any = SimpleLazyObject(
        lambda: about_form(posted(request), offering, offerings(), initial=known)
    )
    if request.method != "POST" or not form.is_valid():
        begun = None if draft else drafts.begun(request, now=timezone.now())
        context: dict[str, Any] = {
            "form": form,
            "asks": asks,
            "source": source,
            "begun": begun,
            "only": offering if len(offerings()) == 1 else None,
            "fresh": fresh,
        }
        return page(request, "about", draft, **context)
    given = {"safety": form.safety_answers(), "reason": form.reason_answers()}
    if safety.is_stopped(given["safety"]):
        return _stopped(request, draft, given["safety"]["level"])
    secret = ""
    if draft is None:
        draft, secret = drafts.start()
    given |= {"whom": {"whom": form.cleaned_data["whom"]}}
    carried = source.kept_as_typed()
    if carried or "source" not in draft.answers:  # not: back from the next page
        given |= {"source": source.kept(), "wish": source.wish()}
    _drop_outdated_times(
        draft, given["reason"], chosen_elsewhere="start" in carried or "practitioner" in carried
    )
    doctor = safety.needs_doctor(given["safety"])
    to = redirect("book-doctor" if doctor else "book-time", draft.key)
    return drafts.save(request, to, draft, secret, **given)


def _asked_for(
    request: HttpRequest, known: dict[str, Any], found: list[Offering]
) -> Offering | None:
    """What the page's questions are about; None where the visitor has to choose first.

    Services that ask the same share a page. The rest each ask their own.
    """
    key = request.POST.get("offering") or request.GET.get("offering") or known.get("offering")
    chosen = next((offering for offering in found if offering.key == key), None)
    one_set = len({offering.service.questions_id for offering in found}) == 1
    return chosen or (found[0] if one_set else None)


def about_form(
    data: Any, offering: Offering, found: list[Offering], initial: dict[str, Any] | None = None
) -> AboutForm:
    """Of the questions of that offering's service, for it and for each that asks the same."""
    asks = offering.service.asks
    assert asks  # else it would not be offered
    alike = [o for o in found if o.service.questions_id == offering.service.questions_id]
    shown = {"offering": offering.key} if len(alike) < len(found) else {}
    return AboutForm(
        data,
        asks=asks,
        offerings=[(o.key, o.choice) for o in alike],
        only=len(found) == 1,
        initial=shown | (initial or {}),
    )


def choose(request: HttpRequest) -> HttpResponse:
    """What to book, where services ask different questions: each is a link to its own."""
    found = []
    for offering in offerings():
        query = request.GET.copy()
        query["offering"] = offering.key
        url = f"{reverse('book')}?{query.urlencode()}"
        found.append({"service": offering.service, "facts": offering.facts, "url": url})
    return render(request, "bookings/public/book_choose.html", {"offerings": found})


def _known(draft: Draft | None) -> dict[str, Any]:
    """What was answered before on this page."""
    if draft is None:
        return {}
    answers = draft.answers
    before = answers.get("safety", {})
    known = {"flags": before.get("flags")} | before.get("short", {})
    return answers.get("wish", {}) | answers.get("reason", {}) | known | answers.get("whom", {})


def _stopped(request: HttpRequest, draft: Draft | None, level: str) -> HttpResponse:
    """To the care that does not wait. A request already begun goes no further with its earlier answer."""
    response = redirect("book-care", level)
    if draft is None:
        return response
    draft.answers.pop("safety", None)
    return drafts.save(request, response, draft)


def _drop_outdated_times(draft: Draft, reason: dict[str, Any], *, chosen_elsewhere: bool) -> None:
    """Drop times that were chosen for another offering, or before one was chosen elsewhere just now."""
    before = draft.answers.get("reason", {}).get("offering")
    if chosen_elsewhere or before != reason.get("offering"):
        draft.answers = {n: a for n, a in draft.answers.items() if n not in FOR_AN_OFFERING}


@step("doctor")
def doctor(request: HttpRequest, draft: Draft) -> HttpResponse:
    """A sign that a doctor may clear: where to get help, how soon, and whether one has looked at it."""
    given, offering = draft.answers["safety"], chosen_offering(draft)
    asks = offering.service.asks if offering else None
    form = DoctorForm(posted(request), initial=given, ticked=safety.ticked(given))
    if request.method == "POST" and form.is_valid():
        cleared = {"safety": given | {"cleared": True}}
        return drafts.save(request, redirect("book-time", draft.key), draft, **cleared)
    signs = safety.signs_of(asks, given) if asks else []
    context = {"urgency": given["level"], "signs": signs, "asks": asks}
    return page(request, "doctor", draft, "care", form=form, **context)


@require_safe
def care(request: HttpRequest, level: str) -> HttpResponse:
    """Where to get help, and every sign that calls for it. The request is not taken."""
    if level not in set(CareLevel) - {CareLevel.CONTINUE}:
        raise Http404
    sets = {o.service.questions_id: o.service.asks for o in offerings()}
    signs = [sign for asks in sets.values() if asks for sign in asks.signs(level)]
    return render(request, "bookings/public/care.html", {"urgency": level, "signs": signs})


@step("contact")
def contact(request: HttpRequest, draft: Draft) -> HttpResponse:
    before = dict(draft.answers.get("contact", {}))
    if before:
        before["phone"] = phone_in_words(before["phone"])
    for_another = draft.answers.get("whom", {}).get("whom") == Whom.OTHER
    offering = chosen_offering(draft)
    assert offering
    by_telephone = offering.service.kind_of_visit == KindOfVisit.TELEPHONE
    about = {"for_another": for_another, "by_telephone": by_telephone}
    form: Any = SimpleLazyObject(lambda: ContactForm(posted(request), initial=before, **about))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data | {abuse.TRAP: abuse.honeypot_filled(request)}
        return drafts.save(request, redirect("book-check", draft.key), draft, contact=given)
    unanswered = request.method != "POST" and not before
    fresh = f"contact {for_another} {by_telephone} {sms.is_on()}" if unanswered else ""
    return page(request, "contact", draft, form=form, fresh=fresh)
