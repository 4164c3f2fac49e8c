"""The page of whoever asked for another time, once the visit's own time is past: it offers what works."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from bookings import transitions
from bookings.enums import RequestStatus
from tests.bookings.public.test_manage import link_in
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


def page_of(client, asked):
    client.get(link_in("move_asked", asked))
    return client.get("/request/").content.decode()


def actions(page):
    """Every address to which the page leads or posts about the request."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return set(re.findall(r'(?:href|action)="(/request/[^"]*)"', main))


def ask(asked, desk):
    given = {"actor": desk, "version": asked.version, "now": timezone.now()}
    transitions.ask_question(asked, question="Which day?", **given)


def offer(asked, desk):
    given = {"actor": desk, "version": asked.version, "now": timezone.now()}
    start = asked.appointments.get(status="booked").start
    days = 3 if start.weekday() == 4 else 1
    transitions.offer(asked, times=[(start + timedelta(days=days), None)], **given)


def test_it_says_what_happened_whom_to_call_and_how_to_end_it(client, wished):
    page = page_of(client, wished)
    assert "We are late, and we are sorry" in page and "Your appointment was on" in page
    assert re.search(r"call us on\s+<a href=\"tel:", page)
    assert actions(page) == {"/request/keep/"}


@pytest.mark.parametrize("then", [ask, offer])
def test_with_a_question_or_an_offer_it_leads_to_nothing_that_is_refused(
    client, wished, desk, then
):
    then(wished, desk)
    page = page_of(client, wished)
    assert "/request/keep/" in page
    for late in ("/request/cancel/", "/request/waiting-list/"):
        assert late not in page


def test_the_button_ends_it(client, wished):
    page_of(client, wished)
    page = client.post("/request/keep/", follow=True).content.decode()
    wished.refresh_from_db()
    assert wished.status == RequestStatus.CONFIRMED
    assert "We will not look further" in page and "Book a new consultation" in page


def test_whoever_still_has_the_old_page_open_is_told_to_call(client, wished):
    page_of(client, wished)
    page = client.post("/request/cancel/", follow=True).content.decode()
    assert "The time of your appointment has come" in page


def test_a_promise_that_was_not_kept_is_not_made_again(client, clinic, time_machine):
    service, location, _people = clinic
    consultation = make_request(service, location, now=timezone.now())
    client.get(link_in("received", consultation))
    assert "We will answer you by" in client.get("/request/").content.decode()
    time_machine.move_to(consultation.respond_by + timedelta(minutes=1))
    client.get(link_in("received", consultation))
    page = client.get("/request/").content.decode()
    assert "We will answer you by" not in page and "We wanted to answer you by" in page
    assert "/request/cancel/" in page
