import pytest
from django.urls import reverse

from bookings import transitions
from bookings.enums import DeclineReason, RequestStatus
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def declined(asked, desk):
    transitions.decline(
        asked,
        actor=transitions.staff(desk),
        version=asked.version,
        now=MONDAY,
        reason=DeclineReason.OTHER,
    )
    return asked


def reopen(client, asked, **data):
    return client.post(
        reverse("desk:reopen", args=[asked.reference]), {"version": asked.version} | data
    )


def test_the_unsent_answer_is_dropped(desk_client, declined):
    response = reopen(desk_client, declined, why="Wrong request")
    declined.refresh_from_db()
    assert response.url == reverse("desk:request", args=[declined.reference])
    assert declined.status == RequestStatus.IN_REVIEW
    assert declined.messages.get(kind="declined").superseded
    assert declined.events.get(verb="reopen").why == "Wrong request"


def test_it_needs_a_reason(desk_client, declined):
    response = reopen(desk_client, declined)
    assert response.status_code == 422
    assert "why" in response.context["forms"]["reopen"].errors


def test_there_is_nothing_to_take_back_from_a_new_request(desk_client, asked):
    page = desk_client.get(reverse("desk:request", args=[asked.reference]))
    assert not page.context["can"]["reopen"]
