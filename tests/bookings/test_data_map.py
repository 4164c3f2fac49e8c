"""docs/privacy.md is complete, and the site's privacy page says what the software does."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from bookings.models import Appointment, ConsultationRequest
from bookings.transitions import erasure
from education.seed import standard_pages

DOCUMENT = (Path(settings.BASE_DIR) / "docs" / "privacy.md").read_text()
SECTIONS = {
    name.strip(): body
    for title, body in re.findall(r"^### (.+?)\n(.*?)(?=^##|\Z)", DOCUMENT, re.M | re.S)
    for name in title.split(",")
}
APPS = ("bookings", "plans")
MODELS = [
    model
    for app in APPS
    for model in apps.get_app_config(app).get_models()
    if not model._meta.auto_created
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_is_in_the_data_map(model):
    fields = {f.name for f in (*model._meta.concrete_fields, *model._meta.many_to_many)} - {"id"}
    assert model.__name__ in SECTIONS, "the table has no section"
    assert fields - set(re.findall(r"`(\w+)`", SECTIONS[model.__name__])) == set()


def test_no_section_without_a_table():
    assert set(SECTIONS) == {model.__name__ for model in MODELS}


def says(model, word):
    """The fields in the rows of the table whose last cell begins with the word."""
    rows = re.findall(rf"^\| (.+?) \|.*\| {word}.*\|$", SECTIONS[model.__name__], re.M)
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def test_the_map_says_what_erasing_empties():
    emptied = set(erasure.blank(ConsultationRequest, erasure.ANONYMOUS))
    replaced = {"reference", "idempotency_key", "erased_at"}
    assert says(ConsultationRequest, "erased") - {"contact_by"} == emptied - replaced
    assert says(ConsultationRequest, "stays") == erasure.ANONYMOUS - {"id", "contact_by"} | {
        "erased_at"
    }
    assert says(Appointment, "erased") == {"person_key", "attendee"}


def test_the_figures_are_those_of_the_settings():
    kept = settings.RETENTION
    for name, setting in {
        "UNANSWERED_DAYS": "KEEP_UNANSWERED_DAYS",
        "CLOSED_DAYS": "KEEP_CLOSED_DAYS",
        "MESSAGE_DAYS": "KEEP_MESSAGES_DAYS",
        "LOG_DAYS": "KEEP_LOGS_DAYS",
        "WEBHOOK_DAYS": "KEEP_WEBHOOKS_DAYS",
        "PLAN_DAYS": "KEEP_PLANS_DAYS",
        "OUTCOME_DAYS": "KEEP_OUTCOMES_DAYS",
    }.items():
        assert f"| {kept[name]} | `{setting}` |" in DOCUMENT


@pytest.mark.django_db
def test_seeded_page_matches_the_settings(settings):
    settings.RETENTION = settings.RETENTION | {"UNANSWERED_DAYS": 61, "MESSAGE_DAYS": 17}
    page = str(standard_pages.privacy().body)
    assert "61 days" in page and "12 months" in page and "17 days" in page


def test_the_cookies_are_named():
    from accounts import known_browsers
    from bookings.public import access
    from bookings.public.booking import drafts

    ours = (f"{drafts.COOKIE}…", f"{access.COOKIE}…", known_browsers.COOKIE)
    for name in (*ours, "csrftoken", "messages"):
        assert f"| `{name}` |" in DOCUMENT
    assert settings.CSRF_COOKIE_AGE is None and settings.SESSION_EXPIRE_AT_BROWSER_CLOSE
