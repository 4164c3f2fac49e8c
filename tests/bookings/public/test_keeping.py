"""The page of a patient who asked for another time, after the visit's own time has passed."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from bookings import transitions
from bookings.enums import RequestStatus
from tests.bookings.public.conftest import Patient, link_in
from tests.factories import make_request

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(django_user_model):
    return transitions.staff(django_user_model.objects.create_user("ruth"))


@pytest.fixture
def wished(clinic, desk, time_machine):
    """A visit that is to move; it is now the moment at which it was to end."""
    service, location, _people = clinic
    now = timezone.now()
    start = (now + timedelta(days=3 if now.weekday() < 2 else 7)).replace(
        hour=12, minute=0, second=0, microsecond=0
    )
    while start.weekday() > 4:
        start += timedelta(days=1)
    consultation = make_request(service, location, start=start, now=now)
    visit = transitions.confirm(consultation, actor=desk, version=consultation.version, now=now)
    transitions.ask_to_move(consultation, now=now, message="Later?")
    time_machine.move_to(visit.end, tick=False)
    return consultation


def opened(client, asked, kind="move_asked"):
    client.get(link_in(kind, asked))
    return Patient(client, asked)


def actions(patient):
    """Every address below the request's own to which its page leads or posts."""
    main = patient.get().text.partition("<main")[2].partition("</main>")[0]
    return set(re.findall(rf'(?:href|action)="{patient.page}([^"]*)"', main))


def ask(asked, desk):
    given = {"actor": desk, "version": asked.version, "now": timezone.now()}
    transitions.ask_question(asked, question="Which day?", **given)


def offer(asked, desk):
    given = {"actor": desk, "version": asked.version, "now": timezone.now()}
    start = asked.appointments.get(status="booked").start
    days = 3 if start.weekday() == 4 else 1
    transitions.offer(asked, times=[(start + timedelta(days=days), None)], **given)


def test_it_says_what_happened_and_how_to_end(client, wished):
    patient = opened(client, wished)
    page = patient.get().text
    assert "We are late, and we are sorry" in page and "Your appointment was on" in page
    assert re.search(r'class="nhsuk-button" href="tel:.*Call us on', page)
    assert actions(patient) == {"keep/"}


@pytest.mark.parametrize("then", [ask, offer])
def test_it_offers_nothing_that_is_refused(client, wished, desk, then):
    then(wished, desk)
    found = actions(opened(client, wished))
    assert "keep/" in found and not found & {"cancel/", "waiting-list/"}


def test_the_button_ends_it(client, wished):
    page = opened(client, wished).post("keep/", follow=True).text
    wished.refresh_from_db()
    assert wished.status == RequestStatus.CONFIRMED
    assert "We will stop looking" in page and "Book a new consultation" in page


def test_an_old_open_page_tells_to_call(client, wished):
    page = opened(client, wished).post("cancel/", follow=True).text
    assert "The time of your appointment has come" in page


def test_a_missed_deadline_is_not_promised_again(client, clinic, time_machine):
    service, location, _people = clinic
    consultation = make_request(service, location, now=timezone.now())
    patient = opened(client, consultation, "received")
    assert "We will answer you by" in patient.get().text
    time_machine.move_to(consultation.respond_by + timedelta(minutes=1))
    patient = opened(client, consultation, "received")
    page = patient.get().text
    assert "We will answer you by" not in page and "We wanted to answer you by" in page
    assert "cancel/" in actions(patient)
