"""What directories read: the free times as SMART Scheduling Links."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from bookings.models import Location, Service
from tests.bookings.public.conftest import Visitor
from tests.factories import MONDAY, make_clinic, make_request

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday(time_machine):
    time_machine.move_to(MONDAY, tick=False)


@pytest.fixture
def clinic(db):
    return make_clinic(time_zone="Asia/Kolkata")


def read(client, name):
    response = client.get(f"/fhir/{name}")
    assert response["Content-Type"] == "application/fhir+ndjson" and not response.cookies
    return [json.loads(line) for line in response.content.decode().splitlines()]


def test_the_manifest_leads_to_every_kind(client, clinic):
    manifest = client.get("/fhir/$bulk-publish").json()
    assert urlsplit(manifest["request"]).path == "/fhir/$bulk-publish"
    assert datetime.fromisoformat(manifest["transactionTime"]) == MONDAY
    for output in manifest["output"]:
        found = read(client, urlsplit(output["url"]).path.removeprefix("/fhir/"))
        assert {resource["resourceType"] for resource in found} == {output["type"]}


def test_a_slot_leads_to_its_schedule_and_place(client, clinic):
    _service, location, _people = clinic
    (place,), (schedule,) = read(client, "locations.ndjson"), read(client, "schedules.ndjson")
    slot = read(client, "slots.ndjson")[0]
    assert place["name"] == location.name and place["telecom"][0]["system"] == "phone"
    assert schedule["actor"] == [{"reference": f"Location/{place['id']}"}]
    assert slot["schedule"] == {"reference": f"Schedule/{schedule['id']}"}
    # Two in the afternoon in Kolkata, and half past everywhere else; earlier ones are too soon.
    start, end = (datetime.fromisoformat(slot[name]) for name in ("start", "end"))
    assert start == datetime(2026, 11, 24, 8, 30, tzinfo=UTC) and end - start == timedelta(hours=1)


def test_held_times_are_absent_and_nobody_is_named(client, clinic):
    service, location, (person,) = clinic
    before = read(client, "slots.ndjson")
    start = datetime.fromisoformat(before[0]["start"])
    consultation = make_request(service, location, start=start)
    after = read(client, "slots.ndjson")
    assert after == before[1:]
    for word in (consultation.reference, consultation.name, person.name):
        assert word not in json.dumps(after)


def follow(client, clinic):
    """A directory's link to the first time of the clinic, up to the page of times."""
    slot = next(
        s
        for s in read(client, "slots.ndjson")
        if s["schedule"]["reference"].startswith(f"Schedule/{clinic[0].pk}.")
    )
    link = urlsplit(slot["extension"][0]["valueUrl"])
    page = client.get(f"{link.path}?{link.query}")
    carried = page.context["source"].kept_as_typed()
    visitor = Visitor(client)
    visitor.about(**carried, offering=page.context["form"]["offering"].value())
    times = visitor.get("time")
    assert f"{times.context['form']['times'].value()[0][:-1]}:00+00:00" == slot["start"]


def test_the_link_has_the_time_chosen(client, clinic):
    make_clinic()  # so that there is a choice
    follow(client, clinic)


def test_the_link_replaces_an_earlier_choice(client, clinic):
    make_clinic()
    visitor = Visitor(client)
    visitor.about()
    other = client.get("/book/").context["form"].fields["offering"].choices[-1][0]
    visitor.about(offering=other)
    visitor.time(visitor.offered()[-1])
    follow(client, clinic)


@pytest.mark.parametrize("model", [Service, Location])
def test_what_takes_no_requests_is_not_published(client, clinic, model):
    model.objects.update(active=False)
    for name in ("locations", "schedules", "slots"):
        assert read(client, f"{name}.ndjson") == []


def test_an_odd_wish_is_dropped(client, clinic):
    page = client.get("/book/?offering=x&start=yesterday")
    assert page.context["source"].kept_as_typed() == {}
