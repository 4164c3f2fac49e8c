import pytest
from django.urls import reverse

from bookings.enums import AppointmentStatus, RequestStatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(desk_client, asked):
    def post(**data):
        return desk_client.post(
            reverse("desk:offer", args=[asked.reference]), {"version": asked.version} | data
        )

    return post


def test_three_times_are_held(offer, asked):
    offer(
        start_1="2026-11-25T10:00",
        start_2="2026-11-25T11:00",
        start_3="2026-11-26T10:00",
        message="These are free.",
    )
    asked.refresh_from_db()
    held = asked.appointments.filter(status=AppointmentStatus.PENDING)
    assert asked.status == RequestStatus.OFFERED and held.count() == 3
    assert asked.staff_message == "These are free."
    assert asked.messages.filter(kind="offered").exists()


def test_the_same_time_twice_is_refused(offer):
    response = offer(start_1="2026-11-25T10:00", start_2="2026-11-25T10:00", message="Kept words")
    assert response.status_code == 422
    page = response.content.decode()
    assert "Offer each time only once." in page and "Kept words" in page


def test_no_time_is_refused_beside_the_field(offer):
    response = offer()
    assert response.status_code == 422
    assert "start_1" in response.context["forms"]["offer"].errors


def test_the_booked_visit_is_named_as_a_reason(desk_client, confirmed):
    visit = confirmed.appointments.get(status=AppointmentStatus.BOOKED)
    page = desk_client.post(
        reverse("desk:offer", args=[confirmed.reference]),
        {
            "version": confirmed.version,
            "start_1": "2026-11-24T10:00",
            "practitioner_1": visit.practitioner_id,
        },
    )
    assert page.status_code == 409 and "has another visit, 10am–11am" in page.text


def test_a_time_outside_the_hours_is_refused(offer, asked):
    assert offer(start_1="2026-11-25T05:00").status_code == 409
    assert not asked.appointments.filter(status=AppointmentStatus.PENDING).exists()
