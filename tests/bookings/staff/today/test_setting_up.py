"""The list of what is to do in a new clinic: from how the site is, until all of it is done."""

import json

import pytest
from allauth.mfa.models import Authenticator
from bs4 import BeautifulSoup
from django.urls import reverse
from wagtail.models import Page, Site

from bookings import demonstration
from bookings.models import Location, Resource, WeeklyHours
from bookings.roles import make_roles
from bookings.staff.today.setting_up import steps
from clinic.backup import making
from clinic.models import ClinicSettings
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(make_user):
    return make_user("Owner", "olga")


def left(owner):
    return [str(step.label) for step in steps(owner, now=MONDAY) if not step.done]


def test_each_step_goes_when_it_is_done(
    owner, settings, tmp_path, clinic, client, django_capture_on_commit_callbacks
):
    settings.VAR, settings.BACKUP_DIR, settings.MAIL_SERVER = tmp_path, tmp_path, ""
    service, location, people = clinic
    hours = WeeklyHours.objects.filter(resource=people[0])
    kept = list(hours)
    hours.delete()
    place = Location.objects.get(pk=location.pk)
    Location.objects.update(address=demonstration.LOCATION["address"])
    place.address = "2 Hill Road"
    type(service).objects.update(active=False)
    client.force_login(owner)
    assert len(left(owner)) == 8  # but for the people, who are there
    panel = BeautifulSoup(client.get("/admin/").content, "html.parser").select_one(
        "#setting-up-section"
    )
    assert "8 of 9 things" in panel.text
    assert reverse("desk:week") in [a["href"] for a in panel.select("a")]

    WeeklyHours.objects.bulk_create(kept)
    type(service).objects.update(active=True)
    assert len(left(owner)) == 6
    ours = ClinicSettings.for_site(Site.objects.get(is_default_site=True))
    ours.name, ours.phone = "Hips & Co", "+442079460999"
    with django_capture_on_commit_callbacks(execute=True):
        ours.save()
        place.save()
    settings.MAIL_SERVER = "smtp://mail.example.org"
    assert left(owner) == ["Set up your second step for logging in", "Have a backup"]
    note = {"at": MONDAY.isoformat(), "name": "x.tar", "size": 1}
    (tmp_path / making.NOTE).write_text(json.dumps(note))
    Authenticator.objects.create(user=owner, type=Authenticator.Type.TOTP, data={})
    assert left(owner) == []


def test_nobody_is_no_practitioner(owner, clinic):
    Resource.objects.update(active=False)
    assert {"Enter the practitioners", "Enter everybody’s hours"} <= set(left(owner))


@pytest.mark.parametrize("role", ["Front desk", "Practitioner", "Front desk lead"])
def test_only_an_owner_sets_up(client, make_user, role):
    client.force_login(make_user(role))
    assert "setting-up-section" not in client.get("/admin/").content.decode()


@pytest.mark.usefixtures("seeded")
def test_the_owner_edits_about_and_contact_alone(client, make_user):
    make_roles()
    client.force_login(make_user("Owner", "olga"))
    opened = {
        slug
        for slug in ("about", "contact", "privacy", "guides")
        for page in [Page.objects.get(slug=slug, locale__language_code="en-gb")]
        if client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 200
    }
    assert opened == {"about", "contact"}
    page = Page.objects.get(slug="about", locale__language_code="en-gb")
    edit = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert 'name="action-publish"' in edit
