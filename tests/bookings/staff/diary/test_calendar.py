"""The calendar's rows: the same visits as the list, for the same people."""

from datetime import time, timedelta

import pytest
from django.urls import reverse

from bookings import transitions
from bookings.models import Appointment, DateException, WeeklyHours
from tests.bookings.staff.conftest import TEN
from tests.factories import MONDAY, WeeklyHoursFactory, make_request

pytestmark = [pytest.mark.django_db, pytest.mark.alike]
TUESDAY = {"start": "2026-11-24", "end": "2026-11-25"}


def rows(client, clinic, **query):
    url = reverse("desk:calendar_rows", args=[clinic[1].pk])
    return client.get(url, TUESDAY | query).json()


def visits(client, clinic, **query):
    return [row for row in rows(client, clinic, **query) if "id" in row]


def test_only_booked_visits_can_be_dragged(desk_client, confirmed, clinic):
    service, location, people = clinic
    make_request(service, location, start=TEN + timedelta(hours=2), email="b@example.org")
    booked, held = visits(desk_client, clinic)
    assert (booked["start"], booked["end"]) == ("2026-11-24T10:00", "2026-11-24T11:00")
    assert booked["editable"] and not held["editable"]
    assert booked["extendedProps"]["version"] == confirmed.version
    shown = booked["title"], booked["extendedProps"]["who"], booked["extendedProps"]["state"]
    assert shown == (confirmed.name, people[0].name, "booked")
    assert booked["extendedProps"]["move"] == reverse("desk:move", args=[confirmed.reference])


def test_dropped_where_the_dialog_says(desk_client, confirmed, clinic):
    props = visits(desk_client, clinic)[0]["extendedProps"]
    response = desk_client.post(
        props["move"],
        {
            "version": props["version"],
            "start": "2026-11-25T15:00",
            "practitioner": props["practitioner"],
            "next": reverse("desk:calendar"),
        },
    )
    assert response.url == reverse("desk:calendar")
    assert Appointment.objects.get(status="booked").start == TEN + timedelta(hours=29)


def test_one_person_with_hours_closures_and_buffers(desk_client, desk, clinic):
    service, location, people = clinic
    service.buffer_after_minutes = 10
    service.save()
    consultation = make_request(service, location, start=TEN, practitioner=people[0])
    transitions.confirm(
        consultation, actor=transitions.staff(desk), version=consultation.version, now=MONDAY
    )
    DateException.objects.create(
        location=location, kind="closed", start=TEN + timedelta(hours=5), end=TEN.replace(hour=17)
    )
    found = rows(desk_client, clinic, who=people[0].pk)
    outside = ["desk-cal-outside", "desk-cal-outside"]
    names = [row["classNames"][0] for row in found]
    assert names == [*outside, "desk-cal-closed", "desk-cal-booked", "desk-cal-buffer"]
    assert found[4]["start"] == "2026-11-24T11:00" and found[4]["end"] == "2026-11-24T11:10"
    names = [row["classNames"][0] for row in rows(desk_client, clinic, who=people[1].pk)]
    assert names == [*outside, "desk-cal-closed"]


def test_outside_are_the_hours_in_which_nobody_works(desk_client, clinic):
    _service, location, people = clinic
    hours = people[1].weekly_hours.filter(weekday=TEN.weekday())
    hours.update(start=time(8), end=time(12))
    DateException.objects.create(
        location=location, kind="open", start=TEN.replace(hour=19), end=TEN.replace(hour=20)
    )

    def outside(who=""):
        return [(r["start"][11:], r["end"][11:]) for r in rows(desk_client, clinic, who=who)]

    assert outside() == [("00:00", "08:00"), ("17:00", "19:00"), ("20:00", "00:00")]
    assert outside(people[1].pk)[1] == ("12:00", "19:00")


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
    _service, location, people = clinic
    WeeklyHoursFactory(resource=people[0], weekday=5, start=start, end=end)
    long_over = {"valid_to": MONDAY.date() - timedelta(days=1)}
    WeeklyHoursFactory(resource=people[0], weekday=6, start=time(1), end=time(2), **long_over)
    page = desk_client.get(reverse("desk:calendar"))
    assert (page.context["first"], page.context["last"]) == drawn


def test_a_place_without_hours_shows_seven_to_nine(desk_client, clinic):
    WeeklyHours.objects.all().delete()
    page = desk_client.get(reverse("desk:calendar")).content.decode()
    assert 'data-first="7" data-last="21"' in page


def test_a_practitioner_sees_their_own_and_drags_nothing(client, practitioner, clinic):
    service, location, people = clinic
    for number, person in enumerate(people):
        make_request(
            service, location, start=TEN, practitioner=person, email=f"{number}@example.org"
        )
    client.force_login(practitioner)
    found = visits(client, clinic)
    assert len(found) == 1 and not found[0]["editable"]


@pytest.mark.parametrize(
    "query",
    [{"start": "x"}, {"end": "2026-02-30"}, {"end": "2026-11-24"}, {"end": "2099-01-01"}]
    + [{"start": "0001-01-01"}, {"end": ""}],
)
def test_odd_days_are_refused(desk_client, clinic, query):
    url = reverse("desk:calendar_rows", args=[clinic[1].pk])
    assert desk_client.get(url, TUESDAY | query).status_code == 400
