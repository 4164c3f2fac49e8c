"""A seeded site for the guide's tests."""

import pytest
from django.core.management import call_command

from education.models import GuidePage


@pytest.fixture
def seeded(db: None) -> None:
    call_command("seed_guides", verbosity=0)


@pytest.fixture
def guide(seeded: None) -> GuidePage:
    return GuidePage.objects.get(slug="iliopsoas")
