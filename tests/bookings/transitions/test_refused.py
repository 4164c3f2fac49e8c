"""A change that is refused leaves the rows of whoever asked for it as they were, in memory too."""

import inspect
from datetime import timedelta

import pytest

from bookings import transitions
from bookings.enums import AppointmentStatus, DeclineReason, ErasureReason
from bookings.errors import BookingError, NotRecorded
from bookings.models import Appointment, ConsultationRequest
from bookings.transitions import Waiting
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed
from tests.factories import MONDAY, make_person

pytestmark = pytest.mark.django_db
# These write nothing into the request, or refuse nothing.
NEVER_REFUSED = {
    "held_by",
    "visit_before",
    "ask_new_address",
    "disclose",
    "goes_on_waiting",
    "is_inside_notice",
} | {
    *("hold_again", "look", "note", "resend_link", "undoable"),
}


def new(clinic, desk):
    consultation = asked(clinic)
    return consultation, consultation.appointments.get()


def twice(clinic, desk):
    asked(clinic, start=ELEVEN)
    return new(clinic, desk)


def unverified(clinic, desk):
    consultation = asked(clinic, verified=False)
    return consultation, consultation.appointments.get()


def offered(clinic, desk):
    consultation = asked(clinic)
    (visit,) = transitions.offer(
        consultation, actor=desk, version=consultation.version, now=MONDAY, times=[(ELEVEN, None)]
    )
    return consultation, visit


def questioned(clinic, desk):
    consultation, visit = new(clinic, desk)
    transitions.ask_question(
        consultation, actor=desk, version=consultation.version, now=MONDAY, question="Since when?"
    )
    return consultation, visit


def waiting(clinic, desk):
    consultation, visit = new(clinic, desk)
    transitions.waitlist(consultation, actor=desk, version=consultation.version, now=MONDAY)
    return consultation, visit


def declined(clinic, desk):
    consultation, visit = new(clinic, desk)
    decline(consultation, visit, desk)
    return consultation, visit


def moving(clinic, desk):
    consultation, visit = confirmed(clinic, desk)
    transitions.ask_to_move(consultation, now=MONDAY, message="An afternoon, please.")
    return consultation, visit


def arrived(clinic, desk):
    consultation, visit = confirmed(clinic, desk)
    visit.request = consultation
    transitions.arrive(visit, actor=desk, now=TEN)
    return consultation, visit


def missed(clinic, desk):
    consultation, visit = confirmed(clinic, desk)
    visit.request = consultation
    transitions.noshow(visit, actor=desk, now=visit.end)
    return consultation, visit


def by_desk(name, now=MONDAY, **changes):
    """Call an answer of the desk with the version on the card."""

    def call(consultation, visit, desk):
        change = getattr(transitions, name)
        change(consultation, actor=desk, version=consultation.version, now=now, **changes)

    return call


def at_visit(name, now=TEN, **changes):
    return lambda consultation, visit, desk: getattr(transitions, name)(
        visit, actor=desk, now=now, **changes
    )


def by_patient(name, **changes):
    return lambda consultation, visit, desk: getattr(transitions, name)(
        consultation, now=MONDAY, **changes
    )


decline = by_desk("decline", reason=DeclineReason.OTHER, message="Sorry.")

CHANGES = {
    "accept": (
        offered,
        lambda consultation, visit, desk: transitions.accept(
            consultation, appointment=visit, now=MONDAY
        ),
    ),
    "answer": (questioned, by_patient("answer", message="Since May.")),
    "arrive": (confirmed, at_visit("arrive")),
    "ask_question": (new, by_desk("ask_question", question="Since when?")),
    "ask_to_move": (confirmed, by_patient("ask_to_move", message="Later, please.")),
    "assign": (
        new,
        lambda consultation, visit, desk: transitions.assign(
            consultation, actor=desk, to=desk.user, version=consultation.version, now=MONDAY
        ),
    ),
    "cancel": (confirmed, at_visit("cancel", now=MONDAY, message="The house is flooded.")),
    "book_next": (confirmed, by_desk("book_next", times=[(ELEVEN, None)], key="k")),
    "cancel_for": (confirmed, by_desk("cancel_for")),
    "change_wishes": (new, by_patient("change_wishes", starts=[ELEVEN])),
    "change_phone": (new, by_patient("change_phone", phone="+442079460123")),
    "confirm": (new, by_desk("confirm", start=ELEVEN)),
    "correct": (
        missed,
        lambda consultation, visit, desk: transitions.correct(
            visit, actor=desk, version=consultation.version, now=MONDAY, why="They came."
        ),
    ),
    "correct_contact": (
        new,
        by_desk("correct_contact", person=make_person(name="Marta", email="marta@example.org")),
    ),
    "decline": (new, decline),
    "erase": (new, by_desk("erase", because=ErasureReason.ASKED)),
    "expire": (unverified, by_patient("expire")),
    "fulfil": (arrived, at_visit("fulfil")),
    "join_waiting_list": (
        new,
        lambda consultation, visit, desk: transitions.join_waiting_list(
            consultation, Waiting(), parts=[], now=MONDAY
        ),
    ),
    "keep_appointment": (moving, by_patient("keep_appointment")),
    "come": (confirmed, by_patient("come")),
    "leave_waiting_list": (waiting, by_patient("leave_waiting_list")),
    "close_duplicate": (twice, by_desk("close_duplicate")),
    "mark_spam": (new, by_desk("mark_spam")),
    "move": (confirmed, by_desk("move", start=ELEVEN)),
    "move_own_visit": (confirmed, by_patient("move_own_visit", start=ELEVEN + timedelta(days=7))),
    "noshow": (confirmed, at_visit("noshow")),
    "offer": (new, by_desk("offer", times=[(ELEVEN, None)], message="This one?")),
    "phone": (new, by_desk("phone")),
    "refuse": (offered, by_patient("refuse", message="None, sorry.")),
    "reopen": (declined, by_desk("reopen", why="They phoned.")),
    "send_link": (new, by_desk("send_link", now=MONDAY)),
    "undo": (declined, by_desk("undo")),
    "verify": (unverified, by_patient("verify")),
    "waitlist": (new, by_desk("waitlist")),
    "withdraw": (confirmed, by_patient("withdraw")),
}
"""Every transition of a request or a visit: the state before it, and the call."""


def state(*rows):
    """What the instances hold, with the relations that they have cached."""
    return [(dict(vars(row)), dict(row._state.fields_cache)) for row in rows]


def test_every_transition_is_in_the_table():
    rows = {"ConsultationRequest", "Appointment"}
    found = set()
    for name in transitions.__all__:
        made = getattr(transitions, name)
        if inspect.isfunction(made):
            first = next(iter(inspect.signature(made).parameters.values()), None)
            if first and first.annotation in rows:
                found.add(name)
    assert found - NEVER_REFUSED == set(CHANGES)


@pytest.mark.parametrize("name", CHANGES)
def test_somebody_faster_leaves_the_instance_alone(name, clinic, desk):
    make, change = CHANGES[name]
    consultation, visit = make(clinic, desk)
    visit.request = consultation
    if name == "send_link":  # needs no version of its own: a link has just been sent
        change(consultation, visit, desk)
    ConsultationRequest.objects.update(version=99)
    Appointment.objects.update(status=AppointmentStatus.CANCELLED, hold_expires_at=None)
    before = state(consultation, visit)
    with pytest.raises(BookingError):
        change(consultation, visit, desk)
    assert state(consultation, visit) == before


def taken(clinic, start):
    """Nobody is free at that time any more."""
    for number in (1, 2):
        asked(clinic, start=start, email=f"other{number}@example.org")


@pytest.mark.parametrize("name", ["confirm", "move", "offer"])
def test_a_taken_time_leaves_the_instance_alone(name, clinic, desk):
    make, change = CHANGES[name]
    consultation, visit = make(clinic, desk)
    visit.request = consultation
    taken(clinic, ELEVEN)
    before = state(consultation, visit)
    with pytest.raises(BookingError):
        change(consultation, visit, desk)
    assert state(consultation, visit) == before


@pytest.mark.parametrize("name", ["decline", "waitlist", "mark_spam", "close_duplicate"])
def test_a_booked_visit_leaves_the_instance_alone(name, clinic, desk):
    consultation, visit = moving(clinic, desk)
    before = state(consultation)
    with pytest.raises(BookingError):
        CHANGES[name][1](consultation, visit, desk)
    assert state(consultation) == before


def test_a_lost_time_leaves_the_correction_undone(clinic, desk):
    consultation, visit = missed(clinic, desk)
    taken(clinic, TEN)
    before = state(visit)
    with pytest.raises(BookingError):
        CHANGES["correct"][1](consultation, visit, desk)
    assert state(visit) == before


def test_an_unwritten_ledger_leaves_the_instance_alone(clinic, desk, settings, tmp_path):
    consultation, visit = new(clinic, desk)
    settings.VAR = tmp_path
    (tmp_path / "erasures.ledger").mkdir()  # as little of a file as a full disk's
    before = state(consultation)
    with pytest.raises(NotRecorded):
        CHANGES["erase"][1](consultation, visit, desk)
    assert state(consultation) == before
