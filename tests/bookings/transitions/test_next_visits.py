"""The next visit, or twelve: ordinary visits of the same person, all or none, told once."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from bookings import transitions
from bookings.enums import AppointmentStatus, ContactBy, RequestStatus, ResourceKind, Verb
from bookings.errors import BookingError, InvalidTransition, StaleVersion, TimeTaken
from bookings.models import Appointment, ConsultationRequest, Message
from bookings.transitions import Waiting
from bookings.transitions.next_visits import MOST
from tests.bookings.steps import TEN, asked, confirmed, consistent, kinds
from tests.factories import MONDAY, ResourceFactory, make_ask, make_clinic, make_person

pytestmark = pytest.mark.django_db
WEEK = timedelta(weeks=1)


def book_next(consultation, desk, starts, *, key="a", now=MONDAY, who=None, version=None):
    return transitions.book_next(
        consultation,
        actor=desk,
        version=consultation.version if version is None else version,
        now=now,
        times=[(start, who) for start in starts],
        key=key,
    )


@pytest.mark.postgresql
def test_one_is_an_ordinary_visit(clinic, desk):
    consultation, visit = confirmed(clinic, desk, note="Since May.", goal="walk")
    (following,) = book_next(consultation, desk, [TEN + WEEK], who=visit.practitioner)
    request = following.request
    assert (following.status, request.status) == ("booked", RequestStatus.CONFIRMED)
    for name in ("name", "email", "service", "location", "reason", "side", "goal", "verified_at"):
        assert getattr(request, name) == getattr(consultation, name), name
    assert request.note == "" and not request.answers.exists()
    agreed, first = request.consents.get(), consultation.consents.get()
    assert (agreed.text, agreed.given_at) == (first.text, first.given_at)
    assert kinds(request) == ["confirmed"] and request.gets_mail
    assert request.events.get(verb=Verb.BOOK_NEXT).why == consultation.reference
    assert consultation.events.get(verb=Verb.BOOK_NEXT).why == request.reference
    assert consultation.status == RequestStatus.CONFIRMED and consistent()


def test_twelve_are_told_once(clinic, desk):
    consultation, _visit = confirmed(clinic, desk)
    starts = [TEN + WEEK * n for n in range(1, MOST + 1)]  # beyond the horizon of sixty days
    visits = book_next(consultation, desk, reversed(starts))
    assert [visit.start for visit in visits] == starts and consistent()
    new = [visit.request for visit in visits]
    assert {request.series for request in new} == {consultation.series} != {""}
    message = Message.objects.exclude(request=consultation).get()
    assert (message.kind, message.request) == ("booked_several", new[0])
    text = message.email.message
    assert all(request.reference in text for request in new)
    assert "Tuesday 1 December, 10am" in text and text.count("/request/open/") == 1
    file = message.email.attachments.get()
    assert "method=PUBLISH" in file.mimetype
    with file.file.open() as opened:
        calendar = Calendar.from_ical(opened.read())
    events = calendar.walk("VEVENT")
    assert [event["UID"] for event in events] == [visit.ics_uid for visit in visits]
    assert {str(event["STATUS"]) for event in events} == {"CONFIRMED"}


@pytest.mark.postgresql
def test_one_that_is_taken_books_none(clinic, desk):
    consultation, visit = confirmed(clinic, desk)
    confirmed(clinic, desk, start=TEN + 2 * WEEK, email="b@example.org")
    before = ConsultationRequest.objects.count(), Message.objects.count()
    person = Appointment.objects.order_by("-pk").first().practitioner
    with pytest.raises(TimeTaken):
        book_next(consultation, desk, [TEN + WEEK * n for n in (1, 2, 3)], who=person)
    assert (ConsultationRequest.objects.count(), Message.objects.count()) == before
    consultation.refresh_from_db()
    assert consultation.series == "" and visit.status == "booked" and consistent()


def test_a_double_click_books_once(clinic, desk):
    consultation, _visit = confirmed(clinic, desk)
    starts = [TEN + WEEK, TEN + 2 * WEEK]
    assert book_next(consultation, desk, starts) == book_next(consultation, desk, starts)
    assert ConsultationRequest.objects.count() == 3


def test_the_next_of_the_next_is_of_the_series(clinic, desk):
    consultation, _visit = confirmed(clinic, desk)
    (second,) = book_next(consultation, desk, [TEN + WEEK])
    (third,) = book_next(second.request, desk, [TEN + 2 * WEEK], key="b")
    assert third.request.series == second.request.series == consultation.series


@pytest.mark.postgresql
def test_the_same_room_comes_first(desk):
    clinic = make_clinic(needs_room=True)
    rooms = [
        ResourceFactory(kind=ResourceKind.ROOM, location=clinic[1], name=name)
        for name in ("Blue room", "Red room")
    ]
    consultation, visit = confirmed(clinic, desk)
    Appointment.objects.filter(pk=visit.pk).update(room=rooms[1])
    visit.claims.filter(resource=rooms[0]).update(resource=rooms[1])
    assert book_next(consultation, desk, [TEN + WEEK])[0].room == rooms[1]


def test_after_a_visit_alone(clinic, desk):
    consultation = asked(clinic)
    with pytest.raises(InvalidTransition):
        book_next(consultation, desk, [TEN + WEEK])
    transitions.join_waiting_list(consultation, Waiting(), parts=[], now=MONDAY)
    with pytest.raises(InvalidTransition):
        book_next(consultation, desk, [TEN + WEEK])


def test_after_one_that_took_place(clinic, desk):
    consultation, visit = confirmed(clinic, desk)
    transitions.arrive(visit, actor=desk, now=TEN)
    transitions.fulfil(visit, actor=desk, now=TEN)
    (following,) = book_next(consultation, desk, [TEN + WEEK], now=TEN)
    assert following.status == AppointmentStatus.BOOKED and consistent(TEN)


@pytest.mark.parametrize("starts", [[], [TEN + WEEK] * 2, [TEN + WEEK * n for n in range(1, 14)]])
def test_one_to_twelve_different_times(clinic, desk, starts):
    consultation, _visit = confirmed(clinic, desk)
    with pytest.raises(BookingError, match="one to twelve"):
        book_next(consultation, desk, starts)


def test_a_changed_request_is_looked_at_again(clinic, desk):
    consultation, _visit = confirmed(clinic, desk)
    with pytest.raises(StaleVersion):
        book_next(consultation, desk, [TEN + WEEK], version=consultation.version - 1)


@pytest.mark.postgresql
def test_no_mail_to_an_unproven_address(clinic, desk):
    """Staff corrected it; nobody has confirmed the new one yet."""
    consultation, _visit = confirmed(clinic, desk)
    person = transitions.Contact("Maria Example", ContactBy.EMAIL, "new@example.org", "")
    transitions.correct_contact(
        consultation, actor=desk, version=consultation.version, now=MONDAY, person=person
    )
    with pytest.raises(BookingError, match="Correct the contact details first"):
        book_next(consultation, desk, [TEN + WEEK])
    ConsultationRequest.objects.filter(pk=consultation.pk).update(phone="+447700900123")
    consultation.refresh_from_db()
    (following,) = book_next(consultation, desk, [TEN + WEEK])
    assert following.request.email == "" and kinds(following.request) == []
    assert following.request.contact_by == ContactBy.PHONE and following.request.phone


def test_what_happens_to_one_leaves_the_rest(clinic, desk):
    """Moved and cancelled within the two minutes: the message about all of them still leaves."""
    consultation, _visit = confirmed(clinic, desk)
    visits = book_next(consultation, desk, [TEN + WEEK * n for n in (1, 2, 3)])
    first, second = visits[0].request, visits[1].request
    transitions.move(
        first, actor=desk, version=first.version, now=MONDAY, start=TEN + WEEK + timedelta(hours=1)
    )
    transitions.cancel_for(second, actor=desk, version=second.version, now=MONDAY)
    assert kinds(first) == ["booked_several", "moved"] and kinds(second) == ["cancelled_for"]
    assert visits[2].request.status == RequestStatus.CONFIRMED and consistent()


def test_erasing_one_takes_it_out(clinic, desk):
    consultation, _visit = confirmed(clinic, desk)
    (following,) = book_next(consultation, desk, [datetime(2026, 12, 1, 10, tzinfo=UTC)])
    transitions.erase(
        consultation, actor=desk, version=consultation.version, now=MONDAY, because="asked"
    )
    following.request.refresh_from_db()
    assert consultation.series == "" and following.request.name == "Maria Example"


def test_a_closed_service_has_no_next_visit(clinic, desk):
    consultation, _visit = confirmed(clinic, desk)
    consultation.service.active = False
    with pytest.raises(InvalidTransition):
        book_next(consultation, desk, [TEN + WEEK])
    assert ConsultationRequest.objects.count() == 1


def test_a_series_is_of_one_person(clinic, desk):
    other = confirmed(clinic, desk, email="b@example.org")[0]
    consultation, _visit = confirmed(clinic, desk)
    book_next(consultation, desk, [TEN + WEEK])
    other.refresh_from_db()
    assert other.series == "" and len(consultation.series) == 32


@pytest.mark.postgresql
def test_the_next_is_for_the_same_person(clinic, desk):
    """By mail and telephone, in their language; the newest consent goes on."""
    ask = make_ask(*clinic[:2], starts=[TEN], consent_version="old", consented_at=MONDAY - WEEK)
    person = make_person(phone="+447700900123;ext=12", on_behalf_of="Ann", texts=True, locale="es")
    consultation = transitions.submit(ask, person, idempotency_key="k", now=MONDAY)
    transitions.verify(consultation, now=MONDAY)
    transitions.confirm(consultation, actor=desk, version=consultation.version, now=MONDAY)
    consultation.consents.create(text_version="new", text="I agree again.", given_at=MONDAY)
    (following,) = book_next(consultation, desk, [TEN + WEEK])
    request = following.request
    names = ("email", "phone", "contact_by", "on_behalf_of", "wants_texts", "locale", "needs_call")
    for name in names:
        assert getattr(request, name) == getattr(consultation, name), name
    consent = request.consents.get()
    assert (consent.text_version, consent.text, consent.given_at) == (
        *("new", "I agree again."),
        MONDAY,
    )


@pytest.mark.postgresql
def test_who_is_phoned_gets_no_mail(clinic, desk):
    person = make_person(email="", phone="+442079460123", contact_by=ContactBy.PHONE)
    visit = transitions.book_for(
        make_ask(*clinic[:2]), person, actor=desk, now=MONDAY, start=TEN, idempotency_key="k"
    )
    (following,) = book_next(visit.request, desk, [TEN + WEEK])
    assert following.request.email == "" and not Message.objects.exists()
    assert following.request.verified_at is None and following.request.phone


def test_erased_they_have_no_next_visit(clinic, desk):
    consultation, visit = confirmed(clinic, desk)
    transitions.arrive(visit, actor=desk, now=TEN)
    transitions.fulfil(visit, actor=desk, now=TEN)
    by = {"actor": desk, "version": consultation.version, "now": TEN + WEEK}
    transitions.erase(consultation, because="asked", **by)
    with pytest.raises(BookingError):
        book_next(consultation, desk, [TEN + 2 * WEEK], now=TEN + WEEK)
