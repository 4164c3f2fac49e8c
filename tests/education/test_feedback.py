"""What readers missed: their words for editors, without who they are, erased after their time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from education import feedback
from education.models import Missing
from education.models.feedback import MOST_A_DAY
from tests.education.review import person

pytestmark = pytest.mark.django_db
OURS = {"sec-fetch-site": "same-origin"}
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def write(client, guide, text, **headers):
    address = reverse("missing", args=[guide.pk])
    return client.post(address, {"text": text}, headers=headers or OURS)


@pytest.mark.postgresql
def test_words_are_kept_and_nothing_else(client, guide):
    asked = client.get(f"{guide.url}?thanks=1").content.decode()
    answer = write(client, guide, "  How long\x00 until it\nhelps? 🦵 ")

    assert reverse("missing", args=[guide.pk]) in asked
    assert answer["Location"] == f"{guide.url}?thanks=2#helpful"
    assert not answer.cookies
    assert "We read what you wrote" in client.get(f"{guide.url}?thanks=2").content.decode()
    row = Missing.objects.values().get()
    assert set(row) == {"id", "page_id", "day", "text"}
    assert row["text"] == "How long until it helps? 🦵"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("write to ada@example.org", "write to …"),
        ("call +44 20 7946 0123 please", "call … please"),
        ("see https://spam.example/x now", "see … now"),
        ("6.1 degrees, 30 to 60 seconds", "6.1 degrees, 30 to 60 seconds"),
        ("x" * 300, "x" * 200),
    ],
)
def test_addresses_and_numbers_are_not_kept(typed, kept):
    assert feedback.clean(typed) == kept


@pytest.mark.postgresql
def test_nothing_empty_foreign_or_flooding_is_kept(client, guide):
    for text in ("", "  ", "\x00"):
        assert write(client, guide, text)["Location"].endswith("?thanks=1#helpful")
    assert write(client, guide, "x", **{"sec-fetch-site": "cross-site"}).status_code == 403
    assert not Missing.objects.exists()
    for n in range(MOST_A_DAY + 2):
        Missing.add(guide.pk, str(n), day=NOW.date())
    assert Missing.objects.count() == MOST_A_DAY


@pytest.mark.postgresql
def test_it_goes_after_its_time(guide, settings):
    settings.RETENTION = settings.RETENTION | {"FEEDBACK_DAYS": 30}
    for days in (29, 30, 31):
        Missing.add(guide.pk, f"{days} days", day=date(2026, 11, 30) - timedelta(days=days))
    assert feedback.forget_due(NOW) == 1
    assert {row.text for row in Missing.objects.all()} == {"29 days", "30 days"}


@pytest.mark.postgresql
def test_editors_read_it_and_the_desk_does_not(client, guide):
    Missing.add(guide.pk, "=cmd|' pictures of the floor", day=NOW.date())
    client.force_login(person("una", "Editor"))
    page = client.get(reverse("guide_missing"))
    assert "pictures of the floor" in page.content.decode()
    assert client.get(reverse("guide_missing"), {"export": "xlsx"}).status_code == 200
    client.force_login(person("dora", "Front desk"))
    assert client.get(reverse("guide_missing")).status_code in (302, 403)
