"""People, rooms, services, hours and closures, as the owner keeps them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from bookings.models import DateException, Practitioner, Resource, Service, TimeClaim
from tests.bookings.staff.setup.places import save_location
from tests.factories import (
    MONDAY,
    LocationFactory,
    ResourceFactory,
    ServiceFactory,
    make_clinic,
    make_request,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner_client(client, make_user):
    client.force_login(make_user("Owner"))
    return client


@pytest.fixture
def close(owner_client, clinic):
    def post(**data):
        _service, location, _people = clinic
        values = {
            "location": location.pk,
            "kind": "closed",
            "start": "2026-11-24T09:00",
            "end": "2026-11-24T12:00",
            "reason": "Training",
        }
        return owner_client.post(reverse("closures:add"), values | data)

    return post


def test_a_closure_takes_its_free_time(close, clinic):
    _service, _location, people = clinic
    assert close(resource=people[0].pk).status_code == 302
    closure = DateException.objects.get()
    assert closure.start == datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert TimeClaim.objects.filter(exception=closure, resource=people[0]).count() == 36


def test_a_closure_leads_to_whom_it_affects(close, confirmed):
    response = close()
    assert response.url == reverse("desk:closure", args=[DateException.objects.get().pk])
    assert DateException.objects.get().displaced.get().appointment.request == confirmed


def test_a_closure_that_affects_nobody_says_so(close, owner_client):
    close()
    page = owner_client.get(reverse("closures:index")).content.decode()
    assert ">nobody" in "".join(page.split()) and "(blank)" not in page


@pytest.mark.parametrize("kind", ["closed", "open"])
def test_a_closure_cannot_become_years_long(close, owner_client, clinic, kind):
    close()
    shut = DateException.objects.get()
    page = owner_client.post(
        reverse("closures:edit", args=[shut.pk]),
        {
            "location": clinic[1].pk,
            "kind": kind,
            "start": "2026-11-24T09:00",
            "end": "2031-02-28T10:00",
        },
    ).content.decode()
    assert (
        "For longer, end the weekly hours instead." in page and 'value="2031-02-28T10:00"' in page
    )


def test_deleting_a_closure_frees_its_time(close, owner_client):
    close()
    owner_client.post(reverse("closures:delete", args=[DateException.objects.get().pk]))
    assert not TimeClaim.objects.exists()


def test_a_closure_that_moves_takes_its_cells_along(close, owner_client, clinic):
    close(resource=clinic[2][0].pk)
    closure = DateException.objects.get()
    owner_client.post(
        reverse("closures:edit", args=[closure.pk]),
        {
            "location": clinic[1].pk,
            "resource": clinic[2][0].pk,
            "kind": "closed",
            "start": "2026-11-25T09:00",
            "end": "2026-11-25T09:30",
        },
    )
    cells = TimeClaim.objects.order_by("cell_start").values_list("cell_start", flat=True)
    assert len(cells) == 6 and cells[0] == datetime(2026, 11, 25, 9, tzinfo=UTC)


def test_an_extra_opening_takes_none(close):
    close(kind="open")
    assert DateException.objects.exists() and not TimeClaim.objects.exists()


@pytest.mark.parametrize(
    ("field", "data"),
    [
        ("end", {"end": "2026-11-24T08:00"}),
        ("end", {"end": "2027-11-24T08:00"}),
        ("start", {"start": "2026-02-30T10:00"}),
        ("start", {"start": ""}),
        ("start", {"start": "2027-03-28T01:30"}),
        ("location", {"location": "x"}),
    ],
)
def test_a_wrong_closure_is_refused_beside_its_field(close, field, data):
    response = close(**data)
    assert response.status_code == 200 and not DateException.objects.exists()
    errors = response.context["form"].errors
    assert field in errors or (data.get("end") and "__all__" in errors)


def test_somebody_of_another_location_is_refused(close):
    stranger = make_clinic()[2][0]
    response = close(resource=stranger.pk)
    assert "resource" in response.context["form"].errors


def test_a_practitioner_has_profile_and_login(owner_client, clinic, make_user):
    login = make_user("Practitioner", "bea")
    response = owner_client.post(
        reverse("people:add"),
        {"location": clinic[1].pk, "name": "Bea", "active": "on", "title": "T", "user": login.pk},
    )
    assert response.status_code == 302
    person = Resource.objects.get(name="Bea")
    assert person.kind == "practitioner" and person.practitioner.user == login


def test_a_login_belongs_to_one_practitioner(owner_client, practitioner, clinic):
    response = owner_client.post(
        reverse("people:add"), {"location": clinic[1].pk, "name": "Bea", "user": practitioner.pk}
    )
    assert "user" in response.context["form"].errors


def test_a_name_is_taken_once_a_location(owner_client, clinic):
    _service, location, people = clinic
    response = owner_client.post(
        reverse("people:add"), {"location": location.pk, "name": people[0].name}
    )
    assert response.status_code == 200 and response.context["form"].errors
    assert Practitioner.objects.count() == 2


def test_people_and_rooms_are_apart(owner_client, clinic):
    _service, location, people = clinic
    owner_client.post(reverse("rooms:add"), {"location": location.pk, "name": "Room 1"})
    room = Resource.objects.get(kind="room")
    assert list(owner_client.get(reverse("rooms:index")).context["object_list"]) == [room]
    assert owner_client.get(reverse("rooms:edit", args=[people[0].pk])).status_code == 404
    assert owner_client.get(reverse("people:edit", args=[room.pk])).status_code == 404


def test_what_is_used_is_kept(owner_client, confirmed, clinic):
    service, _location, _people = clinic
    response = owner_client.post(reverse("services:delete", args=[service.pk]))
    assert response.status_code == 302 and Service.objects.filter(pk=service.pk).exists()


def test_an_impossible_service_is_refused(owner_client, clinic):
    service, _location, people = clinic
    response = owner_client.post(
        reverse("services:edit", args=[service.pk]),
        {
            "name": "S",
            "slug": "s",
            "duration_minutes": 0,
            "buffer_before_minutes": 0,
            "buffer_after_minutes": 0,
            "step_minutes": 30,
            "minimum_notice_hours": 24,
            "cancel_notice_hours": 24,
            "horizon_days": 60,
            "practitioners": [people[0].pk],
        },
    )
    assert "5 to 480" in response.content.decode()


def test_an_enormous_person_id_is_refused_by_name(owner_client, clinic):
    page = owner_client.post(
        reverse("services:edit", args=[clinic[0].pk]), {"name": "S", "practitioners": [2**70]}
    )
    assert page.status_code == 200 and f"{2**70} is not one of" in page.content.decode()


def test_hours_that_end_when_they_start_are_refused(owner_client, clinic):
    response = owner_client.post(
        reverse("hours:add"),
        {"resource": clinic[2][0].pk, "weekday": 0, "start": "09:00", "end": "09:00"},
    )
    assert "must differ" in response.content.decode()


def test_whoever_moves_house_takes_their_own_closures_along(owner_client, close, clinic):
    """And is not closed in the old house any more, whose cells nobody could book otherwise."""
    person, other = clinic[2][0], LocationFactory()
    close(resource=person.pk)
    close(start="2026-11-26T09:00", end="2026-11-26T12:00")
    data = {"location": other.pk, "name": person.name, "active": "on"}
    assert owner_client.post(reverse("people:edit", args=[person.pk]), data).status_code == 302
    own = DateException.objects.get(resource=person)
    assert own.location == other
    assert set(TimeClaim.objects.filter(resource=person)) == set(own.claims.all())


def test_a_closed_day_follows_the_time_zone(owner_client, close, clinic):
    place, kolkata = clinic[1], ZoneInfo("Asia/Kolkata")
    close(start="2026-11-24T00:00", end="2026-11-25T00:00")
    data = {"name": place.name, "address": place.address, "active": "on"}
    url = reverse("locations:edit", args=[place.pk])
    assert owner_client.post(url, data | {"time_zone": kolkata.key}).status_code == 302
    closure = DateException.objects.get()
    assert closure.start == datetime(2026, 11, 24, tzinfo=kolkata)
    assert closure.end == datetime(2026, 11, 25, tzinfo=kolkata)
    cells = closure.claims.order_by("cell_start").values_list("cell_start", flat=True)
    assert cells[0] == closure.start and len(cells) == 2 * 288


def test_time_zone_change_adds_visits_inside_closure(owner_client, close, clinic, confirmed):
    """Closed from eleven to one; the visit at ten in London is at eleven in Berlin."""
    place = clinic[1]
    close(start="2026-11-24T11:00", end="2026-11-24T13:00")
    data = {"name": place.name, "address": place.address, "active": "on"}
    url = reverse("locations:edit", args=[place.pk])
    data |= {"time_zone": "Europe/Berlin"}
    assert save_location(owner_client, url, data, keep="moment").status_code == 302
    displaced = DateException.objects.get().displaced.get()
    assert displaced.appointment.request == confirmed
    event = confirmed.events.get(verb="displace")
    assert event.actor.username == "owner" and event.why == "Training"


def test_an_unknown_time_zone_is_refused_by_name(owner_client, clinic):
    place = clinic[1]
    values = {"name": place.name, "address": place.address, "active": "on", "time_zone": "London"}
    page = owner_client.post(reverse("locations:edit", args=[place.pk]), values)
    assert page.status_code == 200 and "time_zone" in page.context["form"].errors


def test_an_invalid_photo_id_is_refused_by_name(owner_client, clinic):
    values = {"location": clinic[1].pk, "name": "Amara", "photo": "confirmed"}
    page = owner_client.post(reverse("people:add"), values)
    assert page.status_code == 200 and "photo" in page.context["form"].errors


def test_hours_are_written_as_in_the_diary(owner_client, clinic):
    page = owner_client.get(reverse("hours:index")).content.decode()
    assert "9am–5pm" in page
    assert "listing desk-table" in page


def test_a_new_closure_begins_with_the_whole_place(owner_client, clinic):
    form = owner_client.get(reverse("closures:add")).context["form"]
    assert form["location"].value() == clinic[1].pk
    assert "The whole location" in str(form["resource"])


def test_a_service_says_what_its_minutes_mean(owner_client, clinic):
    page = owner_client.get(reverse("services:edit", args=[clinic[0].pk])).content.decode()
    assert "Minutes blocked after" in page
    assert "Staff may book later." in page


def test_a_person_with_visits_cannot_be_deleted(owner_client, clinic):
    service, location, (person, *_others) = clinic
    make_request(service, location, start=MONDAY.replace(day=25, hour=9), practitioner=person)
    page = owner_client.post(reverse("people:delete", args=[person.pk]), {"next": "confirmed"})
    assert (page.status_code, page["Location"]) == (302, "confirmed")
    assert Resource.objects.filter(pk=person.pk).exists()


@pytest.mark.parametrize(
    ("name", "counted"),
    [("people", "2 practitioners"), ("rooms", "1 room"), ("hours", "10 entries")],
)
def test_rows_are_counted_by_their_names(owner_client, clinic, name, counted):
    ResourceFactory(kind="room", location=clinic[1], name="Blue room")
    assert counted in owner_client.get(reverse(f"{name}:index")).content.decode()


def test_saved_closure_says_when_and_who(close, owner_client, confirmed):
    page = owner_client.get(close().url).text
    assert "Closed: Tue 24\xa0Nov, 9am to midday. 1 person needs a new time." in page


@pytest.mark.parametrize(("name", "one"), [("people", "Practitioner"), ("rooms", "Room")])
def test_headings_say_which_kind(owner_client, clinic, name, one):
    page = owner_client.get(reverse(f"{name}:add")).content.decode()
    assert f"New: {one}" in page and "erson or room" not in page and "eople and rooms" not in page
    kind = "room" if name == "rooms" else "practitioner"
    row = ResourceFactory(kind=kind, location=clinic[1])
    page = owner_client.get(reverse(f"{name}:edit", args=[row.pk])).content.decode()
    assert "eople and rooms" not in page


def test_time_zones_are_chosen_by_city(owner_client, clinic):
    location = clinic[1]
    field = owner_client.get(reverse("locations:add")).context["form"].fields["time_zone"]
    cities = {group: dict(rows) for group, rows in field.choices}
    assert cities["Europe"]["Europe/London"] == "London"
    assert cities["America"]["America/Argentina/Buenos_Aires"] == "Buenos Aires (Argentina)"
    type(location).objects.filter(pk=location.pk).update(time_zone="UTC")
    page = owner_client.get(reverse("locations:edit", args=[location.pk]))
    assert ("UTC", "UTC") in dict(page.context["form"].fields["time_zone"].choices)["Others"]


def test_an_empty_url_name_is_made_of_the_name(owner_client, clinic):
    service = clinic[0]
    form = owner_client.get(reverse("services:edit", args=[service.pk])).context["form"]
    values = {name: form[name].value() for name in form.fields}
    data = {n: v for n, v in values.items() if v is not None and v is not False}
    data["practitioners"] = [p.pk for p in clinic[2]]
    for name, slug in (("Crème brûlée & knees", "creme-brulee-knees"), ("按摩", "service")):
        Service.objects.exclude(pk=service.pk).delete()
        ServiceFactory(slug=slug)
        posted = owner_client.post(
            reverse("services:edit", args=[service.pk]), data | {"name": name, "slug": ""}
        )
        assert posted.status_code == 302, posted.context["form"].errors
        service.refresh_from_db()
        assert service.slug == f"{slug}-2"
