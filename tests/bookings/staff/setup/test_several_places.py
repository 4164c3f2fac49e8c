"""A practitioner of several locations, as the owner sets them up and the desk and patients see them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from bookings import transitions
from bookings.models import DateException, Resource, TravelTime, WeeklyHours
from bookings.schedule import travel
from bookings.staff.reports.opening_hours import opening_hours
from tests.factories import MONDAY, LocationFactory, ResourceFactory, make_request, work_also

pytestmark = pytest.mark.django_db
WEEK = "/admin/clinic/week/"


@pytest.fixture
def owner_client(client, make_user):
    client.force_login(make_user("Owner"))
    return client


@pytest.fixture
def park(db):
    return LocationFactory(name="Park", address="3 Park Road")


@pytest.fixture
def person(clinic):
    return clinic[2][0]


def save_person(client, person, *also, **changes):
    data = {"location": person.location_id, "name": person.name, "active": "on"}
    data |= {"also_at": [place.pk for place in also]} | changes
    return client.post(reverse("people:edit", args=[person.pk]), data)


def errors(response):
    return dict(response.context["form"].errors)


def test_a_second_location_is_ticked(owner_client, person, park):
    assert save_person(owner_client, person, park).status_code == 302
    assert person.places == [person.location, park]
    assert "Location" in owner_client.get(reverse("people:index")).content.decode()


def test_with_one_location_nothing_is_asked(owner_client, person):
    page = owner_client.get(reverse("people:edit", args=[person.pk])).content.decode()
    assert "also_at" not in page
    assert 'name="location"' not in owner_client.get(reverse("hours:add")).content.decode()


def test_a_location_with_visits_stays(owner_client, clinic, person, park):
    work_also(person, park)
    make_request(clinic[0], park, start=MONDAY + timedelta(days=1, hours=2))
    person.weekly_hours.filter(location=park).delete()
    assert errors(save_person(owner_client, person)).keys() == {"also_at"}


def test_a_location_with_hours_stays(owner_client, person, park):
    work_also(person, park)
    assert errors(save_person(owner_client, person)).keys() == {"also_at"}
    moved = {"location": park.pk, "also_at": []}
    assert errors(save_person(owner_client, person, **moved)).keys() == {"location"}
    person.weekly_hours.filter(location=park).update(valid_to=MONDAY - timedelta(days=2))
    assert save_person(owner_client, person).status_code == 302


def test_hours_end_at_midnight_there(owner_client, person, park, time_machine):
    """In summer in London, where the next day begins an hour before that of UTC."""
    work_also(person, park)
    person.weekly_hours.filter(location=park).update(valid_to=date(2027, 7, 14))
    time_machine.move_to(datetime(2027, 7, 14, 22, 59, tzinfo=UTC), tick=False)
    assert errors(save_person(owner_client, person)).keys() == {"also_at"}
    time_machine.move_to(datetime(2027, 7, 14, 23, tzinfo=UTC), tick=False)
    assert save_person(owner_client, person).status_code == 302


def test_usual_and_second_location_change_places(owner_client, person, park):
    work_also(person, park)
    home = person.location
    assert save_person(owner_client, person, home, location=park.pk).status_code == 302
    person.refresh_from_db()
    assert person.places == [park, home]
    assert person.weekly_hours.filter(location=home).count() == 5


def test_a_week_is_of_one_location(owner_client, clinic, person, park):
    person.also_at.add(park)
    query = {"person": f"{person.pk}-{park.pk}"}
    form = owner_client.get(WEEK, query).context["form"]
    assert form["start_0_0"].value() is None
    data = query | {"shown": form["shown"].value(), "first": "2026-11-23"}
    data |= {"start_0_0": "18:00", "end_0_0": "20:00"}
    assert owner_client.post(WEEK, data).status_code == 302
    row = WeeklyHours.objects.get(resource=person, location=park)
    assert (row.weekday, row.valid_from) == (0, None)
    assert person.weekly_hours.filter(location=clinic[1], valid_to=None).count() == 5


def test_hours_where_nobody_works_are_refused(owner_client, person, park):
    data = {"resource": person.pk, "weekday": 0, "start": "18:00", "end": "19:00"}
    response = owner_client.post(reverse("hours:add"), data | {"location": park.pk})
    assert errors(response).keys() == {"location"}
    person.also_at.add(park)
    owner_client.post(reverse("hours:add"), data | {"location": park.pk})
    assert WeeklyHours.objects.get(location=park).resource == person


@pytest.mark.parametrize("odd", ["0-0", "x", "1-", "-1", str(2**70)])
def test_an_odd_week_is_nobodys(owner_client, clinic, odd):
    assert owner_client.get(WEEK, {"person": odd}).status_code == 200
    assert owner_client.post(WEEK, {"person": odd}).status_code == 302


def test_a_room_and_a_service_say_where(owner_client, clinic, park):
    service, location, _people = clinic
    room = ResourceFactory(kind="room", location=location, name="Gym")
    data = {"location": location.pk, "name": "Gym", "active": "on", "serves": [service.pk]}
    assert owner_client.post(reverse("rooms:edit", args=[room.pk]), data).status_code == 302
    assert list(room.serves.all()) == [service]
    page = owner_client.get(reverse("services:edit", args=[service.pk])).content.decode()
    assert 'name="locations"' in page and "Park" in page


@pytest.mark.parametrize(
    ("minutes", "kept"), [("30", 30), ("241", None), ("-1", None), ("x", None)]
)
def test_the_way_is_typed_at_the_location(owner_client, clinic, park, minutes, kept):
    data = {"name": "Park", "address": "3 Park Road", "time_zone": "Europe/London", "active": "on"}
    url = reverse("locations:edit", args=[park.pk])
    response = owner_client.post(url, data | {f"way_{clinic[1].pk}": minutes})
    assert (response.status_code == 302) == (kept is not None)
    row = TravelTime.objects.first()
    assert (row.minutes if row else None) == kept
    if kept:
        assert travel.ways_from(park.pk) == {clinic[1].pk: timedelta(minutes=30)}
        shown = owner_client.get(reverse("locations:edit", args=[clinic[1].pk])).context["form"]
        assert shown[f"way_{park.pk}"].value() == 30


def test_an_absence_is_entered_at_either(owner_client, person, park):
    work_also(person, park)
    data = {"location": park.pk, "resource": person.pk, "kind": "closed", "reason": ""}
    data |= {"start": "2026-11-24T09:00", "end": "2026-11-24T12:00"}
    assert owner_client.post(reverse("closures:add"), data).status_code == 302
    assert DateException.objects.get().claims.filter(resource=person).exists()


def test_diaries_show_who_is_elsewhere(owner_client, clinic, person, park):
    work_also(person, park)
    clinic[0].practitioners.set([person])
    make_request(clinic[0], park, start=MONDAY + timedelta(days=1, hours=2))
    where = {"location": clinic[1].pk, "day": "2026-11-24"}
    assert "At Park, 10am–11am" in owner_client.get("/admin/diary/", where).content.decode()
    page = owner_client.get(reverse("desk:calendar"), where)
    assert "At Park" in page.content.decode()
    column = next(c for c in page.context["columns"] if c.resource == person)
    gaps = [(i.first, i.last) for i in column.items if i.kind == "gap"]
    assert gaps == [(540, 600), (660, 1020)]
    everywhere = owner_client.get(
        reverse("desk:calendar"), {"who": person.pk, "day": "2026-11-24"}
    ).context["columns"]
    assert {c.location for c in everywhere} == {clinic[1], park}


def test_labels_of_a_calendar_never_overlap(owner_client, clinic, person, park):
    work_also(person, park)
    clinic[0].practitioners.set([person])
    start = MONDAY + timedelta(days=1, hours=2)
    make_request(clinic[0], park, start=start)
    DateException.objects.create(
        location=park, resource=person, start=start, end=start + timedelta(hours=3), kind="closed"
    )
    where = {"location": clinic[1].pk, "day": "2026-11-24"}
    columns = owner_client.get(reverse("desk:calendar"), where).context["columns"]
    column = next(c for c in columns if c.resource == person)
    labelled = sorted((i.first, i.last, i.label) for i in column.items if i.kind == "away")
    assert labelled == [(600, 660, "At Park"), (660, 780, "Away")]


def test_patients_see_every_place(client, clinic, person, park):
    work_also(person, park)
    page = client.get(person.practitioner.get_absolute_url()).content.decode()
    assert "3 Park Road" in page and "12 Harbour Street" in page
    assert f"<h2>{person.location.name}</h2>" in page and "<h2>Park</h2>" in page
    assert f"{person.location.name} and Park" in client.get("/people/").content.decode()
    Resource.objects.filter(pk=person.pk).update(active=False)
    assert "Park" not in client.get("/people/").content.decode()


def test_the_report_adds_the_hours_of_all_places(clinic, person, park):
    work_also(person, park)
    week = MONDAY.date(), MONDAY.date() + timedelta(days=6)
    at_park = dict(opening_hours(park, *week, park.zone))
    assert at_park == {person: 40.0}
    assert dict(opening_hours(None, *week, park.zone))[person] == 80.0
    closure = DateException(
        location=park, resource=person, start=MONDAY, end=MONDAY + timedelta(hours=10)
    )
    transitions.enter_absence(
        closure, actor=transitions.core.SYSTEM, now=MONDAY - timedelta(days=1)
    )
    assert dict(opening_hours(None, *week, park.zone))[person] == 64.0


def test_an_extra_opening_stays_where_it_is(owner_client, clinic, person, park):
    """It would be offered at the usual location otherwise, where nobody is then."""
    person.also_at.add(park)
    start = MONDAY + timedelta(days=5, hours=2)
    opening = DateException.objects.create(
        location=park, resource=person, kind="open", start=start, end=start + timedelta(hours=3)
    )
    assert errors(save_person(owner_client, person)).keys() == {"also_at"}
    opening.refresh_from_db()
    assert opening.location == park
    DateException.objects.update(start=MONDAY - timedelta(days=2), end=MONDAY - timedelta(days=1))
    assert save_person(owner_client, person).status_code == 302


@pytest.mark.parametrize("who", ["person", "service"])
def test_a_location_that_is_named_is_not_deleted(owner_client, clinic, person, park, who):
    """A service for this location alone would be offered everywhere once it is gone."""
    (person.also_at if who == "person" else clinic[0].locations).add(park)
    response = owner_client.post(reverse("locations:delete", args=[park.pk]), follow=True)
    assert "name this location" in response.content.decode()
    park.refresh_from_db()
