"""The page that answers the ten criteria of the PIF TICK, from the site's own rows."""

import re

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from accounts.models import Credentials
from bookings.models import Practitioner
from education.models import GuidePage, HelpfulCount, StandardPage
from education.seed.how_we_write import SLUG
from tests.education.review import person, sign
from tests.factories import make_clinic


@pytest.fixture
def reviewer(seeded):
    user = person("rita", "Clinical reviewer")
    Credentials.objects.create(user=user, profession="Physiotherapist", registration="HCPC PH1")
    return user


def text(client, path=f"/{SLUG}/"):
    html = client.get(path).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", html[html.index("<main") :]).split())


def test_it_answers_all_ten_criteria(seeded):
    page = StandardPage.objects.get(slug=SLUG)
    headings = [section.value["heading"] for section in page.body]

    assert [heading.partition(".")[0] for heading in headings[:10]] == [
        str(n) for n in range(1, 11)
    ]
    assert {"Complaints", "The PIF TICK"} <= set(headings)


@pytest.mark.postgresql
def test_it_names_who_stands_behind_each_guide(client, guide, reviewer):
    author = person("anna", "Editor")
    Credentials.objects.create(user=author, profession="Sports therapist")
    GuidePage.objects.filter(pk=guide.pk).update(author=author)
    sign(GuidePage.objects.get(pk=guide.pk), reviewer)
    HelpfulCount.add(guide.pk, day=timezone.localdate(), answer="yes")

    shown = text(client)

    assert "Anna Example, Sports therapist" in shown
    assert "Rita Example, Physiotherapist, HCPC PH1" in shown
    assert "yes 1, no 0" in shown
    assert "The Hamstrings" not in shown


@pytest.mark.postgresql
def test_it_admits_that_nobody_has_signed(client, guide):
    assert "Not yet signed off by a clinician" in text(client)


def test_a_guide_leads_to_complaints(client, guide):
    html = client.get(guide.url).content.decode()

    assert f'href="/{SLUG}/#complaints"' in html
    assert 'id="complaints"' in client.get(f"/{SLUG}/").content.decode()


@pytest.mark.postgresql
def test_people_show_their_registration(client, seeded, reviewer):
    make_clinic()
    Practitioner.objects.update(user=None)
    Practitioner.objects.filter(pk=Practitioner.objects.first().pk).update(user=reviewer)

    assert "HCPC PH1" in text(client, "/")


def test_staff_type_their_own_profession(client, reviewer):
    client.force_login(reviewer)
    page = BeautifulSoup(client.get("/admin/account/").content, "html.parser")
    typed = {
        i["name"]: i.get("value", "") for i in page.select("main input[name]:not([type=file])")
    }
    typed |= {
        select["name"]: (select.select_one("option[selected]") or select.option)["value"]
        for select in page.select("main select[name]")
    }

    client.post("/admin/account/", typed | {"credentials-registration": "HCPC PH2"})

    reviewer.credentials.refresh_from_db()
    assert str(reviewer.credentials) == "Physiotherapist, HCPC PH2"
