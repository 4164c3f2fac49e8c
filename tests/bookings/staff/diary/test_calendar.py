"""The calendar: a column for each person and room, what stands in it, and a drop that is refused."""

from datetime import date, time, timedelta

import pytest
import time_machine
from django.urls import reverse

from bookings import transitions
from bookings.models import Appointment, DateException, Location, Resource, WeeklyHours
from bookings.schedule.local_time import instant
from bookings.staff.diary.grid import Item, into_lanes
from tests.bookings.staff.conftest import TEN
from tests.factories import MONDAY, WeeklyHoursFactory, make_request

pytestmark = pytest.mark.django_db
TUESDAY = "2026-11-24"


def calendar(client, **query):
    return client.get(reverse("desk:calendar"), {"day": TUESDAY} | query)


def columns(client, **query):
    return calendar(client, **query).context["columns"]


def items(column, *kinds):
    return [(i.kind, i.first, i.last) for i in column.items if i.kind in kinds]


def test_each_person_and_room_has_a_column(desk_client, confirmed, clinic):
    service, location, people = clinic
    make_request(service, location, start=TEN + timedelta(hours=2), email="b@example.org")
    Resource.objects.create(kind="room", location=location, name="Blue room")
    found = columns(desk_client)
    assert [c.resource.name for c in found] == [*sorted(p.name for p in people), "Blue room"]
    visits = [visit for column in found for visit in column.visits]
    assert [(v.first, v.last, v.movable) for v in visits] == [(600, 660, True), (720, 780, False)]
    page = calendar(desk_client).content.decode()
    assert f'data-version="{confirmed.version}"' in page and confirmed.name in page


def test_several_places_stand_side_by_side(desk_client, confirmed, clinic):
    madrid = Location.objects.create(name="Madrid", address="Sol", time_zone="Europe/Madrid")
    person = Resource.objects.create(kind="practitioner", location=madrid, name="Zoe")
    WeeklyHoursFactory(resource=person, weekday=1, start=time(9), end=time(12))
    both = columns(desk_client)
    assert {c.location for c in both} == {clinic[1], madrid}
    assert items(both[-1], "gap") == [("gap", 540, 720)]
    assert {c.location for c in columns(desk_client, location=madrid.pk)} == {madrid}
    week = columns(desk_client, who=person.pk, span="week")
    assert [c.day for c in week] == [date(2026, 11, 23 + n) for n in range(7)]
    assert {c.resource for c in week} == {person}


def test_a_week_of_everybody_names_each_once(desk_client, confirmed, clinic):
    week = columns(desk_client, span="week")
    assert len(week) == 7
    assert [len(c.visits) for c in week] == [0, 1, 0, 0, 0, 0, 0]


def test_gaps_are_worked_unbooked_and_to_come(desk_client, confirmed, clinic):
    _service, location, people = clinic
    visit = confirmed.appointments.get(status="booked")
    own = next(c for c in columns(desk_client) if c.resource == visit.practitioner)
    assert items(own, "gap") == [("gap", 540, 600), ("gap", 660, 1020)]
    DateException.objects.create(
        location=location, kind="closed", start=TEN + timedelta(hours=5), end=TEN.replace(hour=17)
    )
    own = next(c for c in columns(desk_client) if c.resource == visit.practitioner)
    assert items(own, "gap", "closed") == [
        ("gap", 540, 600),
        ("gap", 660, 900),
        ("closed", 900, 1020),
    ]
    with time_machine.travel(MONDAY + timedelta(hours=2, minutes=7), tick=False):
        own = columns(desk_client, day="2026-11-23", who=people[0].pk)[0]
    assert items(own, "gap", "now") == [("now", 607, 608), ("gap", 615, 1020)]
    assert not items(columns(desk_client, day="2026-11-20")[0], "gap")


def test_a_gap_fills_in_the_booking(desk_client, clinic):
    _service, location, people = clinic
    column = next(c for c in columns(desk_client) if c.resource == people[1])
    page = desk_client.get(f"{column.book}09:15")
    start = page.context["form"].initial
    assert start["start"] == "2026-11-24T09:15"
    assert (start["location"], start["practitioner"]) == (str(location.pk), str(people[1].pk))
    assert "selected" in page.content.decode()
    odd = desk_client.get(reverse("desk:book_for"), {"practitioner": "x" * 99, "start": "<"})
    assert odd.status_code == 200


def test_cancelled_and_away_are_shown(desk_client, desk, confirmed, clinic):
    _service, location, _people = clinic
    visit = confirmed.appointments.get(status="booked")
    DateException.objects.create(
        location=location,
        resource=visit.practitioner,
        kind="closed",
        start=TEN + timedelta(hours=2),
        end=TEN + timedelta(hours=3),
        reason="Dentist",
    )
    transitions.cancel(visit, actor=transitions.staff(desk), now=MONDAY)
    own = next(c for c in columns(desk_client) if c.resource == visit.practitioner)
    assert own.visits[0].line.gone and not own.visits[0].movable
    assert ("gap", 540, 720) in items(own, "gap")
    page = calendar(desk_client).content.decode()
    assert "desk-cal-gone" in page and "Away: Dentist" in page


def test_buffers_and_unworked_hours_lie_behind(desk_client, desk, clinic):
    service, location, people = clinic
    service.buffer_after_minutes = 10
    service.save()
    consultation = make_request(service, location, start=TEN, practitioner=people[0])
    transitions.confirm(
        consultation, actor=transitions.staff(desk), version=consultation.version, now=MONDAY
    )
    DateException.objects.create(
        location=location, kind="open", start=TEN.replace(hour=19), end=TEN.replace(hour=20)
    )
    own = columns(desk_client, who=people[0].pk)[0]
    assert items(own, "outside", "buffer") == [
        ("outside", 0, 540),
        ("buffer", 660, 670),
        ("outside", 1020, 1140),
        ("outside", 1200, 1440),
    ]


def move(client, consultation, **changes):
    visit = consultation.appointments.get(status="booked")
    data = {
        "version": consultation.version,
        "start": "2026-11-25T15:00",
        "practitioner": visit.practitioner_id,
        "next": f"{reverse('desk:calendar')}?day={TUESDAY}",
        "stay": "1",
    }
    return client.post(reverse("desk:move", args=[consultation.reference]), data | changes)


def test_dropped_where_the_dialog_says(desk_client, confirmed):
    response = move(desk_client, confirmed)
    assert response.url == f"{reverse('desk:calendar')}?day={TUESDAY}"
    assert Appointment.objects.get(status="booked").start == TEN + timedelta(hours=29)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"version": 1}, "Ruth has just answered this request."),
        ({"start": "2026-11-25T03:00"}, "That time is not free."),
        ({"start": "nonsense"}, "Enter a date and a time."),
    ],
)
def test_refused_drop_stays_and_says_why(desk_client, confirmed, changes, why):
    before = confirmed.appointments.get(status="booked")
    response = move(desk_client, confirmed, **changes)
    assert response.url.startswith(reverse("desk:calendar"))
    page = desk_client.get(response.url).content.decode()
    assert f"{confirmed.reference} stays where it was. {why}" in page
    assert confirmed.appointments.get(status="booked").pk == before.pk


@pytest.mark.parametrize(
    ("start", "end", "drawn"),
    [
        (time(8, 30), time(12), (7, 18)),
        (time(10), time(19, 15), (8, 21)),
        (time(0, 15), time(23, 30), (0, 24)),
        (time(20), time(2), (0, 24)),
    ],
)
def test_an_hour_more_than_is_worked_is_drawn(desk_client, clinic, start, end, drawn):
    _service, _location, people = clinic
    WeeklyHoursFactory(resource=people[0], weekday=5, start=start, end=end)
    long_over = {"valid_to": MONDAY.date() - timedelta(days=1)}
    WeeklyHoursFactory(resource=people[0], weekday=6, start=time(1), end=time(2), **long_over)
    page = calendar(desk_client)
    assert (page.context["first"] / 60, page.context["last"] / 60) == drawn


def test_a_place_without_hours_shows_seven_to_nine(desk_client, clinic):
    WeeklyHours.objects.all().delete()
    page = calendar(desk_client)
    assert (page.context["first"], page.context["last"]) == (7 * 60, 21 * 60)


def test_a_practitioner_sees_their_own_and_moves_nothing(client, practitioner, clinic):
    service, location, people = clinic
    for number, person in enumerate(people):
        make_request(
            service, location, start=TEN, practitioner=person, email=f"{number}@example.org"
        )
    client.force_login(practitioner)
    (own,) = columns(client)
    assert own.resource == people[0] and len(own.visits) == 1
    assert not own.visits[0].movable and not items(own, "gap")
    page = calendar(client).content.decode()
    assert "data-book=" not in page and "move-dialog" not in page and people[1].name not in page


def test_a_visit_stands_where_the_clock_says_in_the_repeated_hour(desk_client, desk, clinic):
    _service, location, people = clinic
    Location.objects.update(time_zone="Europe/Madrid")
    WeeklyHoursFactory(resource=people[0], weekday=6, start=time(0), end=time(5))
    sunday = date(2027, 10, 31)
    at = instant(sunday, time(2, 30), Location.objects.get().zone)
    consultation = make_request(clinic[0], location, start=TEN, practitioner=people[0])
    visit = consultation.appointments.get()
    Appointment.objects.filter(pk=visit.pk).update(
        start=at, end=at + timedelta(minutes=45), busy_start=at, busy_end=at + timedelta(hours=1)
    )
    Appointment.objects.filter(pk=visit.pk).update(hold_expires_at=None, status="booked")
    found = columns(desk_client, day=str(sunday), who=people[0].pk)[0]
    assert [(v.first, v.last) for v in found.visits] == [(150, 151)]


def test_overlapping_visits_share_the_width():
    visits = [Item("visit", *span) for span in [(0, 60), (30, 90), (60, 120), (120, 125)]]
    into_lanes(visits)
    assert [(v.lane, v.lanes) for v in visits] == [(0, 2), (1, 2), (0, 2), (0, 1)]


@pytest.mark.parametrize(
    "query", [{"day": "x"}, {"day": "0001-01-01"}, {"who": "x"}, {"location": "9" * 30}]
)
def test_odd_addresses_show_the_calendar(desk_client, clinic, query):
    assert calendar(desk_client, **query).status_code == 200


def test_nobody_to_show_is_said(desk_client):
    assert "There is nobody to show yet." in calendar(desk_client).content.decode()
