import pytest
from django.utils import timezone

from bookings import transitions
from bookings.enums import RequestStatus
from bookings.models import ConsultationRequest
from bookings.schedule.availability import Search, free_slots
from tests.bookings.public.booking.test_steps import ends_at
from tests.bookings.public.conftest import Patient, link_in
from tests.factories import make_request

pytestmark = pytest.mark.django_db


def test_the_whole_way_to_the_waiting_list(visitor):
    visitor.about()
    page = visitor.instead("waiting")
    assert "<h1>Join the waiting list</h1>" in page.text
    page = visitor.post("waiting", weeks="x")
    assert "Select a valid choice" in page.content.decode()
    ends_at(
        visitor.post("waiting", weekdays=["0", "3"], parts=["morning"], weeks="8"), "/book/contact/"
    )
    check = visitor.contact().content.decode()
    assert "Monday, Thursday" in check and "Eight weeks" in check and "Waiting list" in check
    page = visitor.send()
    ends_at(page, "/book/sent/")
    assert "waiting list" in page.content.decode()
    consultation = ConsultationRequest.objects.get()
    assert consultation.waiting.weekdays == [0, 3] and not consultation.appointments.exists()
    assert (consultation.waiting.until - timezone.now().date()).days in (55, 56, 57)


def test_someone_without_mail_waits_at_once(visitor):
    visitor.about()
    visitor.instead("waiting")
    visitor.post("waiting", weeks="2")
    visitor.contact(contact_by="phone", email="", phone="020 7946 0123")
    page = visitor.send()
    assert "We will call you when a time comes free" in page.content.decode()
    assert ConsultationRequest.objects.get().status == RequestStatus.WAITLISTED


@pytest.fixture
def patient(client, clinic):
    service, location, _people = clinic
    consultation = make_request(service, location, now=timezone.now())
    client.get(link_in("received", consultation))
    return Patient(client, consultation)


def test_joining_changing_and_leaving_by_link(patient):
    consultation = patient.consultation
    assert "Join the waiting list instead" in patient.get().content.decode()
    page = patient.post(
        "waiting-list/",
        {"weekdays": ["1"], "parts": ["evening"], "weeks": "2"},
        follow=True,
    )
    assert "Tuesday" in page.content.decode() and "evenings" in page.content.decode()
    form = patient.get("waiting-list/").content.decode()
    assert "Change when you can come" in form and form.count("checked") == 3
    assert "Leave the waiting list?" in patient.get("waiting-list/leave/").content.decode()
    consultation.refresh_from_db()
    assert consultation.status == RequestStatus.WAITLISTED
    page = patient.post("waiting-list/leave/", follow=True)
    consultation.refresh_from_db()
    assert consultation.status == RequestStatus.WITHDRAWN
    assert "no longer on the waiting list" in page.content.decode()


def test_nobody_waits_with_a_visit_booked(patient, django_user_model, clinic):
    consultation = patient.consultation
    desk = transitions.staff(django_user_model.objects.create_user("ruth"))
    search = Search(consultation.service, consultation.location, timezone.now())
    slot = free_slots(search, first_day=search.today, days=10)[-1]
    transitions.confirm(
        consultation, actor=desk, version=consultation.version, now=timezone.now(), start=slot.start
    )
    assert "waiting list" not in patient.get().content.decode()
    page = patient.post("waiting-list/", {"weeks": "2"}, follow=True)
    assert "is no longer possible" in page.content.decode()
