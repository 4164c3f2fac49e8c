"""Two at once: the second changes nothing, and a member of staff reads who was first."""

from datetime import timedelta

import pytest

from bookings import transitions
from bookings.enums import APPOINTMENT_CAN_LAPSE, APPOINTMENT_TRANSITIONS, AppointmentStatus, Verb
from bookings.enums import RequestStatus as R
from bookings.errors import InvalidTransition, StaleVersion, TimeTaken
from bookings.models import Appointment, ConsultationRequest
from bookings.transitions import Answer, Anyway
from bookings.transitions.book import book
from bookings.transitions.core import PATIENT, set_appointment_status, set_status
from tests.bookings import written
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed
from tests.bookings.transitions import test_refused as of_requests
from tests.bookings.transitions.test_refused import by_desk, taken
from tests.factories import MONDAY, make_person

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ANSWERS = {
    "confirm": {"start": ELEVEN},
    "offer": {"times": [(ELEVEN, None)]},
    "decline": {"reason": "other"},
    "ask_question": {"question": "Since when?"},
    "waitlist": {},
    "mark_spam": {},
    "close_duplicate": {},
    "cancel_for": {},
    "correct_contact": {"person": make_person(name="Marta")},
    "send_link": {},
    "phone": {},
    "erase": {"because": "asked"},
}


@pytest.fixture
def fay(django_user_model):
    return transitions.staff(django_user_model.objects.create_user("fay"))


@pytest.mark.parametrize("verb", ANSWERS)
def test_an_old_page_names_the_colleague(clinic, desk, fay, verb):
    """Before anything else that speaks against it: the visit is booked, and over."""
    consultation, visit = confirmed(clinic, desk)
    before = written.stored()
    by = {"actor": fay, "version": consultation.version - 1, "now": visit.end}
    with pytest.raises(StaleVersion, match="^Ruth Desk has just answered this request"):
        getattr(transitions, verb)(consultation, **by, **ANSWERS[verb])
    assert written.stored() == before


@pytest.mark.parametrize("verb", ["confirm", "offer"])
def test_an_old_page_is_old_before_phoning(clinic, desk, verb):
    consultation = asked(clinic, answers=[Answer("An operation", "Yes", "hold", "1")])
    by = {"actor": desk, "version": consultation.version - 1, "now": MONDAY}
    with pytest.raises(StaleVersion, match="Someone else has just changed"):
        getattr(transitions, verb)(consultation, **by, **ANSWERS[verb])


def test_only_an_answer_makes_somebody_first(clinic, desk, fay):
    """Not a note since, nor the answer to another request; and a patient is not named."""
    consultation, _visit = confirmed(clinic, desk)
    other = asked(clinic, start=ELEVEN, email="b@example.org")
    later = {"actor": fay, "now": MONDAY + MINUTE}
    transitions.note(consultation, text="Phoned.", **later)
    transitions.waitlist(other, version=other.version, **later)
    for one, name in ((consultation, "Ruth Desk"), (other, "fay")):
        with pytest.raises(StaleVersion, match=f"^{name} has just answered"):
            transitions.mark_spam(one, version=one.version - 1, **later)
    transitions.withdraw(other, now=MONDAY + HOUR)
    with pytest.raises(StaleVersion, match="^Someone else"):
        transitions.mark_spam(other, version=other.version - 1, **later)


def test_booked_a_moment_ago_is_somebody_faster(clinic, desk):
    other = asked(clinic, start=ELEVEN, email="b@example.org")
    consultation = asked(clinic)
    same = ConsultationRequest.objects.get(pk=consultation.pk)
    by_desk("confirm")(consultation, None, desk)
    assert other.version == same.version
    with pytest.raises(StaleVersion, match="Ruth Desk"):
        by_desk("decline", reason="other")(same, None, desk)


def test_only_staff_read_the_status(clinic, desk):
    consultation, _visit = of_requests.declined(clinic, desk)
    with pytest.raises(InvalidTransition, match="This request is now “declined”"):
        by_desk("ask_question", question="Since when?")(consultation, None, desk)
    with pytest.raises(InvalidTransition, match="^That is no longer possible"):
        set_status(consultation, R.CONFIRMED, Verb.ACCEPT, actor=PATIENT, now=MONDAY)


def test_taken_back_only_from_what_was_withdrawn(clinic, desk):
    consultation = asked(clinic, verified=False)
    for to in (R.CONFIRMED, R.WAITLISTED):
        with pytest.raises(InvalidTransition):
            set_status(consultation, to, Verb.UNDO, actor=desk, now=MONDAY)


@pytest.mark.both
def test_columns_that_were_not_read_stay_unread(clinic, desk):
    asked(clinic)
    consultation = ConsultationRequest.objects.defer("answered_at").get()
    taken(clinic, ELEVEN)
    with pytest.raises(TimeTaken):
        by_desk("confirm", start=ELEVEN)(consultation, None, desk)
    assert consultation.answered_at is None


@pytest.mark.parametrize("status", AppointmentStatus)
def test_a_visit_goes_where_its_table_leads(visit, status):
    until = visit.start if status in APPOINTMENT_CAN_LAPSE else None
    Appointment.objects.update(status=status, hold_expires_at=until)
    visit.refresh_from_db()
    before = written.stored()
    for to in set(AppointmentStatus) - APPOINTMENT_TRANSITIONS[status]:
        with pytest.raises(InvalidTransition):
            set_appointment_status(visit, to, now=MONDAY)
    assert visit.status == status and written.stored() == before


def test_a_visit_that_changed_meanwhile_is_left(visit):
    same = Appointment.objects.get(pk=visit.pk)
    set_appointment_status(visit, AppointmentStatus.CANCELLED, now=MONDAY)
    before = written.stored()
    with pytest.raises(StaleVersion):
        set_appointment_status(same, AppointmentStatus.ARRIVED, now=MONDAY)
    assert same.status == AppointmentStatus.BOOKED and written.stored() == before


def test_a_change_of_a_visit_is_in_memory(visit):
    set_appointment_status(visit, AppointmentStatus.CANCELLED, now=MONDAY, because="clinic")
    assert (visit.status, visit.cancelled_because, visit.ics_sequence) == ("cancelled", "clinic", 2)


@pytest.mark.both
@pytest.mark.parametrize("how", ["offered", "free", "anyway"])
def test_a_request_has_one_booked_visit(clinic, desk, how):
    """Somebody has just booked one, whichever way the second comes."""
    consultation, _visit = of_requests.moving(clinic, desk)
    by_desk("offer", times=[(ELEVEN, None)])(consultation, None, desk)
    offered = consultation.appointments.pending().get()
    start = TEN + 14 * HOUR
    about = {"practitioner": clinic[2][0], "now": MONDAY}
    code = transitions.against(*clinic[:2], start, **about).code
    with pytest.raises(StaleVersion):
        if how == "offered":
            set_appointment_status(offered, AppointmentStatus.BOOKED, now=MONDAY)
        elif how == "free":
            book(consultation, TEN + 3 * HOUR, now=MONDAY)
        else:
            book(consultation, start, anyway=Anyway("They insist.", code), actor=desk, **about)
