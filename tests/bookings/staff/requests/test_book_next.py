"""Book the next visit from the card, or several on their page: what is not free is said first."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.urls import reverse

from bookings.models import Appointment, ConsultationRequest
from tests.bookings.staff.conftest import TEN
from tests.factories import MONDAY, make_request

pytestmark = pytest.mark.django_db
WEEK = timedelta(weeks=1)
KEY = "a" * 32


@pytest.fixture
def url(confirmed):
    return reverse("desk:book_next", args=[confirmed.reference])


def post(client, confirmed, url, **data):
    confirmed.refresh_from_db()
    visit = confirmed.appointments.get()
    about = {"version": confirmed.version, "key": KEY, "practitioner": visit.practitioner_id}
    return client.post(url, about | data)


def starts():
    return list(Appointment.objects.order_by("start").values_list("start", flat=True))


@pytest.mark.parametrize("weeks", [1, 2, 6])
def test_a_button_books_at_once(desk_client, confirmed, url, weeks):
    card = desk_client.get(reverse("desk:request", args=[confirmed.reference]))
    assert f'name="weeks" value="{weeks}"' in card.content.decode()
    response = post(desk_client, confirmed, url, weeks=weeks)
    assert response.status_code == 302 and starts() == [TEN, TEN + weeks * WEEK]
    page = desk_client.get(response.url).content.decode()
    assert "The next visit is booked:" in page and "Booked with it" in page


def test_several_keep_the_time_of_day(desk_client, confirmed, url):
    """The clocks go forward on 28 March 2027: ten in the morning stays ten."""
    response = post(desk_client, confirmed, url, first="2027-03-16T10:00", count=3, every=2)
    assert response.status_code == 302
    assert starts()[1:] == [
        datetime(2027, 3, 16, 10, tzinfo=UTC),
        datetime(2027, 3, 30, 9, tzinfo=UTC),
        datetime(2027, 4, 13, 9, tzinfo=UTC),
    ]


def taken(clinic, start, who):
    make_request(*clinic[:2], start=start, email=f"{start:%d}@example.org", practitioner=who)


def test_what_is_not_free_is_told_with_the_nearest(desk_client, confirmed, clinic, url):
    who = confirmed.appointments.get().practitioner
    other = next(person for person in clinic[2] if person != who)
    taken(clinic, TEN + 2 * WEEK, who)
    before = ConsultationRequest.objects.count()
    response = post(desk_client, confirmed, url, first="2026-12-01T10:00", count=3, every=1)
    assert response.status_code == 409 and ConsultationRequest.objects.count() == before
    soup = BeautifulSoup(response.content, "html.parser")
    assert f"{who.name} has another visit, 10am–11am." in soup.text
    options = [one.text.replace("\N{NO-BREAK SPACE}", " ") for one in soup.select("select option")]
    assert options[0] == f"Tue 8 Dec, 10am, with {other.name}"
    assert options[-1] == "Leave this one out"
    picks = [one["value"] for one in soup.select("input[name=pick]")]
    chosen = soup.select("select[name=pick] option")[0]["value"]
    assert post(desk_client, confirmed, url, pick=[*picks, chosen]).status_code == 302
    visits = Appointment.objects.filter(request__series__gt="").exclude(request=confirmed)
    people = dict(visits.values_list("start", "practitioner"))
    assert people == {TEN + WEEK: who.pk, TEN + 2 * WEEK: other.pk, TEN + 3 * WEEK: who.pk}


def test_one_may_be_left_out(desk_client, confirmed, clinic, url):
    picks = [f"{TEN + n * WEEK:%Y-%m-%dT%H:%MZ}" for n in (1, 3)]
    assert post(desk_client, confirmed, url, pick=[*picks, ""]).status_code == 302
    assert starts() == [TEN, TEN + WEEK, TEN + 3 * WEEK]


def test_a_colleague_who_picks_first_is_told(desk_client, confirmed, clinic, url):
    for who in clinic[2]:
        taken(clinic, TEN + WEEK, who)
    response = post(desk_client, confirmed, url, pick=[f"{TEN + WEEK:%Y-%m-%dT%H:%MZ}"])
    assert response.status_code == 409
    assert response.content.decode().count("has another visit") == 2


def test_a_skipped_hour_is_no_time(desk_client, confirmed, url):
    response = post(desk_client, confirmed, url, first="2027-03-21T01:30", count=2, every=1)
    assert response.status_code == 409
    assert "The clocks skip this time that night." in response.content.decode()


@pytest.mark.parametrize(
    "data",
    [
        {"first": ""},
        {"first": "x"},
        {"first": "2026-12-01T10:00", "count": 13},
        {"first": "2026-12-01T10:00", "count": "x"},
        {"first": "2026-12-01T10:00", "every": 0},
        {"weeks": 53},
        {"weeks": 1, "key": "x"},
        {"weeks": 1, "version": ""},
        {"weeks": 1, "practitioner": 99999},
        {"pick": ["", ""]},
        {"pick": ["2026-13-01T10:00Z", "\x00", "2026-12-01T10:00Z 99999999999999999999"]},
    ],
)
def test_odd_input_books_nothing(desk_client, confirmed, url, data):
    assert post(desk_client, confirmed, url, **data).status_code == 422
    assert starts() == [TEN]


def test_a_visit_of_long_ago_leads_ahead(desk_client, confirmed, url):
    """Four weeks after the visit, "in a week" is the weekday after next week's."""
    with time_machine.travel(TEN + 4 * WEEK + timedelta(days=1), tick=False):
        assert post(desk_client, confirmed, url, weeks=1).status_code == 302
    assert starts()[-1] == TEN + 5 * WEEK


def test_no_page_without_a_visit(desk_client, asked):
    assert desk_client.get(reverse("desk:book_next", args=[asked.reference])).status_code == 404
    assert MONDAY < TEN
