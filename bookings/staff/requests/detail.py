"""The triage card: one request, everything needed to decide, and what can be done about it."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages

from bookings import transitions
from bookings.enums import Verb
from bookings.forms.typed import errors_of, typed
from bookings.models import ConsultationRequest
from bookings.permissions import can_read_requests, can_triage
from bookings.staff.requests import queries
from bookings.staff.requests.card import Card
from bookings.staff.requests.forms import RequestForm
from bookings.staff.requests.list import as_left
from bookings.staff.requests.targets import CardForms

STAY = "desk-stay"


def load(request: HttpRequest, reference: str) -> ConsultationRequest:
    """The request of that reference; one that the user may not see is not there."""
    if not can_read_requests(request.user):
        raise PermissionDenied
    seen = queries.visible_to(request.user).select_related(
        "service", "location", "practitioner", "assigned_to"
    )
    return get_object_or_404(seen, reference=reference)


@require_safe
def request_card(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the card, and record who looked.

    The one GET that writes: an audit row, at most one an hour for each user and request. A beacon
    sent by a script could be switched off by whoever is to be audited.
    """
    consultation = load(request, reference)
    if request.method == "GET":
        transitions.look(consultation, actor=transitions.staff(request.user), now=timezone.now())
    return show(request, consultation)


def show(
    request: HttpRequest,
    consultation: ConsultationRequest,
    *,
    bound: Mapping[str, RequestForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Draw the card; a form that was refused comes back as it was typed, its message beside it.

    One that is no longer offered comes back as text, at the top.
    """
    now = timezone.now()
    may_answer = can_triage(request.user)
    events = list(consultation.events.select_related("actor", "appointment__practitioner"))
    card = Card(consultation, user=request.user, now=now)
    can = card.can
    without_place = _without_place(bound or {}, can)
    context = {
        "consultation": consultation,
        "card": card,
        "can": can,
        "forms": CardForms(consultation, bound),
        "refused": [error for form in without_place for error in errors_of(form)],
        "typed": [line for form in without_place for line in typed(form)],
        "may_answer": may_answer,
        "opened": next(iter(bound or {}), ""),
        "now": now,
        "mail": consultation.messages.select_related("email").prefetch_related("email__logs"),
        "events": events,
        "notes": [event for event in events if event.verb == Verb.NOTE],
        "undoable": may_answer and transitions.undoable(consultation, now=now),
        "following": queries.following(request.user, consultation),
        "stay": bool(request.session.get(STAY)),
        "undo_seconds": settings.BOOKINGS["UNDO_SECONDS"],
        "header_title": consultation.reference,
        "header_icon": "mail",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": as_left(request), "label": _("Requests")},
            {"url": "", "label": consultation.reference},
        ],
    }
    return render(request, "bookings/staff/request.html", context, status=status)


def _without_place(bound: Mapping[str, RequestForm], can: Mapping[str, bool]) -> list[RequestForm]:
    """What was refused and has no form on the card to stand in.

    A one-click button has none, nor has an action that is no longer offered: a colleague was faster, say.
    """
    return [
        form for name, form in bound.items() if not form.visible_fields() or not can.get(name, True)
    ]


@require_POST
def after_answer(request: HttpRequest) -> HttpResponse:
    """Choose what opens after an answer: the next request, or the same one again."""
    if not can_triage(request.user):
        raise PermissionDenied
    request.session[STAY] = request.POST.get("then") == "stay"
    # Without NUL: PostgreSQL takes none, not even to look for it.
    back = request.POST.get("reference", "").replace("\0", "")
    consultation = queries.visible_to(request.user).filter(reference=back).first()
    return (
        redirect("desk:request", consultation.reference)
        if consultation
        else redirect(as_left(request))
    )


def go_on(request: HttpRequest, consultation: ConsultationRequest) -> HttpResponse:
    """After an answer: the next request that waits for one, or back to the list."""
    if request.session.get(STAY):
        return redirect("desk:request", consultation.reference)
    following = queries.next_to_answer(request.user, after=consultation)
    if following:
        return redirect("desk:request", following.reference)
    messages.info(request, _("Every request is answered."))
    return redirect(as_left(request))
