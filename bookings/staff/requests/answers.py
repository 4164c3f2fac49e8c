"""The desk answers: one POST for each row of `TARGETS`, made by the transition that stands there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request

from bookings import clock, transitions
from bookings.errors import BookingError, TimeTaken
from bookings.forms.typed import errors_of
from bookings.models import Appointment, ConsultationRequest, Message
from bookings.permissions import can_triage
from bookings.staff.requests.anyway_fields import AnywayFields, check_anyway, offer_anyway
from bookings.staff.requests.detail import go_on, load, show
from bookings.staff.requests.forms import RequestForm
from bookings.staff.requests.targets import TARGETS, Target, visit_of


class Answer(View):
    """Run the row's transition and say so. Where it is refused, show the card again as it was typed.

    422: a field is wrong. 409: the time was taken, or a colleague was faster.
    """

    http_method_names = ["post"]
    name = ""

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        consultation = load(request, reference)
        name, target = self.name, self.target
        subject = self.subject(consultation)
        if not target.may(request.user, subject):
            raise PermissionDenied
        form = target.form(name, consultation, request.POST)
        if not form.is_valid():
            return self.refused(consultation, form, status=422)
        now, arguments = timezone.now(), self.arguments(form)
        check_anyway(arguments, request.user)
        try:
            made = target.transition(
                subject, actor=transitions.staff(request.user), now=now, **arguments
            )
        except BookingError as error:
            consultation.refresh_from_db()
            offer_anyway(form, error, request.user, now=now)
            form.add_error(None, refusal(error))
            return self.refused(consultation, form, status=409)
        said = self.done(form) % outcome(consultation, made, now=now)
        buttons = [_open_button(consultation)] if target.onward else None
        messages.success(request, said, buttons=buttons)
        return self.onward(consultation)

    @property
    def target(self) -> Target:
        return TARGETS[self.name]

    def refused(
        self, consultation: ConsultationRequest, form: RequestForm, *, status: int
    ) -> HttpResponse:
        return show(self.request, consultation, bound={self.name: form}, status=status)

    def subject(self, consultation: ConsultationRequest) -> ConsultationRequest | Appointment:
        if not self.target.at_visit:
            return consultation
        visit = visit_of(consultation, self.request.POST.get("visit", ""))
        if visit is None:
            raise Http404
        return visit

    def arguments(self, form: RequestForm) -> dict[str, Any]:
        return form.arguments()

    def done(self, form: RequestForm) -> str:
        return str(self.target.done)

    def onward(self, consultation: ConsultationRequest) -> HttpResponse:
        back = get_valid_next_url_from_request(self.request)
        if back:
            return HttpResponseRedirect(back)  # `redirect` would take a word for a view's name
        if self.target.onward:
            return go_on(self.request, consultation)
        return redirect("desk:request", consultation.reference)


class Assign(Answer):
    """To oneself, or with `to=nobody` back to the desk."""

    def arguments(self, form: RequestForm) -> dict[str, Any]:
        arguments = form.arguments()
        return arguments | {"to": None if arguments["to"] == "nobody" else self.request.user}

    def done(self, form: RequestForm) -> str:
        if form.cleaned_data["to"] == "nobody":
            return _("%(reference)s is free for anyone to answer.")
        return super().done(form)


class Confirm(Answer):
    """The held time, one of the times on the card (`pick`), or another that was typed."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if "pick" in request.POST:
            self.name = "pick"


class Move(Answer):
    """From the calendar one comes back to the calendar, with the reason where the visit stays."""

    def refused(
        self, consultation: ConsultationRequest, form: RequestForm, *, status: int
    ) -> HttpResponse:
        back = get_valid_next_url_from_request(self.request)
        if not (back and "stay" in self.request.POST):
            return super().refused(consultation, form, status=status)
        text = _("%(reference)s stays where it was. %(why)s")
        why = " ".join(errors_of(form))
        card = reverse("desk:request", args=[consultation.reference])
        buttons = [messages.button(card, _("Open it, to book it anyway"))]
        may = isinstance(form, AnywayFields) and form.asks_anyway
        messages.error(
            self.request,
            text % {"reference": consultation.reference, "why": why},
            buttons=buttons if may else None,
        )
        return HttpResponseRedirect(back)


def answer(name: str) -> Callable[..., Any]:
    """The view of one row."""
    view = {"assign": Assign, "confirm": Confirm, "move": Move}.get(name, Answer)
    return view.as_view(name=name)


@require_POST
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    if not can_triage(request.user):
        raise PermissionDenied
    message = get_object_or_404(Message.objects.select_related("request"), pk=pk)
    try:
        transitions.send_again(message, actor=transitions.staff(request.user), now=timezone.now())
    except BookingError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("The message is on its way again."))
    return redirect("desk:request", message.request.reference)


def refusal(error: BookingError) -> str:
    """What staff read: of a time that is not free, every reason."""
    reasons = error.reasons if isinstance(error, TimeTaken) else []
    return " ".join([_("That time is not free."), *reasons]) if reasons else str(error.message)


def outcome(consultation: ConsultationRequest, made: Any, *, now: datetime) -> dict[str, str]:
    """What a message may name: the reference, and what the transition booked or offered."""
    found = {"reference": consultation.reference}
    if isinstance(made, Appointment):
        found["visit"] = when_and_who(made, now=now)
    elif isinstance(made, list):
        found["times"] = "; ".join(when_and_who(one, now=now) for one in made)
    return found


def when_and_who(appointment: Appointment, *, now: datetime) -> str:
    """Such as "Thursday 26 November, 2:30pm, with Amara Osei"."""
    moment = clock.moment_label(appointment.start, appointment.zone, now=now)
    said = {
        "moment": moment,
        "name": appointment.practitioner.name,
        "before": appointment.instead_of,
    }
    if appointment.instead_of:
        return _("%(moment)s, with %(name)s instead of %(before)s") % said
    return _("%(moment)s, with %(name)s") % said


def _open_button(consultation: ConsultationRequest) -> Any:
    """Back to what was just answered; its card has the undo button while that is possible."""
    undo = transitions.undoable(consultation, now=timezone.now())
    text = _("Undo or look again") if undo else _("Look again")
    return messages.button(reverse("desk:request", args=[consultation.reference]), text)
