"""Which answer can be undone, and until when."""

from datetime import timedelta

import pytest

from bookings import transitions
from bookings.enums import AppointmentStatus, RequestStatus
from bookings.errors import InvalidTransition
from bookings.models import ConsultationRequest, WaitingListEntry
from bookings.transitions.core import SYSTEM
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed, consistent, kinds
from tests.bookings.transitions import test_refused as of_requests
from tests.bookings.transitions.test_refused import by_desk
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def can_undo(consultation, now=MONDAY):
    last = transitions.undoable(consultation, now=now)
    return last.verb if last else None


@pytest.mark.parametrize(
    ("make", "verb"),
    [
        (of_requests.new, None),
        (confirmed, "confirm"),
        (of_requests.offered, "offer"),
        (of_requests.declined, "decline"),
        (of_requests.questioned, "ask"),
        (of_requests.waiting, "waitlist"),
        (of_requests.moving, None),
        (of_requests.arrived, None),
    ],
)
def test_which_answer_can_be_undone(clinic, desk, make, verb):
    consultation = make(clinic, desk)[0]
    assert can_undo(consultation) == verb
    transitions.look(consultation, actor=desk, now=MONDAY)  # which is no answer
    transitions.note(consultation, actor=desk, now=MONDAY, text="Phoned.")
    assert can_undo(consultation) == verb
    if verb is None:
        with pytest.raises(InvalidTransition):
            by_desk("undo")(consultation, None, desk)


@pytest.mark.parametrize(("late", "verb"), [(-SECOND, "decline"), (0 * SECOND, None)])
def test_until_its_mail_is_due(clinic, desk, settings, late, verb):
    consultation = of_requests.declined(clinic, desk)[0]
    due = MONDAY + settings.BOOKINGS["UNDO_SECONDS"] * SECOND
    assert can_undo(consultation, due + late) == verb


def test_a_booking_by_the_site_stays(clinic):
    consultation = asked(clinic)
    transitions.confirm(consultation, actor=SYSTEM, version=consultation.version, now=MONDAY)
    assert can_undo(consultation) is None


def test_a_page_of_before_undoes_nothing(clinic, desk):
    consultation = asked(clinic)
    before = ConsultationRequest.objects.get(pk=consultation.pk)
    by_desk("waitlist")(consultation, None, desk)
    assert can_undo(before) is None and can_undo(consultation) == "waitlist"


@pytest.mark.parametrize("answer", ["confirm", "offer", "ask_question"])
def test_with_a_visit_booked_before_nothing_is_undone(clinic, desk, answer):
    consultation, visit = of_requests.moving(clinic, desk)
    about = {
        "confirm": {"start": ELEVEN},
        "offer": {"times": [(ELEVEN, None)]},
        "ask_question": {"question": "Which day?"},
    }
    by_desk(answer, **about[answer])(consultation, None, desk)
    before = consultation.status
    with pytest.raises(InvalidTransition):
        by_desk("undo")(consultation, None, desk)
    assert consultation.status == before
    assert consultation.appointments.filter(status=AppointmentStatus.BOOKED).exists()


@pytest.mark.postgresql
def test_undone_somebody_elses_place_stays(clinic, desk):
    """Put on the list at the same moment; and an earlier place of their own is kept."""
    one, two = asked(clinic), asked(clinic, start=ELEVEN, email="b@example.org")
    for consultation in (one, two):
        by_desk("waitlist")(consultation, None, desk)
    by_desk("undo")(one, None, desk)
    assert WaitingListEntry.objects.get().request == two
    by_desk("waitlist", now=MONDAY + 5 * SECOND)(one, None, desk)
    WaitingListEntry.objects.filter(request=one).update(joined_at=MONDAY)
    by_desk("undo", now=MONDAY + 9 * SECOND)(one, None, desk)
    assert WaitingListEntry.objects.filter(request=one).exists()


def test_what_is_booked_again_is_told_so(clinic, desk):
    consultation, visit = confirmed(clinic, desk)
    for verb in ("cancel_for", "undo"):
        by_desk(verb)(consultation, None, desk)
    visit.refresh_from_db()
    assert (consultation.status, visit.status) == (RequestStatus.CONFIRMED, "booked")
    assert consultation.respond_by is not None and visit.start == TEN
    assert kinds(consultation) == ["confirmed"] and consistent()
