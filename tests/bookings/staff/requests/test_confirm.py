from datetime import UTC, datetime

import pytest
from django.urls import reverse

from bookings.enums import AppointmentStatus, RequestStatus
from bookings.models import PreferredTime
from tests.factories import make_request

pytestmark = pytest.mark.django_db
ELEVEN = datetime(2026, 11, 24, 11, tzinfo=UTC)


@pytest.fixture
def confirm(desk_client, asked):
    def post(**data):
        return desk_client.post(
            reverse("desk:confirm", args=[asked.reference]), {"version": asked.version} | data
        )

    return post


def test_one_click_confirms_a_second_choice(confirm, asked):
    PreferredTime.objects.create(request=asked, rank=2, start=ELEVEN)
    response = confirm(pick="2026-11-24T11:00Z")
    visit = asked.appointments.get(status=AppointmentStatus.BOOKED)
    assert response.status_code == 302 and visit.start == ELEVEN
    assert asked.appointments.filter(status=AppointmentStatus.CANCELLED).count() == 1


def test_another_time_is_typed_in_local_time(confirm, asked, clinic):
    somebody = clinic[2][1]
    confirm(start="2026-11-25T15:00", practitioner=somebody.pk)
    visit = asked.appointments.get(status=AppointmentStatus.BOOKED)
    assert visit.practitioner == somebody
    assert visit.start == datetime(2026, 11, 25, 15, tzinfo=UTC)


def test_a_taken_time_changes_nothing(confirm, asked, clinic):
    service, location, people = clinic
    for number in range(2):
        make_request(service, location, start=ELEVEN, email=f"{number}@example.org")
    response = confirm(start="2026-11-24T11:00", practitioner=people[0].pk)
    asked.refresh_from_db()
    page = response.content.decode()
    assert response.status_code == 409 and asked.status == RequestStatus.SUBMITTED
    assert "That time is not free." in page and "has another visit, 11am–midday" in page
    assert 'value="2026-11-24T11:00"' in page and "selected" in page


def test_a_taken_pick_says_so_at_the_top(confirm, clinic):
    service, location, _people = clinic
    for number in range(2):
        make_request(service, location, start=ELEVEN, email=f"{number}@example.org")
    response = confirm(pick="2026-11-24T11:00Z")
    assert response.status_code == 409
    (refused,) = response.context["refused"]
    assert refused.startswith("That time is not free. ") and refused.count("another visit") == 2


def test_a_free_day_names_the_working_hours(confirm, clinic):
    response = confirm(start="2026-11-24T07:00", practitioner=clinic[2][0].pk)
    page = response.content.decode()
    assert response.status_code == 409 and "works 9am–5pm that day." in page


def test_what_the_request_holds_itself_is_no_reason(confirm, asked, clinic):
    """Half past ten is off the grid; that its own hold stands there would mislead."""
    held = asked.appointments.get().practitioner
    page = confirm(start="2026-11-24T10:30", practitioner=held.pk).content.decode()
    assert "Visits begin every 60 minutes" in page and "has another visit" not in page


@pytest.mark.parametrize(
    "data",
    [
        {"start": "2026-02-30T10:00"},
        {"start": "yesterday"},
        {"start": "2027-03-28T01:30"},
        {"start": "2026-11-24T11:00+02:00"},
        {"start": "\x00"},
        {"start": "9999-12-31T23:59"},
        {"pick": "2026-02-30T10:00Z"},
        {"pick": "9999-12-31T10:00Z"},
        {"pick": "\ud800"},
        {"practitioner": "999999"},
        {"practitioner": "x"},
    ],
)
def test_odd_input_is_refused_beside_its_field(confirm, asked, data):
    if "\ud800" in data.values():
        data = {"pick": "�"}
    assert confirm(**data).status_code in {409, 422}
    asked.refresh_from_db()
    assert asked.status == RequestStatus.SUBMITTED


def test_a_practitioner_of_another_clinic_is_no_choice(confirm):
    from tests.factories import make_clinic

    stranger = make_clinic()[2][0]
    assert confirm(start="2026-11-24T11:00", practitioner=stranger.pk).status_code == 422
