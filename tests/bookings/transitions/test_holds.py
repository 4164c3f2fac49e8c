"""How long a first choice is held, and what becomes of it when the address is confirmed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from bookings import transitions
from bookings.enums import AppointmentStatus, RequestStatus
from bookings.errors import BookingError, InvalidTransition, TimeTaken
from bookings.models import Appointment
from bookings.schedule import claims
from tests.factories import MONDAY, make_ask, make_person, make_request

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)
LATER = MONDAY + timedelta(minutes=16)
FRIDAY_EVENING = datetime(2026, 11, 20, 18, tzinfo=UTC)
NEXT_MORNING = datetime(2026, 11, 23, 9, tzinfo=UTC)


def asked(clinic, start=TEN, **kwargs):
    service, location, _people = clinic
    return make_request(service, location, start=start, **kwargs)


def held(request):
    return request.appointments.filter(status=AppointmentStatus.PROPOSED).first()


def consistent(now):
    return list(claims.inconsistencies(now)) == []


@pytest.mark.postgresql
def test_confirming_beats_the_worker_ending_the_hold(clinic):
    """The worker reads what has lapsed, then the patient is faster."""
    consultation = asked(clinic, verified=False)
    (found,) = Appointment.objects.lapsed(LATER).select_related("request__location")
    assert transitions.verify(consultation, now=LATER) is True
    with pytest.raises(BookingError):
        transitions.expiry._lapse(found, now=LATER)
    assert held(consultation) and consistent(LATER)


def test_a_free_time_is_held_again(clinic):
    consultation = asked(clinic, verified=False)
    transitions.expire_due(now=LATER)
    consultation.refresh_from_db()
    assert transitions.verify(consultation, now=LATER) is True
    assert (
        held(consultation).start == TEN
        and held(consultation).hold_expires_at == consultation.respond_by
    )
    received = consultation.messages.get(kind="received").email.message
    assert "We are holding Tuesday 24 November, 10am for you" in received
    assert consistent(LATER)


def test_a_time_that_is_gone_meanwhile_is_not(clinic):
    consultation = asked(clinic, verified=False)
    transitions.expire_due(now=LATER)
    for n in range(2):
        asked(clinic, now=LATER, email=f"{n}@example.org")
    consultation.refresh_from_db()
    assert transitions.verify(consultation, now=LATER) is False
    assert consultation.status == RequestStatus.SUBMITTED and held(consultation) is None
    assert consistent(LATER)


def test_an_answer_is_promised_before_the_time(clinic):
    """Asked on Friday evening for Monday at nine: eight working hours later would be five o'clock."""
    consultation = asked(clinic, start=NEXT_MORNING, now=FRIDAY_EVENING)
    assert consultation.respond_by == held(consultation).hold_expires_at == NEXT_MORNING


def test_the_same_on_the_phone(clinic):
    service, location, _people = clinic
    person = make_person(email="", phone="+442079460123", contact_by="phone")
    ask = make_ask(service, location, starts=[NEXT_MORNING])
    consultation = transitions.submit(ask, person, idempotency_key="k", now=FRIDAY_EVENING)
    assert consultation.respond_by == NEXT_MORNING


def test_an_unanswered_question_is_not_our_delay(clinic, desk):
    """Asked a minute before the hold ends: the question is still in its time to be taken back."""
    consultation = asked(clinic)
    ends = held(consultation).hold_expires_at
    before = {"actor": desk, "version": consultation.version, "now": ends - timedelta(minutes=1)}
    transitions.ask_question(consultation, question="Since when?", **before)

    transitions.expire_due(now=ends)

    assert held(consultation) is None
    assert not consultation.messages.get(kind="question").superseded
    assert not consultation.messages.filter(kind="hold_lapsed").exists()
    told = consultation.messages.get(kind="unanswered").email.message
    assert "no longer holding Tuesday 24 November" in told and "we have not answered" not in told


def test_answering_our_question_extends_the_hold(clinic, desk):
    consultation = asked(clinic, start=TEN + timedelta(days=2))
    transitions.ask_question(
        consultation, actor=desk, version=consultation.version, now=MONDAY, question="Since when?"
    )
    later = MONDAY + timedelta(hours=8)
    transitions.answer(consultation, now=later, message="May.")
    assert (
        held(consultation).hold_expires_at == consultation.respond_by > MONDAY + timedelta(days=1)
    )
    assert consistent(later)


def test_answering_late_may_lose_the_time(clinic, desk):
    start = TEN + timedelta(days=1)
    consultation = asked(clinic, start=start)
    given = {"actor": desk, "version": consultation.version, "now": MONDAY}
    transitions.ask_question(consultation, question="Since when?", **given)
    ends = held(consultation).hold_expires_at
    for n in range(2):
        asked(clinic, start=start, now=ends, email=f"{n}@example.org", verified=False)
    transitions.answer(consultation, now=ends, message="May.")
    assert consultation.status == RequestStatus.IN_REVIEW and held(consultation) is None
    assert consultation.events.filter(verb="lapse").exists() and consistent(ends)


def test_no_time_that_has_begun_is_held_on(clinic, desk):
    consultation = asked(clinic)
    transitions.ask_question(
        consultation, actor=desk, version=consultation.version, now=MONDAY, question="Since when?"
    )
    transitions.answer(consultation, now=TEN, message="May.")
    assert held(consultation).hold_expires_at < TEN


def test_an_answer_is_promised_before_the_visit(visit):
    consultation, evening = visit.request, MONDAY + timedelta(hours=10)
    transitions.ask_to_move(consultation, now=evening, message="Later?")
    assert consultation.respond_by == visit.start


def test_a_time_that_has_begun_is_not_confirmed(clinic, desk):
    consultation = asked(clinic)
    with pytest.raises(TimeTaken):
        transitions.confirm(consultation, actor=desk, version=consultation.version, now=TEN)
    consultation.refresh_from_db()
    assert consultation.status == RequestStatus.SUBMITTED


def test_confirming_a_closed_request_is_refused(clinic):
    consultation = asked(clinic, verified=False)
    transitions.expire(consultation, now=MONDAY + timedelta(days=1))
    with pytest.raises(InvalidTransition):
        transitions.verify(consultation, now=MONDAY + timedelta(days=1))


@pytest.mark.postgresql
@pytest.mark.parametrize("wrong", [{"status": "lost"}, {"status": AppointmentStatus.BOOKED}])
def test_the_database_refuses_what_no_transition_writes(clinic, wrong):
    asked(clinic)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.update(**wrong)
    assert Appointment.objects.get().status == AppointmentStatus.PROPOSED


@pytest.mark.postgresql
def test_a_hold_that_lasts_keeps_its_very_cells(clinic):
    consultation = asked(clinic, verified=False)
    before = set(held(consultation).claims.values_list("pk", flat=True))
    transitions.verify(consultation, now=MONDAY)
    visit = held(consultation)
    assert set(visit.claims.values_list("pk", flat=True)) == before
    assert set(visit.claims.values_list("expires_at", flat=True)) == {consultation.respond_by}


def test_asking_and_confirming_stay_short(clinic, django_assert_max_num_queries):
    """Half of their time goes into queries (benchmarks/README.md)."""
    with django_assert_max_num_queries(38):  # two of them are known where pages are cached
        consultation = asked(clinic, verified=False)
    with django_assert_max_num_queries(27):  # two of them tell staff, one reads the safety answers
        transitions.verify(consultation, now=MONDAY)
