"""JSON-LD says only what the page shows."""

import json
import re

import html5lib
import pytest


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
