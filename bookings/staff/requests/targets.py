"""Everything that the desk can do to one request, by the name of its address: one row each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bookings import transitions
from bookings.models import Appointment, ConsultationRequest
from bookings.permissions import can_record_visit, can_triage
from bookings.staff.requests.forms import (
    AskForm,
    AssignForm,
    CancelForForm,
    CancelForm,
    ConfirmForm,
    ContactForm,
    DeclineForm,
    MoveForm,
    NoteForm,
    OfferForm,
    OfferOneForm,
    PickForm,
    ReasonedForm,
    RequestForm,
    StaffForm,
)


def may_triage(user: Any, subject: Any) -> bool:
    return can_triage(user)


def anybody(user: Any, subject: Any) -> bool:
    """Whoever may see the request."""
    return True


@dataclass(frozen=True)
class Target:
    """What the desk sends, which transition does it, and what is said then.

    `done` may name the reference, the `visit` that was booked and the `times` that were offered.
    `onward`: the patient gets an answer, after which the next request may open. `at_visit`: it is done to
    the visit that the form names. `may`: asked with the user and the request, or the visit.
    """

    transition: Callable[..., Any]
    done: str | Promise
    form_class: type[RequestForm] = StaffForm
    onward: bool = True
    at_visit: bool = False
    may: Callable[[Any, Any], bool] = may_triage

    def form(self, name: str, consultation: ConsultationRequest, data: Any = None) -> RequestForm:
        """The form as it stands on the card; ids are told apart by the name."""
        return self.form_class(data, consultation=consultation, auto_id=f"{name}-%s")


TARGETS: Mapping[str, Target] = {
    "assign": Target(
        transitions.assign, _("%(reference)s is assigned to you."), AssignForm, onward=False
    ),
    "confirm": Target(
        transitions.confirm, _("%(reference)s is confirmed: %(visit)s."), ConfirmForm
    ),
    "pick": Target(transitions.confirm, _("%(reference)s is confirmed: %(visit)s."), PickForm),
    "offer": Target(transitions.offer, _("%(reference)s is offered: %(times)s."), OfferForm),
    "offer_waiting": Target(
        transitions.offer, _("%(reference)s is offered: %(times)s."), OfferOneForm
    ),
    "decline": Target(transitions.decline, _("%(reference)s is declined."), DeclineForm),
    "ask_question": Target(
        transitions.ask_question, _("%(reference)s: your question is on its way."), AskForm
    ),
    "waitlist": Target(transitions.waitlist, _("%(reference)s is on the waiting list.")),
    "mark_spam": Target(
        transitions.mark_spam, _("%(reference)s is marked as spam. Nothing is sent.")
    ),
    "close_duplicate": Target(
        transitions.close_duplicate,
        _("%(reference)s is closed as a duplicate. Nothing is sent."),
    ),
    "reopen": Target(
        transitions.reopen, _("%(reference)s is in review again."), ReasonedForm, onward=False
    ),
    "undo": Target(transitions.undo, _("%(reference)s: undone. Nothing was sent."), onward=False),
    "keep_appointment": Target(
        transitions.keep_appointment, _("%(reference)s: the visit stays as it is booked.")
    ),
    "move": Target(
        transitions.move, _("%(reference)s is moved: %(visit)s."), MoveForm, onward=False
    ),
    "note": Target(
        transitions.note,
        _("Note added to %(reference)s."),
        NoteForm,
        onward=False,
        may=anybody,
    ),
    "send_link": Target(
        transitions.send_link,
        _("A link to their page is on its way to the patient."),
        onward=False,
    ),
    "phone": Target(transitions.phone, _("Call to %(reference)s recorded."), onward=False),
    "correct_contact": Target(
        transitions.correct_contact,
        _("%(reference)s: the contact details are corrected."),
        ContactForm,
        onward=False,
    ),
    "arrive": Target(
        transitions.arrive,
        _("The patient (%(reference)s) has arrived."),
        onward=False,
        at_visit=True,
        may=can_record_visit,
    ),
    "fulfil": Target(
        transitions.fulfil,
        _("%(reference)s: the visit is done."),
        onward=False,
        at_visit=True,
        may=can_record_visit,
    ),
    "noshow": Target(
        transitions.noshow,
        _("The patient (%(reference)s) did not come."),
        onward=False,
        at_visit=True,
        may=can_record_visit,
    ),
    "cancel": Target(
        transitions.cancel,
        _("%(reference)s: the visit is cancelled. Please offer another time."),
        CancelForm,
        onward=False,
        at_visit=True,
    ),
    "cancel_for": Target(
        transitions.cancel_for,
        _("%(reference)s: cancelled, as the patient asked."),
        CancelForForm,
        onward=False,
    ),
    "correct": Target(
        transitions.correct,
        _("%(reference)s: corrected."),
        ReasonedForm,
        onward=False,
        at_visit=True,
    ),
}


class CardForms(dict[str, RequestForm]):
    """The forms of the card by their targets' names: those that were sent, and blank ones when asked for.

    A card shows a few of them, and to make all takes longer than to read the request.
    """

    def __init__(
        self, consultation: ConsultationRequest, sent: Mapping[str, RequestForm] | None = None
    ) -> None:
        super().__init__(sent or {})
        self.consultation = consultation

    def __missing__(self, name: str) -> RequestForm:
        self[name] = TARGETS[name].form(name, self.consultation)
        return self[name]


def visit_of(consultation: ConsultationRequest, pk: str) -> Appointment | None:
    """The visit of the request that a form names; None for any other text."""
    known = pk.isdecimal() and len(pk) < 19
    return consultation.appointments.filter(pk=pk if known else 0).first()
