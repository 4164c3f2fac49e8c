import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse

from bookings.enums import AppointmentStatus, RequestStatus
from bookings.models import Appointment
from bookings.schedule import claims
from tests.bookings.staff.conftest import TEN
from tests.factories import MONDAY, make_request

pytestmark = pytest.mark.django_db


def move(client, asked, **data):
    return client.post(
        reverse("desk:move", args=[asked.reference]), {"version": asked.version} | data
    )


def test_a_move_swaps_visits_and_updates_the_calendar(desk_client, confirmed):
    old = confirmed.appointments.get(status=AppointmentStatus.BOOKED)
    event = (old.ics_uid, old.ics_sequence)
    response = move(desk_client, confirmed, start="2026-11-25T15:00")
    confirmed.refresh_from_db()
    new = confirmed.appointments.get(status=AppointmentStatus.BOOKED)
    old.refresh_from_db()
    assert response.status_code == 302 and confirmed.status == RequestStatus.CONFIRMED
    assert new.start == datetime(2026, 11, 25, 15, tzinfo=UTC) and new.replaces == old
    assert old.status == AppointmentStatus.CANCELLED
    assert new.ics_uid == event[0] and new.ics_sequence > event[1]
    assert confirmed.events.get(verb="move") and list(claims.inconsistencies(MONDAY)) == []
    assert confirmed.messages.filter(kind="moved", superseded=False).count() == 1


def test_a_taken_time_changes_nothing(desk_client, confirmed, clinic):
    service, location, _people = clinic
    taken = datetime(2026, 11, 25, 15, tzinfo=UTC)
    for number in range(2):
        make_request(service, location, start=taken, email=f"{number}@example.org")
    response = move(desk_client, confirmed, start="2026-11-25T15:00")
    assert response.status_code == 409 and 'value="2026-11-25T15:00"' in response.content.decode()
    assert confirmed.appointments.get(status=AppointmentStatus.BOOKED).start == TEN


def test_a_move_proposes_the_hour_with_another_first(desk_client, confirmed, clinic):
    visit = confirmed.appointments.get(status=AppointmentStatus.BOOKED)
    url = reverse("desk:request", args=[confirmed.reference])
    shown = desk_client.get(url).context["card"].alternatives
    assert shown[0].slot.start == TEN and [who.pk for who in shown[0].who] == [
        person.pk for person in clinic[2] if person.pk != visit.practitioner_id
    ]
    assert {one.slot.start.hour for one in shown[1:3]} == {9, 11}


@pytest.mark.parametrize(
    "start", ["", "2026-11-24T10:00", "2026-11-20T10:00", "x", "9999-01-01T10:00"]
)
def test_no_other_time_is_refused(desk_client, confirmed, start):
    assert move(desk_client, confirmed, start=start).status_code in {409, 422}
    assert Appointment.objects.count() == 1


def test_not_once_it_has_begun(desk_client, confirmed):
    with time_machine.travel(TEN, tick=False):
        response = move(desk_client, confirmed, start="2026-11-25T15:00")
    assert response.status_code == 409


def test_an_unbooked_visit_cannot_move(desk_client, asked):
    assert move(desk_client, asked, start="2026-11-25T15:00").status_code == 409


def test_the_form_starts_with_the_visits_practitioner(desk_client, confirmed):
    visit = confirmed.appointments.get(status=AppointmentStatus.BOOKED)
    card = desk_client.get(f"/admin/requests/{confirmed.reference}/")
    assert card.context["forms"]["move"]["practitioner"].value() == visit.practitioner_id


def test_the_same_practitioner_is_not_remarked_on(desk_client, confirmed):
    before = confirmed.appointments.get(status=AppointmentStatus.BOOKED).practitioner
    response = move(desk_client, confirmed, start="2026-11-25T15:00", practitioner=before.pk)
    new = confirmed.appointments.get(status=AppointmentStatus.BOOKED)
    assert response.status_code == 302 and new.practitioner == before
    assert "instead of" not in confirmed.messages.get(kind="moved").email.message


def test_another_practitioner_is_told_everywhere(desk_client, confirmed, clinic, client):
    before = confirmed.appointments.get(status=AppointmentStatus.BOOKED).practitioner
    (other,) = [person for person in clinic[2] if person != before]
    path = reverse("desk:move", args=[confirmed.reference])
    data = {"version": confirmed.version, "start": "2026-11-25T15:00", "practitioner": other.pk}
    page = desk_client.post(path, data, follow=True)
    words = f"{other.name} instead of {before.name}"
    assert words in page.text
    mail = confirmed.messages.get(kind="moved").email.message
    assert f"You will see {words}." in mail
    token = re.search(r"/request/open/[\w-]+/", mail)[0]
    patients = client.get(token, follow=True).text
    assert other.name in patients and f"(instead of {before.name})" in patients
