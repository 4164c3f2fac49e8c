from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from bookings.enums import AppointmentStatus, RequestStatus, Verb
from bookings.models import Message
from bookings.schedule import claims
from tests.bookings.staff.conftest import TEN
from tests.factories import MONDAY, make_request

pytestmark = pytest.mark.django_db
ANSWERS = {
    "confirm": {},
    "offer": {"start_1": "2026-11-25T10:00"},
    "decline": {"reason": "other"},
    "ask_question": {"question": "Which?"},
    "waitlist": {},
    "cancel_for": {},
}


def post(client, verb, asked, **data):
    asked.refresh_from_db()
    url = reverse(f"desk:{verb}", args=[asked.reference])
    return client.post(url, {"version": asked.version} | data)


@pytest.mark.parametrize("verb", ANSWERS)
def test_it_is_as_if_nothing_had_been_answered(desk_client, asked, verb):
    post(desk_client, verb, asked, **ANSWERS[verb])
    assert desk_client.get(reverse("desk:request", args=[asked.reference])).context["undoable"]
    post(desk_client, "undo", asked)
    asked.refresh_from_db()
    held = asked.appointments.get(status=AppointmentStatus.PROPOSED)
    assert asked.status == RequestStatus.IN_REVIEW and held.start == TEN
    assert not Message.objects.filter(request=asked, superseded=False).exclude(
        kind__in=["received", "verify"]
    )
    assert asked.events.get(verb="undo").why == Verb[verb.upper()]
    assert list(claims.inconsistencies(MONDAY)) == []


def test_not_once_the_message_is_due(desk_client, asked):
    post(desk_client, "decline", asked, reason="other")
    with time_machine.travel(MONDAY + timedelta(seconds=120), tick=False):
        page = desk_client.get(reverse("desk:request", args=[asked.reference]))
        assert not page.context["undoable"]
        assert post(desk_client, "undo", asked).status_code == 409
    asked.refresh_from_db()
    assert asked.status == RequestStatus.DECLINED


def test_only_once(desk_client, asked):
    post(desk_client, "decline", asked, reason="other")
    post(desk_client, "undo", asked)
    assert post(desk_client, "undo", asked).status_code == 409


def test_what_the_patient_did_is_not_undone(desk_client, asked):
    assert post(desk_client, "undo", asked).status_code == 409


def test_undo_does_not_take_a_time_back(desk_client, clinic):
    service, location, people = clinic
    consultation = make_request(service, location, start=TEN, practitioner=people[0])
    post(desk_client, "decline", consultation, reason="other")
    make_request(service, location, start=TEN, practitioner=people[0], email="b@example.org")
    post(desk_client, "undo", consultation)
    consultation.refresh_from_db()
    assert consultation.status == RequestStatus.IN_REVIEW
    assert not consultation.appointments.filter(status=AppointmentStatus.PROPOSED).exists()
