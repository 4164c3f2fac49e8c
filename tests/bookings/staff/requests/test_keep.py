import pytest
import time_machine
from django.urls import reverse

from bookings import transitions
from bookings.enums import RequestStatus
from tests.bookings.staff.conftest import TEN
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def wished(confirmed):
    transitions.ask_to_move(confirmed, now=MONDAY, message="Later?")
    return confirmed


def keep(client, asked, **data):
    url = reverse("desk:keep_appointment", args=[asked.reference])
    return client.post(url, {"version": asked.version} | data)


def card(client, asked):
    return client.get(reverse("desk:request", args=[asked.reference]))


def test_no_other_time_is_wanted(desk_client, wished):
    assert "Keep the visit as it is" in card(desk_client, wished).text
    assert keep(desk_client, wished).status_code == 302
    wished.refresh_from_db()
    assert wished.status == RequestStatus.CONFIRMED
    assert wished.messages.filter(kind="kept", superseded=False).exists()


def test_the_desk_may_end_it_after_the_visit(desk_client, wished):
    with time_machine.travel(TEN.replace(hour=12), tick=False):
        assert card(desk_client, wished).context["can"]["keep_appointment"]
        keep(desk_client, wished)
    wished.refresh_from_db()
    assert wished.status == RequestStatus.CONFIRMED
    assert not wished.messages.filter(kind="kept").exists()


def test_somebody_was_faster(desk_client, wished):
    assert keep(desk_client, wished, version=wished.version - 1).status_code == 409
    wished.refresh_from_db()
    assert wished.status == RequestStatus.IN_REVIEW


def test_it_is_not_offered_without_a_wish(desk_client, confirmed):
    assert not card(desk_client, confirmed).context["can"]["keep_appointment"]
    assert keep(desk_client, confirmed).status_code == 409


def test_get_is_refused(desk_client, wished):
    assert (
        desk_client.get(reverse("desk:keep_appointment", args=[wished.reference])).status_code
        == 405
    )
