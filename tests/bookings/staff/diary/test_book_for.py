from html import escape

import pytest

from bookings.enums import AppointmentStatus, RequestStatus
from bookings.models import Appointment, ConsultationRequest, Message
from bookings.models.questions import questions_of
from bookings.schedule import claims
from tests.bookings.questions import make_questions
from tests.factories import (
    MONDAY,
    LocationFactory,
    ResourceFactory,
    ServiceFactory,
    make_clinic,
    make_request,
)

pytestmark = pytest.mark.django_db
URL = "/admin/diary/new/"


@pytest.fixture
def book(desk_client, clinic):
    _service, location, _people = clinic

    def post(page=URL, **data):
        form = desk_client.get(page).context["form"]
        hidden = {name: form[name].value() for name in ("service", "language", "questions")}
        values = hidden | {
            "key": "a" * 32,
            "flags": "none",
            "name": "Maria Example",
            "phone": "020 7946 0123",
            "location": location.pk,
            "start": "2026-11-24T10:00",
            "reason": "tight",
            "side": "left",
            "consent": "on",
        }
        return desk_client.post(page, values | data)

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


def test_texts_beside_the_mail(book, settings):
    settings.SMS_BACKEND = "bookings.messages.sms.Memory"
    assert "mobile number only" in book(email="maria@example.org", texts="on").text
    book(email="maria@example.org", phone="07400 123456", texts="on")
    assert [message.kind for message in Message.objects.all()] == ["confirmed", "confirmed"]
    assert ConsultationRequest.objects.get().wants_texts


def test_neither_notice_nor_horizon_binds_staff(book):
    assert book(start="2027-03-02T10:00").status_code == 302  # 99 days ahead, of 60
    assert book(start="2026-11-23T09:00", key="f" * 32).status_code == 302  # in an hour, of 24


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
        ("location", "99999"),
        ("key", "x"),
        ("reason", "x"),
        ("consent", ""),
        ("note", "x" * 501),
        ("flags", []),
        ("flags", ["none", "worse"]),
        ("flags", "worse"),
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


def test_a_service_takes_its_own_reasons_alone(book, clinic):
    knee = ServiceFactory(name="Knee", questions=make_questions())
    knee.practitioners.set(clinic[2])
    page = f"{URL}?service={knee.pk}"
    assert "reason" in book(page, reason="sport").context["form"].errors
    assert book(page, reason="knee").status_code == 302


@pytest.mark.parametrize(
    ("level", "said"), [("emergency", "Call 999"), ("urgent", "The number is 111")]
)
def test_the_phone_refuses_what_needs_help_today(book, clinic, level, said):
    key = next(group.key for group in clinic[0].asks.groups if group.level == level)
    response = book(flags=key, cleared="on")
    assert said in response.content.decode()
    assert not ConsultationRequest.objects.exists()


def test_other_words_than_those_read_out(book):
    assert "changed" in str(book(questions="x").context["form"].errors["flags"])
    assert not ConsultationRequest.objects.exists()


def test_answers_on_the_phone_are_kept(book, clinic):
    """*Ask first* is booked with a doctor's word, and somebody still phones about it."""
    asks = clinic[0].asks
    key = next(group.key for group in asks.groups if group.level == "hold")
    assert "cleared" in book(flags=key).context["form"].errors
    book(flags=key, cleared="on")
    consultation = ConsultationRequest.objects.get()
    found = consultation.answers.filter(level="hold")
    assert [answer.answer for answer in found] == ["Yes", "Yes"]
    assert consultation.answers.filter(version=asks.version).count() == len(asks.groups) + 1
    assert consultation.needs_call


def test_questions_are_read_out_in_their_language(book, clinic):
    spanish = questions_of(clinic[0].questions_id, "es")
    page = f"{URL}?language=es&start=2026-11-24T10:00"
    book(page, email="maria@example.org", reason="tight")
    consultation = ConsultationRequest.objects.get()
    assert consultation.answers.first().question == spanish.groups[0].words
    assert consultation.locale == "es"
    assert consultation.reason_text == dict(spanish.reasons)["tight"]


def test_a_pressed_room_is_taken_if_it_is_free(book, desk_client, clinic):
    service, location, _people = clinic
    rooms = [ResourceFactory(kind="room", location=location, name=name) for name in ("A", "B")]
    type(service).objects.update(needs_room=True)
    page = f"{URL}?location={location.pk}&room={rooms[1].pk}&start=2026-11-24T10:00"
    form = desk_client.get(page).context["form"]
    assert form["room"].value() == str(rooms[1].pk)
    book(page, room=rooms[1].pk)
    assert Appointment.objects.get().room == rooms[1]
    book(page, room=rooms[1].pk, key="b" * 32, name="Two", phone="020 7946 0124")
    assert {visit.room for visit in Appointment.objects.all()} == set(rooms)
    elsewhere = ResourceFactory(kind="room", location=LocationFactory(), name="C")
    answer = book(page, room=elsewhere.pk, key="c" * 32)
    assert "another location" in str(answer.context["form"].errors)
