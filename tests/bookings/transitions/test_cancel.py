"""The clinic cancels a visit: whatever it does next, the patient and their calendar learn of it."""

from datetime import UTC, datetime, timedelta

import pytest
from post_office.models import STATUS

from bookings import transitions
from bookings.enums import AppointmentStatus, CancelledBecause, ContactBy, RequestStatus
from bookings.errors import InvalidTransition
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)
ELEVEN = TEN + timedelta(hours=1)


def offer(request, desk, message=""):
    return transitions.offer(
        request,
        actor=desk,
        version=request.version,
        now=MONDAY,
        times=[(ELEVEN, None)],
        message=message,
    )


def still_leaves(request, kind):
    message = request.messages.get(kind=kind)
    return not message.superseded and message.email.status == STATUS.queued


@pytest.mark.parametrize("then", ["offer", "undo", "withdraw", "confirm"])
def test_nothing_that_follows_keeps_the_cancellation_back(visit, desk, then):
    consultation = visit.request
    transitions.cancel(visit, actor=desk, now=MONDAY, message="Amara is ill.")
    if then in {"offer", "undo"}:
        offer(consultation, desk)
    if then == "undo":
        transitions.undo(consultation, actor=desk, version=consultation.version, now=MONDAY)
    if then == "withdraw":
        transitions.withdraw(consultation, now=MONDAY)
    if then == "confirm":
        transitions.confirm(
            consultation, actor=desk, version=consultation.version, now=MONDAY, start=ELEVEN
        )
    assert still_leaves(consultation, "cancelled")
    mail = consultation.messages.get(kind="cancelled").email
    assert "method=CANCEL" in mail.attachments.get().mimetype


def test_cancelling_keeps_offers_and_tells_both(visit, desk):
    """The closure wizard: new times for all, then the day is off."""
    consultation = visit.request
    offer(consultation, desk, message="We train that day.")
    version = consultation.version
    transitions.cancel(visit, actor=desk, now=MONDAY, message="Sorry.")
    assert consultation.status == RequestStatus.OFFERED and consultation.version == version + 1
    assert consultation.appointments.pending().count() == 1
    assert still_leaves(consultation, "offered") and still_leaves(consultation, "cancelled")
    said = consultation.messages.get(kind="cancelled").email.message
    assert "Sorry." in said and "We train that day." not in said
    assert transitions.undoable(consultation, now=MONDAY) is None


def test_cancelling_keeps_the_promised_answer_time(visit, desk):
    consultation = visit.request
    transitions.ask_to_move(consultation, now=MONDAY, message="Later?")
    promised = consultation.respond_by
    transitions.cancel(visit, actor=desk, now=MONDAY + timedelta(hours=3), message="Amara is ill.")
    assert consultation.status == RequestStatus.IN_REVIEW and consultation.respond_by == promised
    assert "Amara is ill." in consultation.messages.get(kind="cancelled").email.message


def test_cancelling_keeps_an_open_question(visit, desk):
    consultation = visit.request
    transitions.ask_to_move(consultation, now=MONDAY, message="Later?")
    transitions.ask_question(
        consultation, actor=desk, version=consultation.version, now=MONDAY, question="Which day?"
    )
    transitions.cancel(visit, actor=desk, now=MONDAY, message="Amara is ill.")
    consultation.refresh_from_db()
    assert (consultation.status, consultation.staff_message) == (
        RequestStatus.INFO_NEEDED,
        "Which day?",
    )
    assert visit.status == AppointmentStatus.CANCELLED
    assert still_leaves(consultation, "question")


def test_cancelling_works_while_a_move_waits(visit, desk):
    transitions.cancel(visit, actor=desk, now=ELEVEN - timedelta(minutes=1))
    assert visit.status == AppointmentStatus.CANCELLED


def test_a_visit_that_is_over_is_not_cancelled(visit, desk):
    with pytest.raises(InvalidTransition, match="Note whether they came"):
        transitions.cancel(visit, actor=desk, now=ELEVEN)
    visit.refresh_from_db()
    assert visit.status == AppointmentStatus.BOOKED
    assert not visit.request.messages.filter(kind="cancelled").exists()


def test_an_unheld_visit_counts_as_moved_later(visit, desk):
    consultation = visit.request
    given = {"actor": desk, "version": consultation.version, "now": ELEVEN}
    (offered,) = transitions.offer(consultation, times=[(TEN + timedelta(days=1), None)], **given)
    transitions.accept(consultation, appointment=offered, now=ELEVEN)
    visit.refresh_from_db()
    assert visit.cancelled_because == CancelledBecause.MOVED


@pytest.mark.postgresql
def test_whoever_has_no_mail_is_to_be_called(visit, desk):
    consultation = visit.request
    phone = {"email": "", "phone": "+442079460123", "contact_by": ContactBy.PHONE}
    type(consultation).objects.filter(pk=consultation.pk).update(**phone)
    consultation.refresh_from_db()
    transitions.ask_to_move(consultation, now=MONDAY, message="Later?")
    transitions.cancel(visit, actor=desk, now=MONDAY)
    consultation.refresh_from_db()
    assert consultation.needs_call
