"""A practitioner writes a plan: where it starts from, and the page on which it is written."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin import messages

from bookings import transitions as of_requests
from bookings.errors import BookingError
from bookings.models import ConsultationRequest
from bookings.staff.requests.detail import load
from bookings.transitions.core import staff
from education.models import GuidePage
from plans import library, sheet, transitions
from plans.models import Plan, PlanTemplate
from plans.permissions import A_VISIT, may_plan, own_visits
from plans.staff.beside import earlier
from plans.staff.writing import Page

NUMBER = re.compile("[0-9]{1,18}")
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def loaded(request: HttpRequest, reference: str) -> ConsultationRequest:
    """The request, for whoever may plan for its patient. Records who looked."""
    consultation = load(request, reference)
    if not may_plan(request.user, consultation):
        raise PermissionDenied
    if request.method == "GET":
        of_requests.look(consultation, actor=staff(request.user), now=timezone.now())
    return consultation


def crumbs(consultation: ConsultationRequest, title: str) -> dict[str, Any]:
    card = reverse("desk:request", args=[consultation.reference])
    return {
        "consultation": consultation,
        "header_title": title,
        "header_icon": "list-ul",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": card, "label": consultation.reference},
            {"url": "", "label": title},
        ],
    }


@get_or_post
def plan_start(request: HttpRequest, reference: str) -> HttpResponse:
    """The plans of a request, and what a new one can start from."""
    consultation = loaded(request, reference)
    user: Any = request.user
    if request.method == "POST":
        return begin(request, consultation)
    plans = list(consultation.plans.all())
    context = crumbs(consultation, _("Plan")) | {
        "plans": plans,
        "draft": next((plan for plan in plans if plan.is_draft), None),
        "guides": library.guides(consultation.locale),
        "read": consultation.source_path,
        "templates": PlanTemplate.objects.filter(user=user),
        "before": [plan for plan in plans if not plan.is_draft]
        + earlier(request.user, consultation),
    }
    return render(request, "plans/staff/start.html", context)


def begin(request: HttpRequest, consultation: ConsultationRequest) -> HttpResponse:
    rows, guide = starting(request, consultation)
    visits = own_visits(request.user, consultation)
    if not visits.exists():
        visits = consultation.appointments.filter(status__in=A_VISIT)
    try:
        plan = transitions.make(
            consultation,
            rows=rows,
            visit=visits.select_related("practitioner").order_by("start").last(),
            guide=guide,
            actor=staff(request.user),
            now=timezone.now(),
        )
    except BookingError as error:
        messages.error(request, str(error.message))
        return redirect("plans:start", consultation.reference)
    return redirect("plans:write", consultation.reference, plan.pk)


def starting(
    request: HttpRequest, consultation: ConsultationRequest
) -> tuple[list[library.Start], int | None]:
    """What the pressed button names, and the guide whose "get help" goes along."""
    kind, _colon, number = request.POST.get("start", "").partition(":")
    pk = int(number) if NUMBER.fullmatch(number) else None
    read = next(
        (
            page
            for page in library.guides(consultation.locale)
            if page.url == consultation.source_path
        ),
        None,
    )
    guide = read.pk if read else None
    if kind == "guide":
        page = get_object_or_404(GuidePage.objects.live().public(), pk=pk)
        return library.of_guide(page, consultation.locale), page.pk
    if kind == "template":
        template = get_object_or_404(PlanTemplate, pk=pk, user=request.user)
        return library.of_template(template, consultation.locale), guide
    if kind == "plan":
        plan = get_object_or_404(Plan.objects.select_related("request"), pk=pk)
        if not may_plan(request.user, plan.request):
            raise PermissionDenied
        return library.of_plan(plan, consultation.locale), plan.guide
    return [], guide


@get_or_post
def plan_write(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """The page on which a plan is written, and what the patient shares of it."""
    consultation = loaded(request, reference)
    plan = get_object_or_404(
        Plan.objects.select_related("practitioner"), pk=pk, request=consultation
    )
    plan.request = consultation
    page = Page(plan, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        try:
            done = page.act(user=request.user, now=timezone.now())
        except BookingError as error:
            page = page.after_refusal(str(error.message))
        else:
            if done:
                return go_on(request, plan, done)
    context = crumbs(consultation, _("Plan")) | page.context(now=timezone.now())
    status = 409 if page.refused else 200
    return render(request, "plans/staff/write.html", context, status=status)


def go_on(request: HttpRequest, plan: Plan, done: str) -> HttpResponse:
    """Back to the page, or to the request once the patient has the plan or it is gone."""
    reference = plan.request.reference
    if done not in STAYS:
        if done == "send":
            no_mail = _("The patient has the plan. They have no email address: print it for them.")
            sent = _("The patient has the plan. A mail with the link is on its way.")
            messages.success(request, sent if plan.request.gets_mail else no_mail)
            return redirect("plans:write", reference, plan.pk)
        messages.success(request, _("The plan has ended.") if done == "end" else _("Thrown away."))
        return redirect("desk:request", reference)
    if done == "template":
        messages.success(request, _("Saved as a template."))
    where = reverse("plans:write", args=[reference, plan.pk])
    return redirect(f"{where}#exercises" if done in {"up", "down", "remove", "add"} else where)


STAYS = {"save", "add", "up", "down", "remove", "renew", "template"}


@require_safe
def plan_sheet(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """The plan on paper, for a patient who has no telephone."""
    consultation = loaded(request, reference)
    plan = get_object_or_404(Plan, pk=pk, request=consultation)
    return as_file(sheet.pdf(plan, large=request.GET.get("size") == "large"))


def as_file(made: bytes) -> HttpResponse:
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="plan.pdf"'
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def forget_template(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Delete one of one's own templates."""
    consultation = loaded(request, reference)
    get_object_or_404(PlanTemplate, pk=pk, user=request.user).delete()
    messages.success(request, _("The template is deleted. Plans that were made with it stay."))
    return redirect("plans:start", consultation.reference)
