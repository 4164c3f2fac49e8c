"""The admin calls the site by the clinic's name, not by its host."""

import pytest
from wagtail.models import Site

from clinic.models import ClinicSettings

pytestmark = pytest.mark.django_db


@pytest.mark.postgresql
def test_the_site_is_called_like_the_clinic():
    site = Site.objects.get(is_default_site=True)
    assert site.site_name
    clinic = ClinicSettings.for_site(site)
    clinic.name = "Hip & Spine, São Paulo"
    clinic.save()
    site.refresh_from_db()
    assert site.site_name == clinic.name and "localhost" not in str(site)
