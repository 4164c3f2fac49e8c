"""What directories read: the free times as HL7's SMART Scheduling Links, version 1.0.0-ballot."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from fhir.resources.R4B.location import Location as FhirLocation
from fhir.resources.R4B.schedule import Schedule as FhirSchedule
from fhir.resources.R4B.slot import Slot as FhirSlot

from bookings.enums import KindOfVisit, ResourceKind
from bookings.models import Location, Service
from clinic.models import ClinicSettings
from tests.bookings.public.conftest import Visitor
from tests.factories import MONDAY, ResourceFactory, make_clinic, make_request
from tests.test_scale import queries_of

pytestmark = pytest.mark.django_db
MODELS = {"Location": FhirLocation, "Schedule": FhirSchedule, "Slot": FhirSlot}
"""FHIR R4B, whose Location, Schedule and Slot are those of R4."""
FILES = ("$bulk-publish", "locations.ndjson", "schedules.ndjson", "slots.ndjson")
GUIDE = "http://hl7.org/fhir/uv/smart-scheduling-links/StructureDefinition/"
LINK, PHONE = f"{GUIDE}booking-deep-link", f"{GUIDE}booking-phone"
CAPACITY = "http://fhir-registry.smarthealthit.org/StructureDefinition/slot-capacity"
VALUES = {LINK: "valueUrl", PHONE: "valueString", CAPACITY: "valueInteger"}


@pytest.fixture(autouse=True)
def monday(time_machine):
    time_machine.move_to(MONDAY, tick=False)


@pytest.fixture(autouse=True)
def switched_on(db):
    settings = ClinicSettings.current()
    settings.publishes_free_times = True
    settings.save()


@pytest.fixture
def clinic(db):
    return make_clinic(time_zone="Asia/Kolkata")


def read(client, name):
    response = client.get(f"/fhir/{name}")
    assert response["Content-Type"] == "application/fhir+ndjson" and not response.cookies
    return [json.loads(line) for line in response.content.decode().splitlines()]


def check(resource):
    """What the profile wants beside FHIR itself: one of each of these, and extensions with their value."""
    MODELS[resource["resourceType"]].model_validate(resource)
    wanted = {
        "Location": ("id", "identifier", "name", "telecom", "address"),
        "Schedule": ("serviceType", "actor"),
        "Slot": ("id", "schedule", "status", "start", "end"),
    }
    assert all(resource[name] for name in wanted[resource["resourceType"]])
    if resource["resourceType"] == "Location":
        assert all(resource["address"][part] for part in ("line", "city", "state", "postalCode"))
        assert all(way["system"] and way["value"] for way in resource["telecom"])
        assert all(urlsplit(each["system"]).scheme for each in resource["identifier"])
    if resource["resourceType"] == "Schedule":
        assert all(actor["reference"] for actor in resource["actor"])
        assert resource["serviceType"][0]["coding"][0]["system"].endswith("/service-type")
    for extension in resource.get("extension", ()):
        assert set(extension) == {"url", VALUES[extension["url"]]}


@pytest.mark.postgresql
def test_every_line_keeps_to_the_profile(client, clinic):
    make_clinic(practitioners=2)
    make_clinic(kind_of_visit=KindOfVisit.VIDEO)
    Location.objects.update(latitude="51.503200", longitude="-0.091500", country="GB")
    found = {name: read(client, name) for name in FILES[1:]}
    for resource in (each for file in found.values() for each in file):
        check(resource)
    ids = {f"{each['resourceType']}/{each['id']}" for file in found.values() for each in file}
    assert len(ids) == sum(len(file) for file in found.values())
    for each in found["schedules.ndjson"]:
        assert {actor["reference"] for actor in each["actor"]} <= ids
    assert {each["schedule"]["reference"] for each in found["slots.ndjson"]} <= ids


@pytest.mark.parametrize("name", FILES)
def test_it_is_off_until_the_owner_wants_it(client, clinic, name):
    assert client.get(f"/fhir/{name}").status_code == 200
    ClinicSettings.objects.update(publishes_free_times=False)
    assert client.get(f"/fhir/{name}").status_code == 404
    assert ClinicSettings._meta.get_field("publishes_free_times").default is False


@pytest.mark.postgresql
def test_the_owner_switches_it_on(client, clinic, admin_client):
    ClinicSettings.objects.update(publishes_free_times=False)
    page = admin_client.get("/admin/settings/clinic/clinicsettings/", follow=True)
    assert "publishes_free_times" in page.content.decode()


def test_the_manifest_leads_to_every_kind(client, clinic):
    response = client.get("/fhir/$bulk-publish", headers={"accept": "application/json"})
    manifest = response.json()
    assert response["Content-Type"] == "application/json"
    assert urlsplit(manifest["request"]).path == "/fhir/$bulk-publish"
    assert datetime.fromisoformat(manifest["transactionTime"]) == MONDAY
    assert manifest["error"] == []
    for output in manifest["output"]:
        assert output["extension"] == {"state": ["Greater London"]}
        found = read(client, urlsplit(output["url"]).path.removeprefix("/fhir/"))
        assert {resource["resourceType"] for resource in found} == {output["type"]}


def test_a_slot_leads_to_its_schedule_and_place(client, clinic):
    _service, location, _people = clinic
    (place,), (schedule,) = read(client, "locations.ndjson"), read(client, "schedules.ndjson")
    slot = read(client, "slots.ndjson")[0]
    assert place["name"] == location.name and place["telecom"][0]["system"] == "phone"
    assert place["address"]["line"] == ["12 Harbour Street"]
    assert schedule["actor"][0]["reference"] == f"Location/{place['id']}"
    assert slot["schedule"] == {"reference": f"Schedule/{schedule['id']}"}
    # Two in the afternoon in Kolkata, and half past everywhere else; earlier ones are too soon.
    start, end = (datetime.fromisoformat(slot[name]) for name in ("start", "end"))
    assert start == datetime(2026, 11, 24, 8, 30, tzinfo=UTC) and end - start == timedelta(hours=1)


def test_two_places_keep_their_own_clocks(client, clinic):
    service, _kolkata, _people = clinic
    make_clinic(time_zone="America/St_Johns")
    places = {each["id"] for each in read(client, "locations.ndjson")}
    assert len(places) == 2
    first: dict[str, datetime] = {}
    for slot in read(client, "slots.ndjson"):
        first.setdefault(slot["schedule"]["reference"], datetime.fromisoformat(slot["start"]))
    # Kolkata is 5:30 ahead of UTC, Newfoundland 3:30 behind; both have a day of notice.
    assert sorted(first.values()) == [
        datetime(2026, 11, 24, 8, 30, tzinfo=UTC),
        datetime(2026, 11, 24, 12, 30, tzinfo=UTC),
    ]


def test_one_person_at_two_places_is_listed_twice(client, clinic):
    """Whichever way a clinic enters that: each place has its schedule, and no id comes twice."""
    service, _location, _people = clinic
    other = make_clinic()
    service.practitioners.add(other[2][0])
    ids = [each["id"] for each in read(client, "schedules.ndjson")]
    assert len(ids) == len(set(ids)) == 3
    ids = [each["id"] for each in read(client, "slots.ndjson")]
    assert len(ids) == len(set(ids))


@pytest.mark.postgresql
def test_capacity_counts_people_and_rooms(client):
    service, location, _people = make_clinic(practitioners=3)

    def capacities():
        extensions = [each for slot in read(client, "slots.ndjson") for each in slot["extension"]]
        return {each["valueInteger"] for each in extensions if each["url"] == CAPACITY}

    assert capacities() == {3}
    ResourceFactory(kind=ResourceKind.ROOM, location=location)
    second = ResourceFactory(kind=ResourceKind.ROOM, location=location)
    Service.objects.update(needs_room=True)
    assert capacities() == {2}
    second.delete()
    assert capacities() == set()  # one visit at a time is what directories take for granted


def test_a_video_visit_is_at_no_building(client):
    service, location, _people = make_clinic(kind_of_visit=KindOfVisit.VIDEO)
    (place,) = read(client, "locations.ndjson")
    assert place["physicalType"]["coding"][0]["code"] == "vi"
    assert place["id"] == f"{location.pk}.video" and "video" in place["name"]


@pytest.mark.postgresql
@pytest.mark.parametrize("part", ["city", "state", "postcode"])
def test_a_location_without_a_part_is_left_out(client, clinic, part):
    make_clinic()
    Location.objects.filter(pk=clinic[1].pk).update(**{part: ""})
    assert [each["id"] for each in read(client, "locations.ndjson")] != [str(clinic[1].pk)]
    references = {each["actor"][0]["reference"] for each in read(client, "schedules.ndjson")}
    assert references and f"Location/{clinic[1].pk}" not in references
    prefix = f"Schedule/{clinic[0].pk}."
    slots = read(client, "slots.ndjson")
    assert slots and not any(s["schedule"]["reference"].startswith(prefix) for s in slots)


def test_held_times_are_absent_and_nobody_is_named(client, clinic, time_machine):
    service, location, (person,) = clinic
    before = read(client, "slots.ndjson")
    start = datetime.fromisoformat(before[0]["start"])
    consultation = make_request(service, location, start=start)
    time_machine.shift(61)  # directories may see a list a minute long
    after = read(client, "slots.ndjson")
    assert after == before[1:]
    for word in (consultation.reference, consultation.name, person.name):
        assert word not in json.dumps(after)


@pytest.mark.parametrize("name", FILES)
def test_directories_that_ask_again_cost_little(client, clinic, caching, name):
    first = client.get(f"/fhir/{name}")
    assert first["Cache-Control"] == "public, max-age=60"
    assert queries_of(lambda: client.get(f"/fhir/{name}?_since=2026-11-01T00:00:00Z")) == 0
    again = client.get(f"/fhir/{name}", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304 and not again.content


def test_a_new_name_is_published_at_once(
    client, clinic, caching, django_capture_on_commit_callbacks
):
    read(client, "locations.ndjson")
    with django_capture_on_commit_callbacks(execute=True):
        clinic[1].name = "Harbour View"
        clinic[1].save()
    assert read(client, "locations.ndjson")[0]["name"] == "Harbour View"


def follow(client, clinic):
    """A directory's link to the first time of the clinic, up to the page of times."""
    slot = next(
        s
        for s in read(client, "slots.ndjson")
        if s["schedule"]["reference"].startswith(f"Schedule/{clinic[0].pk}.")
    )
    link = urlsplit(slot["extension"][0]["valueUrl"])
    page = client.get(f"{link.path}?{link.query}&source=a-directory&booking-referral=34d1a803")
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


@pytest.mark.postgresql
@pytest.mark.parametrize("model", [Service, Location])
def test_what_takes_no_requests_is_not_published(client, clinic, model):
    model.objects.update(active=False)
    for name in ("locations", "schedules", "slots"):
        assert read(client, f"{name}.ndjson") == []


def test_an_odd_wish_is_dropped(client, clinic):
    page = client.get("/book/?offering=x&start=yesterday")
    assert page.context["source"].kept_as_typed() == {}
