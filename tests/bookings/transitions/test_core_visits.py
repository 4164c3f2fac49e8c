"""What `core` does beside the two statuses: whom a change of a visit tells, and what an answer counts."""

from datetime import timedelta

import pytest

from bookings import transitions
from bookings.enums import AppointmentStatus, CancelledBecause, RequestStatus, Verb
from bookings.models import Practitioner, StaffNotice, WebhookDelivery
from bookings.transitions.core import record, set_appointment_status, set_status
from tests.bookings.messages.test_webhooks import make_endpoint
from tests.bookings.steps import TEN, asked
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
BOOKED, CANCELLED = AppointmentStatus.BOOKED, AppointmentStatus.CANCELLED
ARRIVED, NOSHOW = AppointmentStatus.ARRIVED, AppointmentStatus.NOSHOW
CLINIC, MOVED = CancelledBecause.CLINIC, CancelledBecause.MOVED


@pytest.mark.parametrize(
    ("changes", "practitioner", "system"),
    [
        ([(BOOKED, None)], ["confirm"], ["visit.booked"]),
        ([(CANCELLED, CLINIC)], [], []),
        ([(BOOKED, None), (ARRIVED, None)], ["confirm"], ["visit.booked", "visit.arrived"]),
        ([(BOOKED, None), (NOSHOW, None)], ["confirm"], ["visit.booked", "visit.noshow"]),
        (
            [(BOOKED, None), (ARRIVED, None), (BOOKED, None)],
            ["confirm"],
            ["visit.booked", "visit.arrived", "visit.booked"],
        ),
    ],
)
def test_whom_a_change_of_a_visit_tells(clinic, django_user_model, changes, practitioner, system):
    user = django_user_model.objects.create_user("amara", email="amara@clinic.example")
    Practitioner.objects.filter(resource=clinic[2][0]).update(user=user)
    make_endpoint()
    visit = asked(clinic).appointments.get()
    for to, because in changes:
        set_appointment_status(visit, to, now=MONDAY, because=because)
    told = StaffNotice.objects.filter(user=user).order_by("pk").values_list("verb", flat=True)
    assert list(told) == practitioner
    sent = WebhookDelivery.objects.order_by("pk").values_list("kind", flat=True)
    assert list(sent) == system


@pytest.mark.postgresql
@pytest.mark.parametrize(("because", "verb"), [(CLINIC, Verb.CANCEL), (MOVED, Verb.MOVE)])
def test_the_practitioner_hears_how_it_ended(clinic, django_user_model, because, verb):
    """Of a visit that they had heard of; and again, once it is taken back."""
    user = django_user_model.objects.create_user("amara", email="amara@clinic.example")
    Practitioner.objects.filter(resource=clinic[2][0]).update(user=user)
    visit = asked(clinic).appointments.get()
    told = StaffNotice.objects.filter(user=user).order_by("pk")
    set_appointment_status(visit, BOOKED, now=MONDAY)
    told.update(told_at=MONDAY)
    set_appointment_status(visit, CANCELLED, now=MONDAY + HOUR, because=because)
    assert list(told.values_list("verb", flat=True)) == ["confirm", verb]
    told.update(told_at=MONDAY + HOUR)
    set_appointment_status(visit, BOOKED, now=MONDAY + 2 * HOUR)
    assert list(told.values_list("verb", flat=True)) == ["confirm", verb, "confirm"]
    assert visit.cancelled_because == "" and visit.ics_sequence == 3


@pytest.mark.postgresql
def test_the_first_answer_counts(clinic, desk):
    """To assign it is none; and a later answer changes neither when nor what was promised."""
    consultation = asked(clinic)
    promised = consultation.respond_by
    by = {"actor": desk}
    steps = [
        (RequestStatus.IN_REVIEW, Verb.ASSIGN, None),
        (RequestStatus.INFO_NEEDED, Verb.ASK_QUESTION, MONDAY + HOUR),
        (RequestStatus.DECLINED, Verb.DECLINE, MONDAY + HOUR),
    ]
    for hours, (to, verb, answered) in enumerate(steps):
        set_status(consultation, to, verb, now=MONDAY + hours * HOUR, **by)
        assert consultation.answered_at == answered, verb
        assert consultation.promised_at == (answered and promised), verb
    assert consultation.closed_at == MONDAY + 2 * HOUR
    set_status(consultation, RequestStatus.IN_REVIEW, Verb.REOPEN, now=TEN, **by)
    assert consultation.closed_at is None


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("actor", "verified", "after"),
    [("patient", None, TEN), ("patient", MONDAY, MONDAY), ("desk", None, None)],
)
def test_the_patient_proves_the_address_by_acting(clinic, desk, actor, verified, after):
    """They came by the link that we had mailed."""
    consultation = asked(clinic)
    type(consultation).objects.update(verified_at=verified, needs_call=True)
    consultation.refresh_from_db()
    who = transitions.PATIENT if actor == "patient" else desk
    set_status(consultation, RequestStatus.WITHDRAWN, Verb.WITHDRAW, actor=who, now=TEN)
    consultation.refresh_from_db()
    assert consultation.verified_at == after
    assert consultation.needs_call == (after != TEN)


def test_an_event_says_what_was_done(clinic, desk):
    """All of it, and of a reason as much as its column holds."""
    consultation = asked(clinic)
    visit = consultation.appointments.get()
    about = {"before": "submitted", "after": "in_review", "appointment": visit}
    why = "x" * 300 + "y"
    event = record(consultation, Verb.ASSIGN, actor=desk, now=MONDAY, why=why, **about)
    event.refresh_from_db()
    assert (event.request, event.appointment, event.verb) == (consultation, visit, "assign")
    assert (event.from_status, event.to_status) == ("submitted", "in_review")
    assert (event.actor_kind, event.actor, event.at) == ("staff", desk.user, MONDAY)
    assert event.why == "x" * 300
