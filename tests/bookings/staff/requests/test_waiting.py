from datetime import date

import pytest
from django.urls import reverse

from bookings import transitions
from bookings.enums import RequestStatus
from bookings.staff.requests import waiting_list
from bookings.transitions import Waiting
from tests.bookings.staff.conftest import TEN
from tests.factories import MONDAY, make_clinic, make_request

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic(db):
    return make_clinic()


@pytest.fixture
def waiting(clinic, confirmed):
    """Somebody waits for a Tuesday morning, and the visit on Tuesday at ten is cancelled."""
    service, location, _people = clinic
    made = make_request(
        service,
        location,
        email="waits@example.org",
        waiting=Waiting([1], date(2027, 1, 4)),
    )
    transitions.withdraw(confirmed, now=MONDAY)
    return made


def button(waiting, page):
    """What the first offer button on the page sends."""
    html = page.content.decode()
    form = html[html.index(f'action="{reverse("desk:offer_waiting", args=[waiting.reference])}"') :]
    found = {}
    for name in ("version", "pick", "practitioner", "next"):
        found[name] = form.split(f'name="{name}" value="')[1].split('"')[0]
    return found


def test_the_list_explains_who_matches_freed_times(desk_client, waiting):
    page = desk_client.get(reverse("desk:waiting_list"))
    text = page.content.decode()
    assert (
        waiting.reference in text
        and "wants Tuesday" in text
        and "Offer Tue 24\xa0Nov, 10am" in text
    )
    assert button(waiting, page)["pick"] == "2026-11-24T10:00Z"


def test_the_cancelled_request_shows_who_waits(desk_client, confirmed, waiting):
    page = desk_client.get(reverse("desk:request", args=[confirmed.reference]))
    assert "This time is free again" in page.content.decode()
    assert waiting.reference in page.content.decode()


def test_one_click_offers_holds_and_tells(desk_client, waiting):
    sent = button(waiting, desk_client.get(reverse("desk:waiting_list")))
    url = reverse("desk:offer_waiting", args=[waiting.reference])
    page = desk_client.post(url, sent, follow=True)
    assert page.redirect_chain == [(reverse("desk:waiting_list"), 302)]
    waiting.refresh_from_db()
    offered = waiting.appointments.get()
    assert (waiting.status, offered.start) == (RequestStatus.OFFERED, TEN)
    assert waiting.events.last().verb == "offer"
    assert waiting.messages.filter(kind="offered", superseded=False).exists()
    again = desk_client.post(url, sent)
    assert again.status_code == 409 and waiting.appointments.count() == 1


def test_a_time_taken_meanwhile_says_so(desk_client, waiting, clinic):
    sent = button(waiting, desk_client.get(reverse("desk:waiting_list")))
    service, location, _people = clinic
    make_request(service, location, start=TEN, email="quick@example.org")
    page = desk_client.post(reverse("desk:offer_waiting", args=[waiting.reference]), sent)
    assert page.status_code == 409 and "has another visit" in page.content.decode()


@pytest.mark.parametrize("pick", ["", "x", "2026-02-30T10:00Z", "\x00", "9999-12-31T23:59Z"])
def test_an_odd_pick_is_refused(desk_client, waiting, pick):
    url = reverse("desk:offer_waiting", args=[waiting.reference])
    assert desk_client.post(url, {"version": waiting.version, "pick": pick}).status_code == 422


def test_each_location_has_a_list_of_its_own(desk_client, waiting, monkeypatch):
    monkeypatch.setattr(waiting_list, "AT_ONCE", 1)
    service, place, _people = make_clinic()
    until = Waiting([1], date(2027, 1, 4))
    others = [
        make_request(service, place, email=f"{n}@example.org", waiting=until, key=f"{n}")
        for n in (1, 2)
    ]
    url = reverse("desk:waiting_list")

    def listed(**query):
        page = desk_client.get(url, query)
        return [consultation for consultation, _times in page.context["people"]]

    page = desk_client.get(url)
    assert [consultation for consultation, _times in page.context["people"]] == [waiting]
    assert len(page.context["freed"]) == 1 and f'href="?location={place.pk}"' in page.text
    assert listed(location="x") == [waiting]
    there = [listed(location=place.pk, p=number) for number in (1, 2)]
    assert there == [[others[0]], [others[1]]]
    second = desk_client.get(url, {"location": place.pk, "p": 2})
    assert not second.context["freed"]
    assert f'name="next" value="{url}?location={place.pk}&amp;p=2"' in second.text
