from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from bookings import transitions
from bookings.models import DateException, TimeClaim
from bookings.schedule.public_holidays import suggestions
from tests.factories import MONDAY, LocationFactory, make_request

pytestmark = pytest.mark.django_db
CHRISTMAS = datetime(2026, 12, 25, 10, tzinfo=UTC)


@pytest.fixture
def place(clinic):
    _service, location, _people = clinic
    location.country, location.region = "GB", "ENG"
    location.save()
    return location


@pytest.fixture
def visit(clinic, place, desk):
    """Somebody is booked on Christmas Day."""
    service, location, _people = clinic
    consultation = make_request(service, location, start=CHRISTMAS)
    actor = transitions.staff(desk)
    return transitions.confirm(consultation, actor=actor, version=consultation.version, now=MONDAY)


def close(desk_client, place, day="2026-12-25"):
    data = {"location": place.pk, "day": day}
    return desk_client.post(reverse("desk:close_holiday"), data, follow=True)


def test_the_region_decides_which_days_are_suggested(place):
    def names(region):
        place.region = region
        return {one.day: one.name for one in suggestions(place, now=MONDAY)}

    assert date(2026, 12, 25) in names("ENG") and date(2026, 11, 30) not in names("ENG")
    assert date(2026, 11, 30) in names("SCT")  # Saint Andrew's Day
    place.country = ""
    assert suggestions(place, now=MONDAY) == []


def test_suggestions_are_local_and_within_a_year(db):
    place = LocationFactory(time_zone="Australia/Lord_Howe", country="AU", region="NSW")
    found = {one.day: one for one in suggestions(place, now=MONDAY)}
    boxing_day = found[date(2026, 12, 28)]
    assert boxing_day.start == datetime(2026, 12, 27, 13, tzinfo=UTC)
    assert min(found) > date(2026, 11, 22) and max(found) <= date(2027, 11, 24)


def test_looking_closes_nothing_and_names_visits(desk_client, visit):
    page = desk_client.get(reverse("desk:public_holidays")).content.decode()
    assert "Christmas Day" in page and visit.request.reference in page
    assert not DateException.objects.exists()


def test_one_button_closes_the_day(desk_client, place, visit):
    page = close(desk_client, place)
    closure = DateException.objects.get()
    assert page.redirect_chain[-1][0] == reverse("desk:closure", args=[closure.pk])
    assert visit.request.reference in page.content.decode()
    assert closure.reason == "Christmas Day"
    assert (closure.start.day, closure.end.day) == (25, 26)
    assert TimeClaim.objects.filter(exception=closure).exists()
    assert "already" in close(desk_client, place).content.decode()
    assert DateException.objects.count() == 1


def test_a_range_is_closed_at_once(desk_client, place, visit):
    url = reverse("desk:public_holidays")
    page = desk_client.get(url, {"first": "2026-12-01", "last": "2027-01-02"})
    shown = page.context["to_close"]
    assert [one.partition(":")[2] for one in shown][:2] == ["2026-12-25", "2026-12-26"]
    assert page.context["visits"] == 1 and "2027-03-26" not in str(shown)
    close_all = reverse("desk:close_holidays")
    odd = ["x", f"{place.pk}:2026-12-24", f"{place.pk + 9}:2026-12-25"]
    response = desk_client.post(close_all, {"holiday": [*shown, *odd]})
    assert response.url == reverse("closures:index")
    assert DateException.objects.count() == len(shown)
    assert visit.displaced_by.count() == 1
    again = desk_client.post(close_all, {"holiday": shown}, follow=True)
    assert "None of these days" in again.content.decode()
    assert DateException.objects.count() == len(shown)
    assert desk_client.get(url, {"first": "x"}).status_code == 200


@pytest.mark.parametrize("day", ["2026-12-24", "2026-02-30", "", "x", "9999-12-31"])
def test_only_a_suggested_day_is_closed(desk_client, place, day):
    close(desk_client, place, day)
    assert not DateException.objects.exists()


def test_an_unknown_region_is_refused_beside_its_field(client, make_user, place):
    client.force_login(make_user("Owner"))
    data = {
        "name": place.name,
        "address": place.address,
        "time_zone": place.time_zone,
        "country": "GB",
        "region": "XYZ",
        "active": "on",
    }
    url = reverse("locations:edit", args=[place.pk])
    assert "ENG" in client.post(url, data).content.decode()
    client.post(url, data | {"region": "sct"})
    place.refresh_from_db()
    assert place.region == "SCT"
