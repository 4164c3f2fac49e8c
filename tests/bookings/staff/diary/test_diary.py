from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings import transitions
from bookings.enums import AppointmentStatus
from bookings.models import DateException
from bookings.schedule import claims
from bookings.templatetags.desk import closed_span
from tests.bookings.staff.conftest import TEN
from tests.factories import MONDAY, make_clinic, make_request

pytestmark = pytest.mark.django_db
URL = "/admin/diary/"


def at(hour, minute=0, day=24):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def visits(response):
    return [
        (column.resource, line.visit)
        for day in response.context["days"]
        for column in day.people + day.rooms
        for line in column.lines
    ]


def test_the_day_by_practitioner(desk_client, confirmed):
    visit = confirmed.appointments.get(status=AppointmentStatus.BOOKED)
    response = desk_client.get(URL, {"day": "2026-11-24"})
    assert visits(response) == [(visit.practitioner, visit)]
    page = response.content.decode()
    assert confirmed.reference in page and "10am–11am" in page
    assert visits(desk_client.get(URL)) == []


def test_the_week(desk_client, confirmed):
    response = desk_client.get(URL, {"span": "week"})
    assert len(response.context["days"]) == 7 and len(visits(response)) == 1


def test_holds_are_shown_until_they_lapse(desk_client, asked):
    assert len(visits(desk_client.get(URL, {"day": "2026-11-24"}))) == 1
    asked.appointments.update(hold_expires_at=MONDAY - timedelta(minutes=1))
    assert visits(desk_client.get(URL, {"day": "2026-11-24"})) == []


def test_closures_are_in_it(desk_client, clinic):
    closure = DateException.objects.create(
        location=clinic[1], start=TEN, end=TEN + timedelta(hours=2), reason="Training"
    )
    claims.claim_closure(closure, now=MONDAY)
    assert "Training" in desk_client.get(URL, {"day": "2026-11-24"}).content.decode()


def test_recording_a_visit_returns_to_the_diary(desk_client, confirmed):
    visit = confirmed.appointments.get(status=AppointmentStatus.BOOKED)
    with time_machine.travel(TEN, tick=False):
        desk_client.get(URL)
        response = desk_client.post(
            reverse("desk:arrive", args=[confirmed.reference]),
            {"version": confirmed.version, "visit": visit.pk, "next": URL + "?span=week"},
        )
    visit.refresh_from_db()
    assert response.url == URL + "?span=week" and visit.status == AppointmentStatus.ARRIVED


def test_nobody_is_led_elsewhere(desk_client, asked):
    response = desk_client.post(
        reverse("desk:decline", args=[asked.reference]),
        {"version": asked.version, "reason": "other", "next": "https://elsewhere.example/"},
    )
    assert response.url == reverse("desk:requests")


@pytest.mark.parametrize(
    "query", ["day=x", "day=2026-02-30", "day=9999-12-31", "day=0001-01-01", "location=x", "span=x"]
)
def test_odd_addresses_show_today(desk_client, clinic, query):
    response = desk_client.get(f"{URL}?{query}")
    assert response.context["day"].isoformat() == "2026-11-23"


def test_without_a_location_it_says_so(desk_client):
    assert "no location yet" in desk_client.get(URL).content.decode()


def test_a_practitioner_sees_only_their_own(client, practitioner, clinic, make_user):
    service, location, people = clinic
    for number, person in enumerate(people):
        make_request(
            service, location, start=TEN, practitioner=person, email=f"{number}@example.org"
        )
    client.force_login(practitioner)
    response = client.get(URL, {"day": "2026-11-24"})
    assert {resource for resource, _visit in visits(response)} == {people[0]}


def test_three_visits_cost_no_more_queries(desk_client, clinic, desk):
    service, location, _people = clinic
    counts = []
    for number in range(3):
        start = TEN + timedelta(hours=number)
        consultation = make_request(service, location, start=start, email=f"{number}@example.org")
        transitions.confirm(
            consultation, actor=transitions.staff(desk), version=consultation.version, now=MONDAY
        )
        desk_client.get(URL)
        with CaptureQueriesContext(connection) as captured:
            desk_client.get(URL, {"day": "2026-11-24"})
        counts.append(len(captured))
    assert counts[0] == counts[2]


def test_another_location_is_another_diary(desk_client, confirmed):
    other = make_clinic()[1]
    response = desk_client.get(URL, {"day": "2026-11-24", "location": other.pk})
    assert visits(response) == []


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (at(0), at(0, day=25), "all day Tue 24 Nov"),
        (at(0), at(23, 59), "all day Tue 24 Nov"),
        (at(0), at(0, day=27), "Tue 24 Nov to Thu 26 Nov, all day"),
        (at(13), at(19), "Tue 24 Nov, 1pm to 7pm"),
        (at(13), at(9, day=26), "Tue 24 Nov, 1pm to Thu 26 Nov, 9am"),
    ],
)
def test_closures_are_told_in_words(clinic, start, end, words):
    closure = DateException(location=clinic[1], start=start, end=end)
    assert closed_span(closure).replace("\xa0", " ") == words


def test_a_visit_cancelled_today_stays_in_sight(desk_client, confirmed):
    visit = confirmed.appointments.get(status=AppointmentStatus.BOOKED)
    confirmed.refresh_from_db()
    transitions.withdraw(confirmed, now=MONDAY)
    page = desk_client.get(URL, {"day": "2026-11-24"}).content.decode()
    assert "<s><strong>10am–11am" in page and "8am, by: The patient" in page
    assert 'action="/admin/requests' not in page
    with time_machine.travel(MONDAY + timedelta(days=1), tick=False):
        desk_client.force_login(desk_client.get("/admin/").wsgi_request.user)
        assert visits(desk_client.get(URL, {"day": "2026-11-24"})) == []
    assert visit.request_id


def test_a_visit_moved_away_stays_too(desk_client, confirmed, desk):
    confirmed.refresh_from_db()
    transitions.move(
        confirmed,
        actor=transitions.staff(desk),
        version=confirmed.version,
        now=MONDAY,
        start=TEN + timedelta(hours=2),
    )
    lines = [
        (line.visit.start, line.gone and line.gone.verb)
        for day in desk_client.get(URL, {"day": "2026-11-24"}).context["days"]
        for column in day.people
        for line in column.lines
    ]
    assert lines == [(TEN, "move"), (TEN + timedelta(hours=2), None)]


def test_a_refused_first_choice_is_no_cancelled_visit(desk_client, asked):
    transitions.withdraw(asked, now=MONDAY)
    assert visits(desk_client.get(URL, {"day": "2026-11-24"})) == []


def test_extra_openings_are_in_it(desk_client, clinic):
    sunday = datetime(2026, 11, 29, 10, tzinfo=UTC)
    DateException.objects.create(
        location=clinic[1], kind="open", start=sunday, end=sunday + timedelta(hours=3)
    )
    page = desk_client.get(URL, {"day": "2026-11-29"}).content.decode()
    assert "Extra opening" in page and "away" not in page.partition("<main")[2]


def test_two_zones_are_named_at_each_time(desk_client, confirmed):
    assert "London time" not in desk_client.get(URL, {"day": "2026-11-24"}).content.decode()
    make_clinic(time_zone="Europe/Berlin")
    assert "London time" in desk_client.get(URL, {"day": "2026-11-24"}).content.decode()
