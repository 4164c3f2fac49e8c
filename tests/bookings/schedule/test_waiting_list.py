"""The waiting list: who is matched with a time that came free, in which order, and why."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bookings import transitions
from bookings.enums import AppointmentStatus, DayPart, RequestStatus
from bookings.errors import InvalidTransition
from bookings.models import WaitingListEntry
from bookings.schedule import claims
from bookings.schedule.waiting_list import WaitingList
from bookings.transitions import Waiting
from tests.factories import MONDAY, ServiceFactory, make_clinic, make_request

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)  # a Tuesday
TUESDAY, THURSDAY = 1, 3
JANUARY = date(2027, 1, 4)


@pytest.fixture
def clinic(db):
    """One practitioner, so that a booked time is taken."""
    return make_clinic()


def waits(clinic, email, *, weekdays=(), parts=(), now=MONDAY, until=JANUARY, **changes):
    service, location, _people = clinic
    return make_request(
        changes.pop("service", service),
        location,
        email=f"{email}@example.org",
        now=now,
        waiting=Waiting(weekdays, until),
        parts=parts,
        **changes,
    )


@pytest.fixture
def visit(clinic, desk):
    """Tuesday at ten is booked."""
    service, location, _people = clinic
    consultation = make_request(service, location, start=TEN, email="booked@example.org")
    return transitions.confirm(consultation, actor=desk, version=consultation.version, now=MONDAY)


def matched(visit, now=MONDAY):
    return [m.request.email.split("@")[0] for m in WaitingList(now=now).matches(visit)]


def give_back(visit):
    transitions.withdraw(visit.request, now=MONDAY)
    visit.refresh_from_db()


@pytest.mark.postgresql
def test_waiting_starts_once_address_is_confirmed(clinic):
    consultation = waits(clinic, "a", weekdays=[TUESDAY], parts=[DayPart.MORNING])
    assert (consultation.status, consultation.waiting.until) == (RequestStatus.WAITLISTED, JANUARY)
    assert [e.verb for e in consultation.events.all()] == ["submit", "verify", "join_waiting_list"]
    kinds = [m.kind for m in consultation.messages.filter(superseded=False)]
    assert kinds == ["waitlisted"] and not consultation.appointments.exists()


def test_staff_can_add_somebody_without_wishes(clinic, desk):
    service, location, _people = clinic
    consultation = make_request(service, location, start=TEN)
    transitions.waitlist(consultation, actor=desk, version=consultation.version, now=MONDAY)
    assert consultation.waiting.weekdays == [] and consultation.waiting.until == date(2027, 1, 18)


def test_nobody_is_matched_while_the_time_is_held(clinic, visit):
    waits(clinic, "a")
    assert matched(visit) == []
    give_back(visit)
    assert matched(visit) == ["a"]


def test_more_wishes_first_then_longest_wait(clinic, visit):
    earlier = MONDAY - timedelta(days=9)
    waits(clinic, "any-late")
    waits(clinic, "any-early", now=earlier)
    waits(clinic, "tuesday", weekdays=[TUESDAY])
    waits(clinic, "tuesday-morning", weekdays=[TUESDAY], parts=[DayPart.MORNING])
    waits(clinic, "with-her", practitioner=visit.practitioner, weekdays=[TUESDAY, THURSDAY])
    give_back(visit)
    assert matched(visit) == ["tuesday-morning", "with-her", "tuesday", "any-early", "any-late"]


def test_each_match_says_why(clinic, visit):
    waits(clinic, "a", weekdays=[TUESDAY], now=MONDAY - timedelta(days=9))
    give_back(visit)
    (match,) = WaitingList(now=MONDAY).matches(visit)
    assert match.reasons == [
        "wants Tuesday",
        "any hour",
        "any practitioner",
        "waits 9 days",
        "60 minutes are free",
    ]


def test_who_cannot_come_then_is_not_asked(clinic, visit):
    waits(clinic, "thursdays", weekdays=[THURSDAY])
    waits(clinic, "evenings", parts=[DayPart.EVENING])
    waits(clinic, "too-long-ago", until=date(2026, 11, 23))
    waits(clinic, "longer", service=longer_service(visit))
    give_back(visit)
    assert matched(visit) == []


def longer_service(visit):
    """Three hours at ten only fit where nothing stands around; eleven o'clock is taken by a second."""
    service = ServiceFactory(duration_minutes=180, step_minutes=60)
    service.practitioners.add(visit.practitioner)
    for hour in (9, 11):
        make_request(
            visit.service,
            visit.location,
            start=TEN.replace(hour=hour),
            email=f"at{hour}@example.org",
        )
    return service


def test_an_exact_wish_counts_on_any_day(clinic, visit, desk):
    service, location, _people = clinic
    later = TEN + timedelta(hours=1)
    consultation = make_request(service, location, start=later, parts=[DayPart.EVENING])
    transitions.waitlist(consultation, actor=desk, version=consultation.version, now=MONDAY)
    give_back(visit)
    assert matched(visit) == []  # ten is neither eleven o'clock nor in the evening
    other = make_request(service, location, start=later, email="b@example.org")
    transitions.withdraw(other, now=MONDAY)
    (match,) = WaitingList(now=MONDAY).matches(other.appointments.get())
    assert match.request == consultation and match.reasons[0] == "asked for this very time"


def test_freed_times_listed_once_while_free(clinic, visit):
    waits(clinic, "a")
    give_back(visit)
    assert [f.appointment for f in WaitingList(now=MONDAY).freed()] == [visit]
    make_request(visit.service, visit.location, start=TEN, email="quick@example.org")
    assert WaitingList(now=MONDAY).freed() == []


def test_waiting_list_query_count_is_constant(clinic, visit, django_assert_max_num_queries):
    for n in range(6):
        waits(clinic, f"p{n}")
    give_back(visit)
    with django_assert_max_num_queries(12):
        waiting = WaitingList(now=MONDAY)
        assert waiting.freed() and all(list(waiting.suiting(r)) for r in waiting.requests)


def test_refused_or_undone_offer_keeps_place(clinic, desk, visit):
    consultation = waits(clinic, "a")
    joined = consultation.waiting.joined_at
    give_back(visit)
    for leave in (
        lambda: transitions.refuse(consultation, now=MONDAY),
        lambda: transitions.undo(
            consultation, actor=desk, version=consultation.version, now=MONDAY
        ),
    ):
        transitions.offer(
            consultation, actor=desk, version=consultation.version, now=MONDAY, times=[(TEN, None)]
        )
        leave()
        assert consultation.status == RequestStatus.WAITLISTED
    assert WaitingListEntry.objects.get(request=consultation).joined_at == joined
    assert list(claims.inconsistencies(MONDAY)) == []


def offer(request, desk, now=MONDAY):
    given = {"actor": desk, "version": request.version, "now": now}
    return transitions.offer(request, times=[(TEN, None)], **given)


def test_lapsed_offer_keeps_place_and_shows(clinic, desk, visit):
    consultation = waits(clinic, "a", now=MONDAY - timedelta(days=9))
    waits(clinic, "b")
    give_back(visit)
    assert matched(visit) == ["a", "b"]
    (offered,) = offer(consultation, desk)
    transitions.expire_due(now=offered.hold_expires_at)
    consultation.refresh_from_db()
    assert (consultation.status, consultation.respond_by) == (RequestStatus.WAITLISTED, None)
    said = consultation.messages.get(kind="lapsed").email.message
    assert "You are still on our waiting list until Monday 4 January 2027" in said
    assert "We will answer you by" not in said
    other = make_request(visit.service, visit.location, start=TEN + timedelta(days=2))
    transitions.withdraw(other, now=MONDAY)
    first, second = WaitingList(now=TEN).matches(other.appointments.get())
    assert first.request == consultation and "did not answer an offer" in first.reasons
    assert "did not answer an offer" not in second.reasons


def test_lapsed_offer_after_wait_goes_to_review(clinic, desk, visit):
    consultation = waits(clinic, "a", until=date(2026, 11, 23))
    give_back(visit)
    offer(consultation, desk)
    transitions.expire_due(now=TEN)
    consultation.refresh_from_db()
    assert consultation.status == RequestStatus.IN_REVIEW and consultation.respond_by
    assert "waiting list" not in consultation.messages.get(kind="lapsed").email.message


def test_a_question_undone_keeps_the_place(clinic, desk):
    consultation = waits(clinic, "a")
    transitions.ask_question(
        consultation, actor=desk, version=consultation.version, now=MONDAY, question="Which day?"
    )
    transitions.undo(consultation, actor=desk, version=consultation.version, now=MONDAY)
    assert consultation.status == RequestStatus.WAITLISTED


@pytest.mark.postgresql
def test_undone_visit_has_a_promised_answer_time(clinic, desk):
    consultation = waits(clinic, "a")
    given = {"actor": desk, "now": MONDAY}
    transitions.confirm(consultation, version=consultation.version, start=TEN, **given)
    transitions.undo(consultation, version=consultation.version, **given)
    assert consultation.status == RequestStatus.IN_REVIEW and consultation.respond_by > MONDAY


def test_an_accepted_offer_is_booked(clinic, desk, visit):
    consultation = waits(clinic, "a")
    give_back(visit)
    (offered,) = transitions.offer(
        consultation, actor=desk, version=consultation.version, now=MONDAY, times=[(TEN, None)]
    )
    transitions.accept(consultation, appointment=offered, now=MONDAY)
    assert offered.status == AppointmentStatus.BOOKED and WaitingList(now=MONDAY).requests == []


def test_cancelled_by_clinic_is_not_waitlisted(clinic, desk, visit):
    """The list led to a visit, which the clinic cancelled."""
    consultation = waits(clinic, "a")
    give_back(visit)
    common = {"actor": desk, "now": MONDAY}
    booked = transitions.confirm(consultation, version=consultation.version, start=TEN, **common)
    transitions.cancel(booked, **common)
    consultation.refresh_from_db()
    transitions.offer(consultation, version=consultation.version, times=[(TEN, None)], **common)
    transitions.refuse(consultation, now=MONDAY)
    assert consultation.status == RequestStatus.IN_REVIEW and consultation.respond_by


@pytest.mark.postgresql
def test_joining_later_gives_the_held_time_back(clinic, desk):
    service, location, _people = clinic
    consultation = make_request(service, location, start=TEN)
    transitions.join_waiting_list(
        consultation, Waiting([THURSDAY], JANUARY), parts=[DayPart.MORNING], now=MONDAY
    )
    assert consultation.status == RequestStatus.WAITLISTED
    assert not consultation.appointments.filter(status=AppointmentStatus.PROPOSED).exists()
    transitions.join_waiting_list(consultation, Waiting([], JANUARY), parts=[], now=MONDAY)
    consultation.waiting.refresh_from_db()
    assert consultation.waiting.weekdays == []
    assert [p.start for p in consultation.preferences.all()] == [TEN]
    assert [e.verb for e in consultation.events.all()][-2:] == [
        "join_waiting_list",
        "change_waiting",
    ]


def test_leaving_closes_the_request(clinic, visit):
    consultation = waits(clinic, "a")
    transitions.leave_waiting_list(consultation, now=MONDAY)
    assert consultation.status == RequestStatus.WITHDRAWN
    with pytest.raises(InvalidTransition):
        transitions.leave_waiting_list(consultation, now=MONDAY)
    give_back(visit)
    assert matched(visit) == []


@pytest.mark.postgresql
def test_wait_ends_and_patient_is_told(clinic):
    consultation = waits(clinic, "a", until=date(2026, 11, 30))
    transitions.expire_due(now=datetime(2026, 11, 30, 23, tzinfo=UTC))
    consultation.refresh_from_db()
    assert consultation.status == RequestStatus.WAITLISTED
    transitions.expire_due(now=datetime(2026, 12, 1, 1, tzinfo=UTC))
    consultation.refresh_from_db()
    assert consultation.status == RequestStatus.EXPIRED
    assert consultation.messages.filter(kind="waiting_over", superseded=False).exists()
