"""A new address or time zone names the visits it concerns, asks what stays, and tells the patients."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
import vobject
from django.urls import reverse

from bookings import transitions
from bookings.enums import AppointmentStatus, ContactBy, KindOfVisit
from bookings.messages import send
from bookings.models import Appointment, Location
from bookings.schedule import claims
from tests.bookings.staff.conftest import TEN
from tests.bookings.staff.setup.places import save_location
from tests.factories import MONDAY, make_ask, make_person, make_request

pytestmark = pytest.mark.django_db
BERLIN = {"time_zone": "Europe/Berlin"}


@pytest.fixture
def owner_client(client, make_user):
    client.force_login(make_user("Owner"))
    return client


@pytest.fixture
def visit(confirmed):
    return confirmed.appointments.get(status=AppointmentStatus.BOOKED)


@pytest.fixture
def place(clinic):
    return clinic[1]


@pytest.fixture
def url(place):
    return reverse("locations:edit", args=[place.pk])


@pytest.fixture
def values(place):
    return {
        "name": place.name,
        "address": place.address,
        "time_zone": place.time_zone,
        "active": "on",
    }


def told(consultation):
    """The text and the event of the mail about the change."""
    email = consultation.messages.get(kind="updated").email
    send._invite(email)
    mail = message_from_bytes(email.email_message().message().as_bytes(), policy=policy.default)
    *_text, part = next(mail.iter_parts()).iter_parts()
    return email.message, vobject.readOne(part.get_content()).vevent


def test_first_page_names_visits_and_saves_nothing(owner_client, url, values, visit):
    page = owner_client.post(url, values | BERLIN)
    assert page.status_code == 200 and visit.request.reference in page.text
    assert "Tue 24\xa0Nov, 10am" in page.text and "Tue 24\xa0Nov, 11am" in page.text
    assert Location.objects.get(pk=visit.location_id).time_zone == "Europe/London"
    again = owner_client.post(
        url, values | BERLIN | {"shown": page.context["ask"]["shown"].value()}
    )
    assert again.context["ask"].errors == {"keep": ["This field is required."]}
    assert Location.objects.get(pk=visit.location_id).time_zone == "Europe/London"


def test_wall_clock_stays_and_the_moment_moves(owner_client, url, values, visit):
    assert save_location(owner_client, url, values | BERLIN, keep="wall-clock").status_code == 302
    after = Appointment.objects.get(pk=visit.pk)
    assert after.start == TEN - timedelta(hours=1) and after.time_zone == "Europe/Berlin"
    assert list(claims.inconsistencies(MONDAY)) == []
    text, event = told(after.request)
    assert "Tuesday 24 November, 10am, Berlin time" in text
    assert "The time on the clock there is the same" in text
    assert event.dtstart.value == after.start and event.uid.value == visit.ics_uid
    assert int(event.sequence.value) == visit.ics_sequence + 1


def test_moment_stays_and_the_wall_clock_moves(owner_client, url, values, visit):
    assert save_location(owner_client, url, values | BERLIN, keep="moment").status_code == 302
    after = Appointment.objects.get(pk=visit.pk)
    assert after.start == TEN and after.day_has_come(TEN)
    text, event = told(after.request)
    assert "We told you Tuesday 24 November, 10am; it is now Tuesday 24 November, 11am" in text
    assert event.dtstart.value == TEN
    assert int(event.sequence.value) == visit.ics_sequence + 1


def test_new_address_is_told_with_an_invitation(owner_client, url, values, visit):
    response = save_location(owner_client, url, values | {"address": "1 New Road"}, tell="yes")
    assert response.status_code == 302
    text, event = told(visit.request)
    assert "The address is new" in text and "Where: Location" in text and "1 New Road\n" in text
    assert event.location.value.endswith("1 New Road")
    events = visit.request.events.filter(verb="change_place")
    assert [event.actor.username for event in events] == ["owner"]


def test_corrected_spelling_tells_nobody(owner_client, url, values, visit):
    save_location(owner_client, url, values | {"address": "12, Harbour Street"}, tell="no")
    after = Appointment.objects.get(pk=visit.pk)
    assert "12, Harbour Street" in after.place and after.ics_sequence == visit.ics_sequence
    assert not visit.request.messages.filter(kind="updated").exists()


@pytest.mark.parametrize("kind", [KindOfVisit.TELEPHONE, KindOfVisit.VIDEO])
def test_address_is_nothing_to_calls(owner_client, url, values, visit, clinic, desk, kind):
    other = make_request(*clinic[:2], start=TEN + timedelta(hours=2), email="b@example.org")
    Appointment.objects.filter(request=other).update(kind_of_visit=kind)
    page = owner_client.post(url, values | {"address": "1 New Road"})
    assert visit.request.reference in page.text and other.reference not in page.text
    save_location(owner_client, url, values | {"address": "1 New Road"}, tell="yes")
    assert not other.events.filter(verb="change_place").exists()
    assert "1 New Road" in other.appointments.get().place
    page = owner_client.post(url, values | {"address": "1 New Road"} | BERLIN)
    assert other.reference in page.text  # the clock is something to them


def test_nobody_comes_and_nobody_is_asked(owner_client, url, values, visit):
    Appointment.objects.update(kind_of_visit=KindOfVisit.VIDEO)
    assert owner_client.post(url, values | {"address": "1 New Road"}).status_code == 302
    assert Appointment.objects.get(pk=visit.pk).place.endswith("1 New Road")


def test_patients_without_mail_are_to_phone(owner_client, url, values, clinic, desk):
    person = make_person(email="", phone="+442079460123", contact_by=ContactBy.PHONE)
    visit = transitions.book_for(
        make_ask(*clinic[:2]),
        person,
        actor=transitions.staff(desk),
        now=MONDAY,
        start=TEN,
        idempotency_key="phone",
    )
    assert "020 7946 0123" in owner_client.post(url, values | BERLIN).text
    response = save_location(owner_client, url, values | BERLIN, keep="wall-clock")
    page = owner_client.get(response.url).text
    assert f"To phone: {visit.request.reference}." in page
    visit.request.refresh_from_db()
    assert visit.request.needs_call and not visit.request.messages.filter(kind="updated").exists()


def test_list_that_changed_meanwhile_is_shown_again(owner_client, url, values, visit, clinic):
    page = owner_client.post(url, values | BERLIN)
    answers = {"shown": page.context["ask"]["shown"].value(), "keep": "wall-clock"}
    late = make_request(*clinic[:2], start=TEN + timedelta(hours=2), email="late@example.org")
    response = owner_client.post(url, values | BERLIN | answers)
    assert response.status_code == 409 and late.reference in response.text
    assert Location.objects.get(pk=visit.location_id).time_zone == "Europe/London"
    answers["shown"] = response.context["ask"]["shown"].value()
    assert owner_client.post(url, values | BERLIN | answers).status_code == 302


def test_place_that_changed_meanwhile_is_shown_again(owner_client, url, values, visit):
    page = owner_client.post(url, values | BERLIN)
    answers = {"shown": page.context["ask"]["shown"].value(), "keep": "wall-clock"}
    Location.objects.update(address="Somewhere else")
    assert owner_client.post(url, values | BERLIN | answers).status_code == 409
    assert Location.objects.get(pk=visit.location_id).time_zone == "Europe/London"


def test_visit_that_would_have_begun_is_refused(owner_client, url, values, visit, time_machine):
    time_machine.move_to(TEN - timedelta(minutes=30), tick=False)
    page = save_location(owner_client, url, values | BERLIN, keep="wall-clock")
    assert page.status_code == 200 and "would then have begun already" in page.text
    assert Location.objects.get(pk=visit.location_id).time_zone == "Europe/London"
    assert Appointment.objects.get(pk=visit.pk).start == TEN


def test_offered_and_held_times_are_told_too(owner_client, url, values, asked, clinic, desk):
    offered = make_request(*clinic[:2], email="b@example.org")
    at = datetime(2026, 11, 25, 15, tzinfo=UTC)
    transitions.offer(
        offered,
        actor=transitions.staff(desk),
        version=offered.version,
        now=MONDAY,
        times=[(at, None)],
    )
    assert save_location(owner_client, url, values | BERLIN, keep="wall-clock").status_code == 302
    assert list(claims.inconsistencies(MONDAY)) == []
    mail = offered.messages.filter(kind="offered", superseded=False).get().email.message
    assert "Wednesday 25 November, 3pm, Berlin time" in mail
    held = asked.messages.filter(kind="received", superseded=False).get().email.message
    assert "Tuesday 24 November, 10am, Berlin time" in held


def test_without_visits_it_is_saved_at_once(owner_client, url, values, place):
    assert owner_client.post(url, values | BERLIN).status_code == 302
    assert Location.objects.get(pk=place.pk).time_zone == "Europe/Berlin"


def test_other_fields_do_not_ask(owner_client, url, values, visit):
    assert owner_client.post(url, values | {"country": "GB"}).status_code == 302
