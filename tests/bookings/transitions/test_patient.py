"""What patients may do through their link, to the minute, and what stays as it was."""

from datetime import timedelta

import pytest
from post_office.models import Email

from bookings import transitions
from bookings.enums import AppointmentStatus, RequestStatus
from bookings.errors import InvalidTransition, TimeTaken, VisitBegun
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed, consistent, kinds, verbs
from tests.bookings.transitions import test_refused as of_requests
from tests.bookings.transitions.test_refused import by_desk
from tests.bookings.transitions.test_written import by_phone, offered_instead
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
DAY, HOUR, MINUTE = (timedelta(**{n: 1}) for n in ("days", "hours", "minutes"))
CHANGES = {
    "withdraw": {},
    "ask_to_move": {"message": "Later?"},
    "come": {},
    "move_own_visit": {"start": ELEVEN + 7 * DAY},
    "keep_appointment": {},
    "refuse": {},
    "answer": {"message": "Since May."},
}


def change(consultation, name, now=MONDAY):
    getattr(transitions, name)(consultation, now=now, **CHANGES[name])


def seen(consultation):
    consultation.refresh_from_db()
    rows = consultation.appointments.order_by("pk")
    visits = list(rows.values_list("status", "hold_expires_at", "start"))
    return consultation.status, visits, verbs(consultation), kinds(consultation)


@pytest.mark.parametrize("name", ["withdraw", "ask_to_move", "come"])
def test_until_the_minute_it_begins(clinic, desk, name):
    consultation = confirmed(clinic, desk)[0]
    before = seen(consultation)
    with pytest.raises(VisitBegun):
        change(consultation, name, TEN)
    assert seen(consultation) == before
    change(consultation, name, TEN - MINUTE)
    assert len(verbs(consultation)) == len(before[2]) + 1


def done(clinic, desk):
    """The visit took place."""
    consultation, visit = of_requests.arrived(clinic, desk)
    transitions.fulfil(visit, actor=desk, now=TEN)
    return consultation, visit


REFUSED = {
    of_requests.new: ["ask_to_move", "come", "move_own_visit", "keep_appointment"],
    of_requests.offered: ["ask_to_move", "come", "keep_appointment", "answer"],
    of_requests.questioned: ["ask_to_move", "come", "refuse", "keep_appointment"],
    of_requests.waiting: ["refuse", "answer", "come"],
    of_requests.declined: ["withdraw", "refuse", "answer", "keep_appointment"],
    of_requests.moving: ["ask_to_move", "come", "refuse", "answer"],
    confirmed: ["keep_appointment", "refuse", "answer"],
    offered_instead: ["move_own_visit", "ask_to_move", "come", "answer"],
    done: ["withdraw", "ask_to_move", "come", "move_own_visit", "keep_appointment", "refuse"],
}


@pytest.mark.parametrize("make", REFUSED)
def test_what_is_not_possible_then(clinic, desk, make):
    consultation = make(clinic, desk)[0]
    before = seen(consultation)
    for name in REFUSED[make]:
        with pytest.raises(InvalidTransition) as caught:
            change(consultation, name)
        assert type(caught.value) is InvalidTransition, name
        assert seen(consultation) == before, name


@pytest.mark.postgresql
def test_coming_is_said_once_for_each_visit(clinic, desk):
    consultation, visit = confirmed(clinic, desk)
    for _twice in range(2):
        transitions.come(consultation, now=MONDAY)
    said = consultation.events.get(verb="come")
    assert (said.appointment, said.actor_kind, said.at) == (visit, "patient", MONDAY)
    moved = transitions.move(
        consultation, actor=desk, version=consultation.version, now=MONDAY, start=ELEVEN
    )
    transitions.come(consultation, now=MONDAY)
    rows = consultation.events.filter(verb="come").order_by("pk")
    assert [event.appointment for event in rows] == [visit, moved]


@pytest.mark.postgresql
def test_only_what_was_offered_to_them_is_accepted(clinic, desk):
    consultation, offered = of_requests.offered(clinic, desk)
    other = asked(clinic, email="b@example.org")
    (theirs,) = transitions.offer(
        other, actor=desk, version=other.version, now=MONDAY, times=[(TEN + DAY, None)]
    )
    held = asked(clinic, start=ELEVEN + DAY, email="c@example.org")
    tries = [(consultation, theirs), (held, held.appointments.get())]
    for who, what in tries:
        before = seen(who)
        with pytest.raises(InvalidTransition):
            transitions.accept(who, appointment=what, now=MONDAY)
        assert seen(who) == before
    assert transitions.accept(consultation, appointment=offered, now=MONDAY) == offered


def test_to_the_minute_an_offer_is_held(clinic, desk):
    consultation, offered = of_requests.offered(clinic, desk)
    until = offered.hold_expires_at
    with pytest.raises(TimeTaken, match="no longer held for you"):
        transitions.accept(consultation, appointment=offered, now=until)
    transitions.accept(consultation, appointment=offered, now=until - MINUTE)
    assert offered.status == AppointmentStatus.BOOKED and consistent(until)


@pytest.mark.postgresql
def test_an_answer_leaves_a_booked_visit_alone(clinic, desk):
    consultation, visit = of_requests.moving(clinic, desk)
    by_desk("ask_question", question="Which day?")(consultation, None, desk)
    change(consultation, "answer")
    visit.refresh_from_db()
    assert (visit.status, visit.hold_expires_at) == ("booked", None)
    assert set(visit.claims.values_list("expires_at", flat=True)) == {None}


@pytest.mark.parametrize("now", [TEN - HOUR, TEN])
def test_an_answer_holds_what_is_still_ahead(clinic, desk, now):
    consultation, held = of_requests.questioned(clinic, desk)
    change(consultation, "answer", now)
    held.refresh_from_db()
    longer = now < TEN
    assert (held.hold_expires_at == consultation.respond_by) is longer
    assert (consultation.respond_by == TEN) is longer
    assert kinds(consultation)[-1] == "answered"


def test_from_the_start_keeping_tells_nobody(clinic, desk):
    """Not even of the visit itself, whose mail was still to leave."""
    consultation, _visit = of_requests.moving(clinic, desk)
    transitions.keep_appointment(consultation, now=TEN)
    assert consultation.status == RequestStatus.CONFIRMED and kinds(consultation) == []


def test_a_new_link_goes_by_mail_alone(clinic, desk):
    phoned, _same = by_phone(clinic, desk)
    transitions.resend_link(phoned, now=MONDAY)
    assert not Email.objects.exists()
    consultation = asked(clinic)
    transitions.resend_link(consultation, now=MONDAY)
    assert kinds(consultation) == ["received", "link"]


def test_who_had_their_mails_gets_no_link(clinic, real_limits):
    consultation = asked(clinic)
    for tens in range(4):
        transitions.resend_link(consultation, now=MONDAY + 11 * MINUTE * tens)
    assert kinds(consultation).count("link") == 3
