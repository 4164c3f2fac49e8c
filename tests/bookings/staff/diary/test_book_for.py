from html import escape

import pytest

from bookings.enums import AppointmentStatus, RequestStatus
from bookings.models import Appointment, ConsultationRequest, Message
from bookings.schedule import claims
from tests.bookings.questions import make_questions
from tests.factories import MONDAY, ServiceFactory, make_clinic, make_request

pytestmark = pytest.mark.django_db
URL = "/admin/diary/new/"


@pytest.fixture
def book(desk_client, clinic):
    service, location, _people = clinic
    key = desk_client.get(URL).context["form"]["key"].value()

    def post(**data):
        values = {
            "key": key,
            "name": "Maria Example",
            "phone": "020 7946 0123",
            "service": service.pk,
            "location": location.pk,
            "start": "2026-11-24T10:00",
            "reason": "tight",
            "side": "left",
            "consent": "on",
        }
        return desk_client.post(URL, values | data)

    return post


def test_it_is_booked_at_once(book):
    response = book()
    consultation = ConsultationRequest.objects.get()
    assert response.url.endswith(f"/admin/requests/{consultation.reference}/")
    assert (
        consultation.status == RequestStatus.CONFIRMED
        and consultation.phone.as_e164 == "+442079460123"
    )
    assert consultation.appointments.get().status == AppointmentStatus.BOOKED
    assert [e.verb for e in consultation.events.all()][-1] == "book_for"
    assert consultation.consents.exists() and not Message.objects.exists()
    assert list(claims.inconsistencies(MONDAY)) == []


def test_an_address_gets_the_confirmation(book):
    book(email="maria@example.org")
    assert Message.objects.get().kind == "confirmed"


def test_a_double_click_books_once(book):
    assert book().url == book().url
    assert ConsultationRequest.objects.count() == 1


def test_a_taken_time_keeps_the_typed_form(book, clinic):
    service, location, people = clinic
    from tests.bookings.staff.conftest import TEN

    make_request(service, location, start=TEN, practitioner=people[0])
    response = book(practitioner=people[0].pk, note="Has a dog.")
    assert "start" in response.context["form"].errors
    assert "Has a dog." in response.content.decode()
    assert ConsultationRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "a\x00b"),
        ("phone", "12"),
        ("email", "x"),
        ("start", "2026-02-30T10:00"),
        ("start", "2026-11-20T10:00"),
        ("start", "9999-12-31T10:00"),
        ("start", "2027-03-28T01:30"),
        ("service", "x"),
        ("location", "99999"),
        ("key", "x"),
        ("reason", "x"),
        ("consent", ""),
        ("note", "x" * 501),
    ],
)
def test_odd_input_is_refused_beside_its_field(book, field, value):
    response = book(**{field: value})
    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert not ConsultationRequest.objects.exists()


def test_a_practitioner_without_that_service_is_refused(book):
    stranger = make_clinic()[2][0]
    assert "practitioner" in book(practitioner=stranger.pk).context["form"].errors


def test_a_practitioner_books_for_nobody(client, practitioner):
    client.force_login(practitioner)
    assert client.get(URL).url == "/admin/"


def test_a_phone_booking_needs_no_call(book):
    book()
    assert not ConsultationRequest.objects.get().needs_call


def test_two_who_share_a_telephone_come_at_once(book):
    assert book().status_code == book(name="Ana Example", key="b" * 32).status_code == 302
    visits = Appointment.objects.order_by("pk")
    assert len({visit.start for visit in visits}) == 1
    assert len({visit.practitioner_id for visit in visits}) == 2


def test_the_safety_questions_stand_on_the_form(desk_client, clinic):
    page = desk_client.get(URL).content.decode()
    for group in clinic[0].asks.groups:
        assert escape(group.words) in page and group.level.label.split(":")[0] in page


def test_a_service_takes_its_own_reasons_alone(desk_client, clinic):
    knee = ServiceFactory(name="Knee", questions=make_questions())
    knee.practitioners.set(clinic[2])
    page = desk_client.post(URL, {"service": knee.pk, "reason": "sport"})
    assert "reason" in page.context["form"].errors
    page = desk_client.post(URL, {"service": knee.pk, "reason": "knee"})
    assert "reason" not in page.context["form"].errors
