"""A week of hours on one page, for one practitioner and for others."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from bookings.models import WeeklyHours
from tests.factories import MONDAY, ResourceFactory

pytestmark = pytest.mark.django_db
URL = "/admin/clinic/week/"
TODAY = date(2026, 11, 23)


@pytest.fixture
def owner_client(client, make_user):
    client.force_login(make_user("Owner"))
    return client


def as_shown(client, person):
    form = client.get(URL, {"person": person.pk}).context["form"]
    values = {name: form[name].value() for name in form.fields}
    found = {
        name: value.strftime("%H:%M") if isinstance(value, time) else value
        for name, value in values.items()
        if value
    }
    return found | {"person": person.pk, "first": str(values["first"])}


def in_force(person, day=TODAY):
    rows = WeeklyHours.objects.filter(resource=person).exclude(valid_to__lt=day)
    rows = rows.exclude(valid_from__gt=day)
    return sorted((row.weekday, f"{row.start:%H:%M}", f"{row.end:%H:%M}") for row in rows)


def test_saved_as_shown_it_changes_nothing(owner_client, clinic):
    person = clinic[2][0]
    before = list(WeeklyHours.objects.order_by("pk").values())
    response = owner_client.post(URL, as_shown(owner_client, person))
    assert response.url == f"{reverse('desk:week')}?person={person.pk}"
    assert list(WeeklyHours.objects.order_by("pk").values()) == before


def test_a_day_copied_to_days_and_people(owner_client, clinic):
    person, other = clinic[2]
    fresh = ResourceFactory(kind="practitioner", location=clinic[1], name="New")
    data = as_shown(owner_client, person)
    data |= {"start_0_0": "08:00", "end_0_0": "12:00", "start_0_1": "13:00", "end_0_1": "17:30"}
    data |= {f"same_{day}": "on" for day in range(1, 4)}
    data |= {"start_4_0": "", "end_4_0": "", "also": [fresh.pk]}
    assert owner_client.post(URL, data).status_code == 302
    day = [("08:00", "12:00"), ("13:00", "17:30")]
    expected = [(weekday, *span) for weekday in range(4) for span in day]
    assert in_force(person) == in_force(fresh) == expected
    assert len(in_force(other)) == 5
    # What was before stays on record, and a new person's hours have no beginning.
    ended = WeeklyHours.objects.filter(resource=person, valid_to=TODAY - timedelta(days=1))
    assert ended.count() == 5
    assert not WeeklyHours.objects.filter(resource=fresh).exclude(valid_from=None).exists()


def test_a_later_week_leaves_today_and_changes_twice(owner_client, clinic):
    person = clinic[2][0]
    later = TODAY + timedelta(days=14)
    data = as_shown(owner_client, person) | {"first": str(later), "end_0_0": "12:00"}
    assert owner_client.post(URL, data).status_code == 302
    assert (0, "09:00", "17:00") in in_force(person)
    assert (0, "09:00", "12:00") in in_force(person, later)
    page = owner_client.get(URL, {"person": person.pk})
    assert [row.valid_from for row in page.context["others"]] == [None, later]


def test_a_booked_visit_keeps_its_hours(owner_client, confirmed):
    person = confirmed.appointments.get(status="booked").practitioner
    data = as_shown(owner_client, person) | {"start_1_0": "", "end_1_0": ""}
    page = owner_client.post(URL, data)
    assert confirmed.reference in str(page.context["form"].non_field_errors())
    assert (1, "09:00", "17:00") in in_force(person)


def test_hours_changed_meanwhile_are_not_overwritten(owner_client, clinic):
    person = clinic[2][0]
    data = as_shown(owner_client, person) | {"end_0_0": "12:00"}
    WeeklyHours.objects.filter(resource=person, weekday=0).update(end=time(16))
    page = owner_client.post(URL, data)
    assert "in the meantime" in str(page.context["form"].non_field_errors())
    assert (0, "09:00", "16:00") in in_force(person)


@pytest.mark.parametrize(
    "changes",
    [
        {"end_0_0": ""},
        {"end_0_0": "09:00"},
        {"start_0_1": "12:00", "end_0_1": "13:00"},
        {"start_0_1": "20:00", "end_0_1": "x"},
        {"first": "2026-11-22"},
        {"first": "9999-01-01"},
        {"also": "999"},
        {"shown": ""},
    ],
)
def test_what_makes_no_sense_is_refused(owner_client, clinic, changes):
    person = clinic[2][0]
    before = list(WeeklyHours.objects.order_by("pk").values())
    page = owner_client.post(URL, as_shown(owner_client, person) | changes)
    assert page.status_code == 200 and page.context["form"].errors
    assert list(WeeklyHours.objects.order_by("pk").values()) == before


def test_a_night_and_nobody(owner_client, clinic):
    person = clinic[2][0]
    data = as_shown(owner_client, person) | {"start_5_0": "20:00", "end_5_0": "02:00"}
    assert owner_client.post(URL, data).status_code == 302
    assert (5, "20:00", "02:00") in in_force(person)
    assert owner_client.post(URL, data | {"person": "9" * 30}).url == reverse("people:index")
    assert MONDAY.date() == TODAY
