import re

import pytest

from bookings.models import CalendarFeed

pytestmark = pytest.mark.django_db
URL = "/admin/diary/feed/"


@pytest.fixture
def own(client, practitioner):
    client.force_login(practitioner)
    return client


def test_made_shown_once_and_taken_back(own, client):
    assert "Make an address" in own.get(URL).content.decode()
    page = own.post(URL, {"action": "make"})
    address = re.search(r"http://localhost:8000(/calendar/[\w-]{43}\.ics)", page.content.decode())
    assert address and "no-store" in page["Cache-Control"]
    assert client.get(address[1]).status_code == 200
    again = own.get(URL).content.decode()
    assert "/calendar/" not in again and "made on 23 Nov 2026" in again
    for _twice in range(2):
        assert own.post(URL, {"action": "revoke"}).url == URL
    assert client.get(address[1]).status_code == 404


def test_looking_writes_nothing(own):
    own.get(URL)
    assert not CalendarFeed.objects.exists()


def test_the_diary_leads_there_for_who_has_one(own, client, desk):
    assert URL in own.get("/admin/diary/").content.decode()
    client.force_login(desk)
    assert URL not in client.get("/admin/diary/").content.decode()
    assert client.get(URL).status_code == 302
