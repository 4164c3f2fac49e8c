"""The patient's own plan: to read, to practise, to print, to put into a calendar."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bookings.models import AccessLink
from bookings.models.access import digest
from bookings.public.access import personal, remember
from bookings.public.find import open_request
from clinic import languages
from clinic.models import ClinicSettings
from education.guide import practice
from plans import agreed, sheet, transitions
from plans.models import Plan
from plans.public import calendar
from plans.public.forms import DayForm
from plans.public.shown import with_plan

PAGES = {"plan": "own-plan", "reminders": "plan-reminders", "progress": "progress"}
"""What a link in a mail may open, by the last word of its address."""


@personal
@require_safe
def open_page(request: HttpRequest, token: str, page: str) -> HttpResponse:
    """A link that leads past the request's own page. One that does not work is treated as any other."""
    links = AccessLink.objects.valid(timezone.now()).select_related("request")
    link = links.filter(digest=digest(token)).first()
    if link is None or page not in PAGES:
        return open_request(request, token)
    response = remember(request, redirect(PAGES[page], link.request.reference), link)
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
@with_plan
def own_plan(request: HttpRequest, plan: Plan) -> HttpResponse:
    return show(request, plan)


def show(request: HttpRequest, plan: Plan, *, form: DayForm | None = None) -> HttpResponse:
    """The page; `form` is one that was refused, with what was typed."""
    consent = transitions.consent_of(plan)
    today = plan.request.location.today(timezone.now())
    context = page_of(plan) | {
        "consent": consent,
        "shared": list(consent.days.order_by("-day")) if consent else [],
        "consent_text": consent_text(plan),
        "form": form or DayForm(plan=plan, today=today),
        "today": today,
    }
    return render(request, "plans/public/own_plan.html", context)


def page_of(plan: Plan) -> dict[str, Any]:
    """What the page shows, whether it is the site's or a copy that the browser keeps."""
    items = agreed.items(plan)
    return {
        "plan": plan,
        "consultation": plan.request,
        "items": items,
        "unsigned": agreed.unsigned(items),
        "care_cards": sheet.care_cards(plan),
        "practice": to_practise(items),
        # The words of exercises are the library's own.
        "lang_attrs": languages.written(),
    }


def to_practise(items: list[agreed.Item]) -> dict[str, Any]:
    """Data for the script of guided practice; each exercise with its days."""
    data = practice.data(_("My plan"), items)
    for shown, item in zip(data["exercises"], items, strict=True):
        shown["days"] = item.row.days
        shown["steps"] = [item.row.line] * bool(item.row.line) + shown["steps"]
    return data


def who(plan: Plan) -> str:
    return plan.practitioner.name if plan.practitioner else ClinicSettings.current().name


def consent_text(plan: Plan) -> str:
    text = _(
        "I agree that %(name)s, with whom I made this plan, sees on which days I did it and how much "
        "discomfort I noted. I can take this back at any time; what I shared is then deleted."
    )
    return text % {"name": who(plan)}


@require_safe
@with_plan
def plan_to_keep(request: HttpRequest, plan: Plan) -> HttpResponse:
    """The page as a browser keeps it: without forms, since nothing can be sent from there."""
    return render(request, "plans/public/kept_plan.html", page_of(plan))


@require_safe
@with_plan
def plan_days(request: HttpRequest, plan: Plan) -> HttpResponse:
    """The days of the plan for a calendar, with no word about health."""
    response = HttpResponse(
        calendar.days(plan, now=timezone.now(), url=reverse("find-request")),
        content_type="text/calendar; charset=utf-8",
    )
    response["Content-Disposition"] = 'attachment; filename="days.ics"'
    return response


@require_safe
@with_plan
def plan_sheet(request: HttpRequest, plan: Plan) -> HttpResponse:
    """The plan on paper, in large print with `?size=large`."""
    response = HttpResponse(
        sheet.pdf(plan, large=request.GET.get("size") == "large"), content_type="application/pdf"
    )
    response["Content-Disposition"] = 'inline; filename="plan.pdf"'
    return response
