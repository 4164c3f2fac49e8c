"""A practitioner enters an absence of their own; the desk is told and moves the visits inside."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from bookings.enums import StaffKind
from bookings.messages import staff_mail
from bookings.models import DateException, StaffNotice
from bookings.schedule import claims
from bookings.schedule.availability import Search, free_slots
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
URL = "/admin/diary/absence/"
TUESDAY = {"start": "2026-11-24T08:00", "end": "2026-11-24T18:00", "reason": "Dentist"}


@pytest.fixture
def own(client, confirmed, practitioner):
    """The client of the practitioner whose visit is confirmed."""
    visit = confirmed.appointments.get(status="booked")
    practitioner.practitioner.resource = visit.practitioner
    type(practitioner.practitioner).objects.filter(resource=visit.practitioner).delete()
    practitioner.practitioner.save()
    client.force_login(practitioner)
    return client


def test_it_closes_their_own_day_and_tells_the_desk(own, confirmed, practitioner, desk):
    type(desk).objects.filter(pk=desk.pk).update(email="ruth@example.org")
    response = own.post(URL, TUESDAY)
    assert response.url == reverse("desk:absence")
    closure = DateException.objects.get()
    assert closure.resource == practitioner.practitioner.resource
    assert closure.start == datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert [row.appointment.request for row in closure.displaced.all()] == [confirmed]
    assert confirmed.appointments.get().status == "booked"
    notice = StaffNotice.objects.get(kind=StaffKind.ABSENCE)
    assert notice.user == desk
    said = staff_mail.says(notice, now=MONDAY)
    assert closure.resource.name in said and "1 visit is inside" in said and "Dentist" not in said
    page = own.get(URL).content.decode()
    assert "Dentist" in page and "1 visit inside" in page
    assert list(claims.inconsistencies(MONDAY)) == []
    own.force_login(desk)
    assert reverse("desk:closure", args=[closure.pk]) in own.get("/admin/").content.decode()
    staff_mail.write_due(now=notice.due_at)
    notice.refresh_from_db()
    text = str(notice.email.message) if notice.email else ""
    assert reverse("desk:closure", args=[closure.pk]) in text


def test_nobody_is_offered_the_time(own, clinic, practitioner):
    service, location, _people = clinic
    own.post(URL, TUESDAY)
    search = Search(service, location, MONDAY, practitioner.practitioner.resource)
    slots = free_slots(search, first_day=MONDAY.date(), days=2)
    assert datetime(2026, 11, 24, tzinfo=UTC).date() not in {slot.start.date() for slot in slots}


@pytest.mark.parametrize(
    "changes",
    [
        {"end": "2026-11-24T08:00"},
        {"start": "2026-11-20T08:00", "end": "2026-11-21T08:00"},
        {"end": "2027-03-24T08:00"},
        {"start": "x"},
        {"end": ""},
        {"reason": "one\ntwo"},
    ],
)
def test_what_makes_no_sense_is_refused(own, changes):
    page = own.post(URL, TUESDAY | changes)
    assert page.status_code == 200 and page.context["form"].errors
    assert not DateException.objects.exists()


def test_only_a_practitioner_has_absences(desk_client, clinic):
    assert desk_client.post(URL, TUESDAY).status_code == 302
    assert desk_client.get(URL, follow=True).request["PATH_INFO"] == "/admin/"
    assert not DateException.objects.exists()
