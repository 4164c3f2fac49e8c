"""What staff answer, what the patient does then, and the tables of both: verb by verb."""

from datetime import UTC, datetime, timedelta

import pytest
from post_office.models import STATUS

from bookings import enums, transitions
from bookings.enums import AppointmentStatus, DeclineReason, RequestStatus
from bookings.errors import InvalidTransition, StaleVersion, TimeTaken
from bookings.models import ConsultationRequest, Event, TimeClaim
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed, consistent, kinds, verbs
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db


# --- answering -------------------------------------------------------------------------------------


def test_confirm_books_the_held_time(clinic, desk):
    consultation, visit = confirmed(clinic, desk)
    assert (consultation.status, visit.status) == (
        RequestStatus.CONFIRMED,
        AppointmentStatus.BOOKED,
    )
    assert visit.start == TEN and visit.hold_expires_at is None
    event = consultation.events.last()
    assert (event.verb, event.actor, event.from_status) == ("confirm", desk.user, "submitted")
    mail = consultation.messages.get(kind="confirmed").email
    assert mail.scheduled_time == MONDAY + timedelta(minutes=2)
    assert mail.attachments.get().mimetype.startswith("text/calendar; method=REQUEST")
    assert consistent()


def test_confirming_another_time_releases_the_hold(clinic, desk):
    consultation = asked(clinic)
    held = consultation.appointments.get()
    visit = transitions.confirm(
        consultation, actor=desk, version=consultation.version, now=MONDAY, start=ELEVEN
    )
    held.refresh_from_db()
    assert visit.start == ELEVEN and held.status == AppointmentStatus.CANCELLED
    assert not held.claims.exists() and consistent()


@pytest.mark.postgresql
def test_the_second_receptionist_learns_who_was_first(clinic, desk):
    consultation = asked(clinic)
    same = type(consultation).objects.get(pk=consultation.pk)
    transitions.confirm(consultation, actor=desk, version=consultation.version, now=MONDAY)
    with pytest.raises(StaleVersion, match="Ruth Desk"):
        transitions.decline(
            same, actor=desk, version=same.version, now=MONDAY, reason=DeclineReason.OTHER
        )
    assert kinds(consultation) == ["confirmed"]


def test_patients_do_not_learn_staff_names(clinic, desk):
    consultation = asked(clinic)
    same = type(consultation).objects.get(pk=consultation.pk)
    transitions.assign(
        consultation, actor=desk, to=desk.user, version=consultation.version, now=MONDAY
    )
    with pytest.raises(StaleVersion) as caught:
        transitions.withdraw(same, now=MONDAY)
    assert "Ruth" not in str(caught.value)


def test_confirming_a_taken_time_changes_nothing(clinic, desk):
    service, _location, (one, two) = clinic
    service.practitioners.remove(two)
    asked(clinic, email="b@example.org")
    consultation = asked(clinic, start=ELEVEN)
    version = consultation.version
    with pytest.raises(TimeTaken):
        transitions.confirm(consultation, actor=desk, version=version, now=MONDAY, start=TEN)
    consultation.refresh_from_db()
    assert (consultation.status, consultation.version) == (RequestStatus.SUBMITTED, version)
    assert consultation.appointments.get().status == AppointmentStatus.PROPOSED and consistent()


def test_only_staff_may_book_at_short_notice(clinic, desk):
    consultation = asked(clinic)
    soon = datetime(2026, 11, 23, 15, tzinfo=UTC)
    with pytest.raises(TimeTaken):
        asked(clinic, start=soon, email="b@example.org")
    visit = transitions.confirm(
        consultation, actor=desk, version=consultation.version, now=MONDAY, start=soon
    )
    assert visit.start == soon


def test_decline_frees_the_time_and_says_why(clinic, desk):
    consultation = asked(clinic)
    transitions.decline(
        consultation,
        actor=desk,
        version=consultation.version,
        now=MONDAY,
        reason=DeclineReason.SEE_DOCTOR,
        message="Please see your doctor.",
    )
    assert consultation.status == RequestStatus.DECLINED and consultation.closed_at == MONDAY
    assert not TimeClaim.objects.exists()
    assert "Please see your doctor." in consultation.messages.get(kind="declined").email.message


def test_a_message_is_never_read_as_a_template(clinic, desk):
    consultation = asked(clinic)
    text = "{{ settings.SECRET_KEY }} {% now %} <script>alert(1)</script>"
    transitions.decline(
        consultation,
        actor=desk,
        version=consultation.version,
        now=MONDAY,
        reason=DeclineReason.OTHER,
        message=text,
    )
    mail = consultation.messages.get(kind="declined").email
    assert text in mail.message
    assert "<script>" not in mail.html_message and "{{ settings" in mail.html_message


def test_offer_and_accept(clinic, desk):
    consultation = asked(clinic)
    offered = transitions.offer(
        consultation,
        actor=desk,
        version=consultation.version,
        now=MONDAY,
        times=[(ELEVEN, None), (ELEVEN + timedelta(hours=2), None)],
    )
    assert consultation.status == RequestStatus.OFFERED
    assert [a.status for a in offered] == [AppointmentStatus.PENDING] * 2
    transitions.accept(consultation, appointment=offered[1], now=MONDAY)
    offered[0].refresh_from_db()
    assert offered[0].status == AppointmentStatus.CANCELLED
    assert consultation.appointments.get(status=AppointmentStatus.BOOKED) == offered[1]
    assert kinds(consultation) == ["confirmed"] and consistent()


def test_refuse_goes_back_to_the_desk(clinic, desk):
    consultation = asked(clinic)
    transitions.offer(
        consultation, actor=desk, version=consultation.version, now=MONDAY, times=[(ELEVEN, None)]
    )
    transitions.refuse(consultation, now=MONDAY)
    assert consultation.status == RequestStatus.IN_REVIEW
    assert not TimeClaim.objects.exists() and consistent()


def test_an_offer_lapses_by_itself(clinic, desk):
    consultation = asked(clinic)
    (offered,) = transitions.offer(
        consultation, actor=desk, version=consultation.version, now=MONDAY, times=[(ELEVEN, None)]
    )
    transitions.expire_due(now=offered.hold_expires_at)
    consultation.refresh_from_db()
    assert consultation.status == RequestStatus.IN_REVIEW
    with pytest.raises(InvalidTransition):
        offered.refresh_from_db()
        transitions.accept(consultation, appointment=offered, now=offered.start)
    assert kinds(consultation)[-1] == "lapsed" and consistent(ELEVEN)


def offered_twice(clinic, desk):
    """Tuesday at eleven and Thursday at eleven, on Monday."""
    consultation = asked(clinic)
    thursday = ELEVEN + timedelta(days=2)
    times = [(thursday, None), (ELEVEN, None)]
    given = {"actor": desk, "version": consultation.version, "now": MONDAY}
    return consultation, *transitions.offer(consultation, times=times, **given)


def test_each_offered_time_lapses_by_itself(clinic, desk):
    consultation, later, first = offered_twice(clinic, desk)
    assert first.hold_expires_at == ELEVEN
    assert later.hold_expires_at == MONDAY + timedelta(hours=48)
    transitions.expire_due(now=ELEVEN)
    consultation.refresh_from_db()
    later.refresh_from_db()
    assert consultation.status == RequestStatus.OFFERED and "lapsed" not in kinds(consultation)
    assert [one.pk for one in consultation.appointments.pending()] == [later.pk]
    transitions.accept(consultation, appointment=later, now=ELEVEN)
    assert consultation.status == RequestStatus.CONFIRMED and consistent(ELEVEN)


def test_an_offer_ends_with_its_last_time(clinic, desk):
    consultation, later, _first = offered_twice(clinic, desk)
    for now in (ELEVEN, later.hold_expires_at):
        transitions.expire_due(now=now)
    consultation.refresh_from_db()
    assert consultation.status == RequestStatus.IN_REVIEW and kinds(consultation)[-1] == "lapsed"


def test_the_mail_says_which_hold_ends_earlier(clinic, desk):
    consultation, later, first = offered_twice(clinic, desk)
    mail = consultation.messages.get(kind="offered").email.message
    assert "We are holding these times for you until Wednesday 25 November, 8am:" in mail
    assert f"11am, {first.practitioner.name} (please answer before it begins)\n" in mail
    assert f"11am, {later.practitioner.name}\n" in mail


def test_a_lapsed_offer_cannot_be_accepted(clinic, desk):
    consultation = asked(clinic)
    (offered,) = transitions.offer(
        consultation, actor=desk, version=consultation.version, now=MONDAY, times=[(ELEVEN, None)]
    )
    with pytest.raises(TimeTaken, match="no longer held for you"):
        transitions.accept(consultation, appointment=offered, now=offered.hold_expires_at)
    consultation.refresh_from_db()
    assert consultation.status == RequestStatus.OFFERED


def test_an_address_never_confirmed_expires_in_silence(clinic):
    consultation = asked(clinic, verified=False)
    transitions.expire_due(now=MONDAY + timedelta(minutes=15))
    consultation.refresh_from_db()
    assert consultation.status == RequestStatus.UNVERIFIED and not TimeClaim.objects.exists()
    transitions.expire_due(now=MONDAY + timedelta(hours=24))
    consultation.refresh_from_db()
    assert consultation.status == RequestStatus.EXPIRED
    assert kinds(consultation) == [] and consistent()


@pytest.mark.postgresql
def test_a_round_ends_only_so_many(clinic, monkeypatch):
    monkeypatch.setattr("bookings.transitions.expiry.AT_ONCE", 2)
    for n in range(3):
        start = TEN + timedelta(hours=n)
        asked(clinic, start=start, verified=False, email=f"p{n}@example.org")
    late = MONDAY + timedelta(hours=24)
    rounds = [transitions.expire_due(now=late) for _ in range(3)]
    left = ConsultationRequest.objects.filter(status=RequestStatus.UNVERIFIED)
    assert not left.exists() and rounds[-1] == 0 and max(rounds) <= 4


def test_ask_and_answer(clinic, desk):
    consultation = asked(clinic)
    transitions.ask_question(
        consultation, actor=desk, version=consultation.version, now=MONDAY, question="Since when?"
    )
    assert consultation.status == RequestStatus.INFO_NEEDED
    transitions.answer(consultation, now=MONDAY, message="May.")
    assert (consultation.status, consultation.patient_message) == (RequestStatus.IN_REVIEW, "May.")


@pytest.mark.postgresql
def test_waitlist_spam_and_reopen(clinic, desk):
    consultation = asked(clinic)
    transitions.waitlist(consultation, actor=desk, version=consultation.version, now=MONDAY)
    assert consultation.status == RequestStatus.WAITLISTED and not TimeClaim.objects.exists()
    transitions.mark_spam(consultation, actor=desk, version=consultation.version, now=MONDAY)
    assert kinds(consultation) == []
    transitions.reopen(
        consultation, actor=desk, version=consultation.version, now=MONDAY, why="Mistake"
    )
    assert consultation.status == RequestStatus.IN_REVIEW and consultation.closed_at is None
    assert consultation.events.filter(why="Mistake").exists()


def test_undo_takes_an_unsent_answer_back(clinic, desk):
    consultation = asked(clinic)
    transitions.decline(
        consultation,
        actor=desk,
        version=consultation.version,
        now=MONDAY,
        reason=DeclineReason.OTHER,
    )
    mail = consultation.messages.get(kind="declined").email
    transitions.reopen(
        consultation, actor=desk, version=consultation.version, now=MONDAY, why="Wrong one"
    )
    mail.refresh_from_db()
    assert mail.status not in {STATUS.queued, STATUS.requeued, STATUS.sent}


# --- managing and the visit ------------------------------------------------------------------------


def test_withdraw_frees_everything_and_cancels_in_the_calendar(clinic, desk):
    consultation, visit = confirmed(clinic, desk)
    sequence = visit.ics_sequence
    transitions.withdraw(consultation, now=MONDAY)
    visit.refresh_from_db()
    assert consultation.status == RequestStatus.WITHDRAWN
    assert visit.status == AppointmentStatus.CANCELLED and visit.ics_sequence == sequence + 1
    assert not TimeClaim.objects.exists()
    mail = consultation.messages.get(kind="withdrawn").email
    assert "method=CANCEL" in mail.attachments.get().mimetype


def test_nobody_withdraws_once_the_visit_has_begun(clinic, desk):
    consultation, visit = confirmed(clinic, desk)
    with pytest.raises(InvalidTransition):
        transitions.withdraw(consultation, now=visit.start)


def test_move_keeps_the_calendar_event(clinic, desk):
    consultation, old = confirmed(clinic, desk)
    uid, sequence = old.ics_uid, old.ics_sequence
    transitions.ask_to_move(consultation, now=MONDAY, message="Afternoon, please.")
    (offered,) = transitions.offer(
        consultation, actor=desk, version=consultation.version, now=MONDAY, times=[(ELEVEN, None)]
    )
    old.refresh_from_db()
    assert old.status == AppointmentStatus.BOOKED and offered.replaces == old
    transitions.accept(consultation, appointment=offered, now=MONDAY)
    old.refresh_from_db()
    offered.refresh_from_db()
    assert old.status == AppointmentStatus.CANCELLED
    assert offered.ics_uid == uid and offered.ics_sequence > sequence
    assert consistent()


def test_keep_after_asking_to_move(clinic, desk):
    consultation, visit = confirmed(clinic, desk)
    transitions.ask_to_move(consultation, now=MONDAY, message="Later?")
    transitions.keep_appointment(consultation, now=MONDAY)
    assert consultation.status == RequestStatus.CONFIRMED
    visit.refresh_from_db()
    assert visit.status == AppointmentStatus.BOOKED


def test_the_visit(clinic, desk):
    _request, visit = confirmed(clinic, desk)
    for too_early in (transitions.fulfil, transitions.noshow):
        with pytest.raises(InvalidTransition):
            too_early(visit, actor=desk, now=visit.start - timedelta(minutes=1))
    transitions.arrive(visit, actor=desk, now=visit.start)
    transitions.fulfil(visit, actor=desk, now=visit.end)
    assert visit.status == AppointmentStatus.FULFILLED
    assert not visit.claims.exists() and consistent(visit.end)


def test_the_clinic_cancels_and_owes_another_time(clinic, desk):
    consultation, visit = confirmed(clinic, desk)
    transitions.cancel(visit, actor=desk, now=MONDAY, message="Amara is ill.")
    consultation.refresh_from_db()
    assert consultation.status == RequestStatus.IN_REVIEW and consultation.respond_by
    assert "Amara is ill." in consultation.messages.get(kind="cancelled").email.message


# --- the tables of states ------------------------------------------------------------------------


def test_every_status_has_its_row_in_the_tables():
    assert set(enums.REQUEST_TRANSITIONS) == set(RequestStatus)
    assert set(enums.APPOINTMENT_TRANSITIONS) == set(AppointmentStatus)
    assert enums.REQUEST_OPEN | enums.REQUEST_FINAL | {RequestStatus.CONFIRMED} == set(
        RequestStatus
    )


@pytest.mark.parametrize("status", sorted(RequestStatus))
def test_transitions_outside_the_table_are_refused(clinic, desk, status):
    consultation = asked(clinic)
    type(consultation).objects.filter(pk=consultation.pk).update(status=status)
    consultation.refresh_from_db()
    for to in set(RequestStatus) - enums.REQUEST_TRANSITIONS[status]:
        with pytest.raises(InvalidTransition):
            transitions.core.set_status(consultation, to, "x", actor=desk, now=MONDAY)
    assert verbs(consultation) == ["submit", "verify"]


@pytest.mark.postgresql
def test_an_event_is_written_once(clinic):
    event = asked(clinic).events.first()
    event.verb = "changed"
    with pytest.raises(TypeError):
        event.save()
    assert Event.objects.get(pk=event.pk).verb == "submit"
