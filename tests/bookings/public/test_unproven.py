"""A new address that nobody has confirmed is told nothing, on any page of the request."""

import pytest
from django.utils import timezone

from bookings import transitions
from bookings.messages.queue import new_link
from tests.factories import make_person

pytestmark = pytest.mark.django_db
PAGES = ["cancel/", "move/", "time/", "contact/", "waiting-list/", "appointment.ics"]


@pytest.mark.parametrize("page", PAGES)
def test_an_unproven_address_sees_no_page(client, asked, desk, page):
    transitions.verify(asked, now=timezone.now())
    person = make_person(email="other@example.org")
    transitions.correct_contact(
        asked, actor=desk, version=asked.version, now=timezone.now(), person=person
    )
    link = new_link(asked, now=timezone.now())
    client.get("/" + link.split("/", 3)[3])
    answer = client.get(f"/request/{asked.reference}/{page}")
    assert (answer.status_code, answer.get("Location")) == (302, f"/request/{asked.reference}/")
