"""A new site, and what the first seeding makes of it."""

import pytest
from django.core.management import call_command
from wagtail.models import Site

from education.models import GuidePage, HomePage, SeedRecord

pytestmark = pytest.mark.django_db


@pytest.mark.postgresql
def test_the_migration_makes_only_site_and_home():
    assert HomePage.objects.count() == 1
    assert Site.objects.get().root_page.specific == HomePage.objects.get()
    assert not GuidePage.objects.exists()
    assert not SeedRecord.objects.exists()


def test_the_site_follows_site_url(settings):
    settings.SITE_URL = "https://clinic.example.org"

    call_command("seed_guides", "--one-language", verbosity=0)

    site = Site.objects.get(is_default_site=True)
    assert (site.hostname, site.port) == ("clinic.example.org", 443)
