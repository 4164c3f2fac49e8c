"""No change of hours, people, services or places that the engine could not honour."""

from datetime import time, timedelta

import pytest
from django.urls import reverse

from bookings.enums import AppointmentStatus
from bookings.models import DateException, Resource, WeeklyHours
from tests.bookings.staff.conftest import TEN
from tests.bookings.staff.setup.places import save_location

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner_client(client, make_user):
    client.force_login(make_user("Owner"))
    return client


@pytest.fixture
def visit(confirmed):
    return confirmed.appointments.get(status=AppointmentStatus.BOOKED)


@pytest.fixture
def tuesday(visit):
    return WeeklyHours.objects.get(resource=visit.practitioner, weekday=1)


def save_hours(client, row, **changes):
    data = {"resource": row.resource_id, "weekday": row.weekday, "start": "09:00", "end": "17:00"}
    return client.post(reverse("hours:edit", args=[row.pk]), data | changes)


@pytest.mark.parametrize(
    "change",
    [{"start": "10:30"}, {"end": "10:30"}, {"weekday": 2}, {"valid_to": "2026-11-23"}],
    ids=str,
)
def test_hours_that_exclude_a_visit_are_refused(owner_client, tuesday, visit, change):
    response = save_hours(owner_client, tuesday, **change)
    page = response.content.decode()
    assert "1 booked or held visit falls outside these hours" in page
    assert visit.request.reference in page and "changed" in page
    tuesday.refresh_from_db()
    assert (tuesday.start, tuesday.weekday, tuesday.valid_to) == (time(9), 1, None)


def test_hours_that_keep_every_visit_are_saved(owner_client, tuesday):
    assert save_hours(owner_client, tuesday, start="10:00", end="11:00").status_code == 302
    tuesday.refresh_from_db()
    assert tuesday.start == time(10)


def test_missing_limits_take_no_line(owner_client, tuesday):
    WeeklyHours.objects.exclude(pk=tuesday.pk).delete()
    page = owner_client.get(reverse("hours:index")).content.decode()
    assert page.count('<span class="desk-none">–</span>') == 2
    WeeklyHours.objects.update(valid_to="2027-01-31")
    page = owner_client.get(reverse("hours:index")).content.decode()
    assert page.count('<span class="desk-none">–</span>') == 1
    assert '<span class="desk-meta desk-narrow-only">Valid to </span>' in page


def test_the_resulting_week_is_shown_and_nothing_saved(owner_client, tuesday):
    response = save_hours(owner_client, tuesday, start="08:00", show="1")
    changed = [day.date.weekday() for day in response.context["week"] if day.changed]
    assert changed == [1] and "8am–5pm" in response.content.decode()
    tuesday.refresh_from_db()
    assert tuesday.start == time(9)


@pytest.mark.parametrize("name", ["valid_from", "valid_to"])
@pytest.mark.parametrize("show", [{}, {"show": "1"}])
def test_hours_begin_and_end_in_this_century(owner_client, tuesday, name, show):
    page = save_hours(owner_client, tuesday, **{name: "9999-12-31"}, **show).content.decode()
    assert "Enter a day of this century." in page and 'value="9999-12-31"' in page


def test_hours_with_visits_cannot_be_deleted(owner_client, tuesday):
    owner_client.post(reverse("hours:delete", args=[tuesday.pk]))
    assert WeeklyHours.objects.filter(pk=tuesday.pk).exists()
    WeeklyHours.objects.create(resource=tuesday.resource, weekday=1, start=time(8), end=time(18))
    owner_client.post(reverse("hours:delete", args=[tuesday.pk]))
    assert not WeeklyHours.objects.filter(pk=tuesday.pk).exists()


def test_an_opening_with_visits_cannot_shrink(owner_client, visit, tuesday):
    opening = DateException.objects.create(
        location=visit.location, kind="open", start=TEN, end=TEN + timedelta(hours=2)
    )
    WeeklyHours.objects.filter(pk=tuesday.pk).delete()
    owner_client.post(reverse("closures:delete", args=[opening.pk]))
    assert DateException.objects.filter(pk=opening.pk).exists()
    values = {"location": visit.location_id, "start": "2026-11-24T10:30", "end": "2026-11-24T12:00"}
    for kind in ("open", "closed"):
        response = owner_client.post(
            reverse("closures:edit", args=[opening.pk]), values | {"kind": kind}
        )
        assert "outside these hours" in response.content.decode()


def test_people_with_visits_stay_with_their_service(owner_client, visit, clinic):
    service, location, people = clinic
    person = visit.practitioner
    response = owner_client.post(
        reverse("people:edit", args=[person.pk]), {"location": location.pk, "name": person.name}
    )
    assert response.url == reverse("desk:leave", args=[person.pk])
    person.refresh_from_db()
    assert person.active
    values = {
        "name": "S",
        "slug": "s",
        "duration_minutes": 60,
        "buffer_before_minutes": 0,
        "buffer_after_minutes": 0,
        "step_minutes": 60,
        "minimum_notice_hours": 24,
        "cancel_notice_hours": 24,
        "horizon_days": 60,
        "questions": service.questions_id,
        "kind_of_visit": "clinic",
        "active": "on",
    }
    others = [p.pk for p in people if p != person]
    url = reverse("services:edit", args=[service.pk])
    response = owner_client.post(url, values | {"practitioners": others})
    assert "1 visit is still to come" in response.content.decode()
    everybody = {"practitioners": [p.pk for p in people]}
    response = owner_client.post(url, values | everybody | {"needs_room": "on"})
    assert "There is no room at" in response.content.decode()
    Resource.objects.create(kind="room", location=location, name="Room 1")
    response = owner_client.post(url, values | everybody | {"needs_room": "on"})
    assert response.status_code == 302


def test_a_zone_that_excludes_a_visit_is_refused(owner_client, visit):
    location = visit.location
    values = {"name": location.name, "address": location.address, "active": "on"}
    url = reverse("locations:edit", args=[location.pk])
    response = save_location(owner_client, url, values | {"time_zone": "Asia/Tokyo"}, keep="moment")
    assert "outside these hours" in response.content.decode()
    response = save_location(
        owner_client, url, values | {"time_zone": "Europe/Paris"}, keep="moment"
    )
    assert response.status_code == 302
