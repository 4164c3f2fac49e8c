"""Who writes a guide, who reviews it, and a draft of one."""

import pytest

from tests.education.review import new_guide, person


@pytest.fixture(autouse=True)
def _at_noon(noon):
    """Reviews are dated, and published "in a day"."""


@pytest.fixture
def editor(seeded):
    return person("edith", "Editor")


@pytest.fixture
def reviewer(seeded):
    return person("rita", "Clinical reviewer")


@pytest.fixture
def draft(editor):
    return new_guide(editor)
