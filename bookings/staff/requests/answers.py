"""The desk answers: one POST a verb, each the transition of the same name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request

from bookings import clock, transitions
from bookings.enums import DeclineReason
from bookings.errors import BookingError, TimeTaken
from bookings.models import Appointment, ConsultationRequest
from bookings.permissions import can_triage
from bookings.staff.requests.detail import go_on, load, people_for, show
from bookings.staff.requests.forms import (
    AskForm,
    ConfirmForm,
    DeclineForm,
    NoteForm,
    OfferForm,
    PickForm,
    ReasonedForm,
    StaffForm,
)

Change = Callable[[datetime], object]


def load_to_answer(request: HttpRequest, reference: str) -> ConsultationRequest:
    consultation = load(request, reference)
    if not can_triage(request.user):
        raise PermissionDenied
    return consultation


def attempt(
    request: HttpRequest,
    consultation: ConsultationRequest,
    name: str,
    form: Form,
    change: Change,
    done: Callable[[], str],
    *,
    onward: bool = True,
) -> HttpResponse:
    """Make the change and say what was done; refused, show the card with everything as typed.

    422: a field is wrong. 409: the time was taken, or a colleague was faster.
    """
    if not form.is_valid():
        return show(request, consultation, bound={name: form}, status=422)
    try:
        change(timezone.now())
    except BookingError as error:
        consultation.refresh_from_db()
        form.add_error(None, refusal(error))
        return show(request, consultation, bound={name: form}, status=409)
    messages.success(request, done(), buttons=[_open_button(consultation)] if onward else None)
    back = get_valid_next_url_from_request(request)
    if back:
        return HttpResponseRedirect(back)  # `redirect` would take a word for a view's name
    return (
        go_on(request, consultation) if onward else redirect("desk:request", consultation.reference)
    )


def answer_at_once(
    request: HttpRequest,
    reference: str,
    name: str,
    change: Callable[..., object],
    done: str,
    *,
    onward: bool = True,
) -> HttpResponse:
    """An answer that needs no more than the version that was on screen."""
    consultation = load_to_answer(request, reference)
    form = StaffForm(request.POST)
    return attempt(
        request,
        consultation,
        name,
        form,
        lambda now: change(
            consultation,
            actor=transitions.staff(request.user),
            version=form.cleaned_data["version"],
            now=now,
        ),
        lambda: done % {"reference": consultation.reference},
        onward=onward,
    )


def refusal(error: BookingError) -> str:
    """What staff read: of a time that is not free, every reason."""
    reasons = error.reasons if isinstance(error, TimeTaken) else []
    return " ".join([_("That time is not free."), *reasons]) if reasons else str(error.message)


def _open_button(consultation: ConsultationRequest) -> Any:
    """Back to what was just answered; its card has the undo button while that is possible."""
    undo = transitions.undoable(consultation, now=timezone.now())
    text = _("Undo or look again") if undo else _("Look again")
    return messages.button(reverse("desk:request", args=[consultation.reference]), text)


def when_and_who(appointment: Appointment) -> str:
    """Such as "Thursday 26 November 2026, 2:30 p.m., with Amara Osei"."""
    moment = clock.moment_label(appointment.start, appointment.location.zone)
    return _("%(moment)s, with %(name)s") % {
        "moment": moment,
        "name": appointment.practitioner.name,
    }


@require_POST
def assign(request: HttpRequest, reference: str) -> HttpResponse:
    """To oneself, or with `to=nobody` back to the desk."""
    consultation = load_to_answer(request, reference)
    form = StaffForm(request.POST)
    to = None if request.POST.get("to") == "nobody" else request.user
    return attempt(
        request,
        consultation,
        "assign",
        form,
        lambda now: transitions.assign(
            consultation,
            actor=transitions.staff(request.user),
            to=to,
            version=form.cleaned_data["version"],
            now=now,
        ),
        lambda: (
            (
                _("%(reference)s is yours.")
                if to
                else _("%(reference)s is free for anyone to answer.")
            )
            % {"reference": consultation.reference}
        ),
        onward=False,
    )


@require_POST
def confirm(request: HttpRequest, reference: str) -> HttpResponse:
    """The held time, one of the times on the card (`pick`), or another that was typed."""
    consultation = load_to_answer(request, reference)
    people = people_for(consultation)
    form: Form
    name = "pick" if "pick" in request.POST else "confirm"
    if name == "pick":
        form = PickForm(request.POST, practitioners=people)
    else:
        form = ConfirmForm(
            request.POST, location=consultation.location, practitioners=people, auto_id="confirm-%s"
        )
    booked: list[Appointment] = []

    def change(now: datetime) -> None:
        data = form.cleaned_data
        booked.append(
            transitions.confirm(
                consultation,
                actor=transitions.staff(request.user),
                version=data["version"],
                now=now,
                start=data.get("pick") or data.get("start"),
                practitioner=data["practitioner"],
            )
        )

    return attempt(
        request,
        consultation,
        name,
        form,
        change,
        lambda: (
            _("%(reference)s is confirmed: %(visit)s.")
            % {"reference": consultation.reference, "visit": when_and_who(booked[0])}
        ),
    )


@require_POST
def offer(request: HttpRequest, reference: str) -> HttpResponse:
    consultation = load_to_answer(request, reference)
    form = OfferForm(
        request.POST,
        location=consultation.location,
        practitioners=people_for(consultation),
        auto_id="offer-%s",
    )
    offered: list[Appointment] = []
    return attempt(
        request,
        consultation,
        "offer",
        form,
        lambda now: offered.extend(
            transitions.offer(
                consultation,
                actor=transitions.staff(request.user),
                version=form.cleaned_data["version"],
                now=now,
                times=form.times(),
                message=form.cleaned_data["message"],
            )
        ),
        lambda: (
            _("%(reference)s is offered: %(times)s.")
            % {"reference": consultation.reference, "times": "; ".join(map(when_and_who, offered))}
        ),
    )


@require_POST
def decline(request: HttpRequest, reference: str) -> HttpResponse:
    consultation = load_to_answer(request, reference)
    form = DeclineForm(request.POST, auto_id="decline-%s")
    return attempt(
        request,
        consultation,
        "decline",
        form,
        lambda now: transitions.decline(
            consultation,
            actor=transitions.staff(request.user),
            version=form.cleaned_data["version"],
            now=now,
            reason=DeclineReason(form.cleaned_data["reason"]),
            message=form.cleaned_data["message"],
        ),
        lambda: _("%(reference)s is declined.") % {"reference": consultation.reference},
    )


@require_POST
def ask_question(request: HttpRequest, reference: str) -> HttpResponse:
    consultation = load_to_answer(request, reference)
    form = AskForm(request.POST, auto_id="ask_question-%s")
    return attempt(
        request,
        consultation,
        "ask_question",
        form,
        lambda now: transitions.ask_question(
            consultation,
            actor=transitions.staff(request.user),
            version=form.cleaned_data["version"],
            now=now,
            question=form.cleaned_data["question"],
        ),
        lambda: (
            _("%(reference)s: your question is on its way.") % {"reference": consultation.reference}
        ),
    )


@require_POST
def waitlist(request: HttpRequest, reference: str) -> HttpResponse:
    done = _("%(reference)s is on the waiting list.")
    return answer_at_once(request, reference, "waitlist", transitions.waitlist, done)


@require_POST
def mark_spam(request: HttpRequest, reference: str) -> HttpResponse:
    done = _("%(reference)s is marked as spam. Nothing is sent.")
    return answer_at_once(request, reference, "mark_spam", transitions.mark_spam, done)


@require_POST
def reopen(request: HttpRequest, reference: str) -> HttpResponse:
    consultation = load_to_answer(request, reference)
    form = ReasonedForm(request.POST, auto_id="reopen-%s")
    return attempt(
        request,
        consultation,
        "reopen",
        form,
        lambda now: transitions.reopen(
            consultation,
            actor=transitions.staff(request.user),
            version=form.cleaned_data["version"],
            now=now,
            why=form.cleaned_data["why"],
        ),
        lambda: _("%(reference)s is in review again.") % {"reference": consultation.reference},
        onward=False,
    )


@require_POST
def undo(request: HttpRequest, reference: str) -> HttpResponse:
    done = _("%(reference)s: undone. Nothing was sent.")
    return answer_at_once(request, reference, "undo", transitions.undo, done, onward=False)


@require_POST
def note(request: HttpRequest, reference: str) -> HttpResponse:
    """Whoever may see the request may write down what colleagues should know."""
    consultation = load(request, reference)
    form = NoteForm(request.POST, auto_id="note-%s")
    return attempt(
        request,
        consultation,
        "note",
        form,
        lambda now: transitions.note(
            consultation,
            actor=transitions.staff(request.user),
            now=now,
            text=form.cleaned_data["text"],
        ),
        lambda: _("Note added to %(reference)s.") % {"reference": consultation.reference},
        onward=False,
    )
