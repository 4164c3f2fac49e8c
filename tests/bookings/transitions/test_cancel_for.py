"""The patient rings to cancel: recorded as their doing, late or not, and taken back after a slip."""

from datetime import timedelta

import pytest

from bookings import transitions
from bookings.enums import AppointmentStatus, CancelledBecause, RequestStatus, Verb
from bookings.errors import BookingError, InvalidTransition
from bookings.transitions import Waiting
from tests.bookings.steps import TEN, asked, confirmed, consistent, kinds
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def cancel_for(consultation, desk, now=MONDAY, **kwargs):
    version = consultation.version
    transitions.cancel_for(consultation, actor=desk, version=version, now=now, **kwargs)


@pytest.mark.parametrize(
    ("before", "because", "why"),
    [
        (25, CancelledBecause.WITHDRAWN, ""),
        (1, CancelledBecause.WITHDRAWN_LATE, "late"),
        (-0.5, CancelledBecause.WITHDRAWN_LATE, "late"),
    ],
)
def test_it_counts_as_the_patients_doing(clinic, desk, before, because, why):
    consultation, visit = confirmed(clinic, desk)
    consultation.service.cancel_notice_hours = 24
    consultation.service.save()
    cancel_for(consultation, desk, TEN - before * HOUR, message="See you next year.")
    visit.refresh_from_db()
    assert (consultation.status, visit.status) == (RequestStatus.WITHDRAWN, "cancelled")
    assert visit.cancelled_because == because and not visit.claims.exists()
    event = consultation.events.get(verb=Verb.CANCEL_FOR)
    assert (event.why, event.appointment, event.actor) == (why, visit, desk.user)
    mail = consultation.messages.get(kind="cancelled_for").email
    assert "We have cancelled your appointment, as you asked" in mail.message
    assert "See you next year." in mail.message and "sorry" not in mail.message
    assert "method=CANCEL" in mail.attachments.get().mimetype
    assert not consultation.needs_call


@pytest.mark.postgresql
@pytest.mark.parametrize("how", ["submitted", "waitlisted", "offered", "unverified"])
def test_an_open_request_is_withdrawn(clinic, desk, how):
    consultation = asked(clinic, verified=how != "unverified")
    act = {"actor": desk, "now": MONDAY}
    if how == "waitlisted":
        transitions.join_waiting_list(consultation, Waiting(), parts=[], now=MONDAY)
    if how == "offered":
        times = [(TEN + HOUR, None)]
        transitions.offer(consultation, version=consultation.version, times=times, **act)
    cancel_for(consultation, desk)
    assert consultation.status == RequestStatus.WITHDRAWN and consistent()
    assert not consultation.appointments.holding(MONDAY).exists()
    assert ("cancelled_for" in kinds(consultation)) == (how != "unverified")
    transitions.undo(consultation, version=consultation.version, **act)
    back = RequestStatus.WAITLISTED if how == "waitlisted" else RequestStatus.IN_REVIEW
    assert consultation.status == back and "cancelled_for" not in kinds(consultation)


@pytest.mark.parametrize("sent", [True, False])
def test_undo_books_the_visit_again(clinic, desk, sent):
    consultation, visit = confirmed(clinic, desk)
    if sent:
        consultation.messages.get(kind="confirmed").email.__class__.objects.update(status=0)
    cancel_for(consultation, desk)
    transitions.undo(consultation, actor=desk, version=consultation.version, now=MONDAY)
    visit.refresh_from_db()
    assert (consultation.status, visit.status) == (RequestStatus.CONFIRMED, "booked")
    assert visit.cancelled_because == "" and consistent()
    assert [kind for kind in kinds(consultation) if kind != "received"] == ["confirmed"] or sent


def test_undo_takes_no_time_from_others(clinic, desk):
    consultation, visit = confirmed((clinic[0], clinic[1], None), desk)
    cancel_for(consultation, desk)
    for n in range(2):
        confirmed(clinic, desk, email=f"{n}@example.org")
    with pytest.raises(BookingError):
        transitions.undo(consultation, actor=desk, version=consultation.version, now=MONDAY)
    consultation.refresh_from_db()
    assert consultation.status == RequestStatus.WITHDRAWN and consistent()


def test_only_what_staff_withdrew_is_reopened(clinic, desk):
    later = MONDAY + HOUR
    for by_staff in (True, False):
        consultation, _visit = confirmed(clinic, desk, email=f"{by_staff}@example.org")
        if by_staff:
            cancel_for(consultation, desk)
        else:
            transitions.withdraw(consultation, now=MONDAY)
        args = {"actor": desk, "version": consultation.version, "now": later, "why": "A slip"}
        if by_staff:
            transitions.reopen(consultation, **args)
            assert "cancelled_for" in kinds(consultation)
        else:
            with pytest.raises(InvalidTransition):
                transitions.reopen(consultation, **args)


def test_not_once_it_is_over(clinic, desk):
    consultation, visit = confirmed(clinic, desk)
    with pytest.raises(InvalidTransition, match="Note whether they came"):
        cancel_for(consultation, desk, visit.end)
    transitions.noshow(visit, actor=desk, now=visit.end)
    with pytest.raises(InvalidTransition):
        cancel_for(consultation, desk, visit.end)
    assert visit.status == AppointmentStatus.NOSHOW
