"""JSON-LD says only what the page shows, in schema.org's own words."""

import json
import re

import html5lib
import pytest
from django.contrib.auth import get_user_model

from bookings.models import Location
from tests.education.review import sign
from tests.education.schema_org import TYPES
from tests.factories import make_clinic


@pytest.fixture
def shown(client, guide):
    html = client.get(guide.url).content.decode()
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    return json.loads(found[1]), " ".join("".join(tree.find(".//body").itertext()).split())


def of_type(data, name):
    return [part for part in data["@graph"] if part["@type"] == name]


def test_the_parts(shown):
    data, _ = shown

    assert data["@context"] == "https://schema.org"
    assert {part["@type"] for part in data["@graph"]} == {
        "MedicalWebPage",
        "Muscle",
        "ExercisePlan",
        "BreadcrumbList",
        "MedicalClinic",
    }
    assert len(of_type(data, "ExercisePlan")) == 4


def test_no_review_is_claimed_before_there_was_one(shown):
    page = of_type(shown[0], "MedicalWebPage")[0]

    assert "reviewedBy" not in page
    assert "lastReviewed" not in page


def test_every_name_and_text_is_on_the_page(shown):
    data, words = shown
    said = words.lower()

    def texts(value, key=""):
        if isinstance(value, dict):
            for name, inner in value.items():
                yield from texts(inner, name)
        elif isinstance(value, list):
            for inner in value:
                yield from texts(inner, key)
        elif key in {"name", "headline", "description", "muscleAction", "telephone", "author"}:
            yield from (part.strip() for part in str(value).split(";"))

    missing = [
        text
        for text in texts(data["@graph"])
        if text.lower() not in said and not text.startswith("+44")
    ]
    assert missing == []


def test_the_muscle(shown):
    muscle = of_type(shown[0], "Muscle")[0]

    assert [part["name"] for part in muscle["subStructure"]] == ["Psoas", "Iliacus"]
    assert [part["name"] for part in muscle["antagonist"]] == ["Gluteus maximus", "Hamstrings"]
    assert "lesser trochanter" in muscle["insertion"]["name"]


def test_the_dose_of_an_exercise(shown):
    plans = {plan["name"]: plan for plan in of_type(shown[0], "ExercisePlan")}

    assert plans["Seated knee lift"]["repetitions"] == 15
    for plan in plans.values():
        assert "days a week" in plan["activityFrequency"]
    hold = plans["Lying stretch"]["activityDuration"]
    assert (hold["minValue"], hold["maxValue"], hold["unitCode"]) == (30, 60, "SEC")


def test_text_cannot_end_the_script(client, guide):
    guide.headline = "</script><script>alert(1)</script>"
    guide.save_revision().publish()
    html = client.get(guide.url).content.decode()

    assert "<script>alert" not in html


def test_ids_point_inside_the_graph(shown):
    data, _ = shown
    ids = {part["@id"] for part in data["@graph"]}
    page = of_type(data, "MedicalWebPage")[0]

    assert page["publisher"]["@id"] in ids
    assert {about["@id"] for about in page["about"]} <= ids


def fits(value, kinds):
    """The value is of one of these kinds of schema.org."""
    if isinstance(value, dict):
        return value.get("@type") in kinds or set(value) == {"@id"}
    if isinstance(value, int | float):
        return bool(kinds & {"Integer", "Number"})
    dated = bool(re.match(r"\d{4}(-\d\d-\d\d|$)", value))
    links = value.startswith(("http://", "https://"))
    return (
        "Text" in kinds
        or (dated and bool(kinds & {"Date", "DateTime"}))
        or (links and bool(kinds & {"URL", "Thing"}))
    )


def faults(node):
    """What a node and the nodes inside it say that the vocabulary does not know."""
    known = TYPES.get(node["@type"])
    if known is None:
        return [node["@type"]]
    found = []
    for name, value in node.items():
        if name.startswith("@"):
            continue
        for one in value if isinstance(value, list) else [value]:
            if not fits(one, known.get(name, set())):
                found.append(f"{node['@type']}.{name}: {one}")
            if isinstance(one, dict) and "@type" in one:
                found += faults(one)
    return found


def test_every_word_is_schema_orgs(client, guide):
    sign(guide, get_user_model().objects.create_user("rita", first_name="Rita"))
    html = client.get(guide.url).content.decode()
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    graph = json.loads(found[1])["@graph"]

    assert graph[0]["reviewedBy"]["name"] == "Rita"
    assert [fault for node in graph for fault in faults(node)] == []


def clinic_of(client, path):
    html = client.get(path).content.decode()
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    return json.loads(found[1])


@pytest.mark.postgresql
def test_home_contact_and_people_say_what_they_are(client, seeded):
    _service, location, people = make_clinic()
    location.latitude, location.longitude = "51.503000", "-0.075000"
    location.save()
    person = people[0].practitioner
    first = people[0].weekly_hours.first()

    home, contact = clinic_of(client, "/"), clinic_of(client, "/contact/")
    (node,) = home["@graph"]
    (day, *_rest) = node["openingHoursSpecification"]
    who = clinic_of(client, person.url)

    assert contact == home
    assert faults(node) == [] and faults(who) == []
    assert node["geo"] == {"@type": "GeoCoordinates", "latitude": 51.503, "longitude": -0.075}
    assert day["opens"] == f"{first.start:%H:%M}"
    assert [one["name"] for one in node["employee"]] == sorted(one.name for one in people)
    assert who["name"] == person.name and who["worksFor"]["@id"] == node["@id"]


def test_two_houses_have_their_own_hours(client, seeded):
    make_clinic()
    Location.objects.create(name="North", address="1 Hill Road", time_zone="Pacific/Auckland")

    (node,) = clinic_of(client, "/")["@graph"]

    assert [one["name"] for one in node["department"]][-1] == "North"
    assert "openingHoursSpecification" not in node
    assert faults(node) == []


def test_the_vocabulary_bites():
    wrong = {"@type": "Muscle", "name": "Psoas", "origin": "L1", "nerve": {"@type": "Muscle"}}

    assert faults(wrong) == ["Muscle.origin: L1", "Muscle.nerve: {'@type': 'Muscle'}"]
    assert faults({"@type": "HowTo"}) == ["HowTo"]
