"""What a person's copy of their data says, line by line, and what it leaves out."""

import json
from datetime import date, timedelta

import pytest
from post_office.models import Email

from bookings import transitions
from bookings.models import WebhookDelivery
from bookings.privacy import subject_access
from bookings.transitions import Waiting
from clinic.models import ClinicSettings
from tests.bookings.messages.test_webhooks import make_endpoint
from tests.bookings.steps import TEN, asked, confirmed
from tests.factories import MONDAY, make_ask, make_person

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
AT_EIGHT = "23 Nov 2026, 8 a.m. (GMT)"


@pytest.fixture
def said(clinic, desk):
    """A request with something in each section, and somebody else's beside it."""
    ask = make_ask(
        *clinic[:2],
        reason_text="Stiff",
        starts=[TEN],
        parts=["morning"],
        waiting=Waiting([0], date(2026, 12, 24)),
        answers=[("Any fever?", "No")],
        note="At night.",
    )
    person = make_person(phone="+442079460999", texts=True)
    consultation = transitions.submit(ask, person, idempotency_key="secret", now=MONDAY)
    transitions.verify(consultation, now=MONDAY)
    by = {"actor": desk, "now": MONDAY + MINUTE}
    transitions.note(consultation, text="Prefers mornings", **by)
    transitions.assign(consultation, to=desk.user, version=consultation.version, **by)
    transitions.expire_due(now=MONDAY + 24 * 60 * MINUTE)
    other = asked(clinic, email="b@example.org", waiting=Waiting((), date(2026, 12, 1)))
    assert other.waiting
    return consultation


def sections(consultation):
    return {one.title: one.rows for one in subject_access.copy_of(consultation).sections}


def values(row):
    return {fact.name: fact.value for fact in row}


@pytest.mark.postgresql
def test_each_section_has_its_rows(said):
    found = sections(said)
    assert {title: len(rows) for title, rows in found.items()} == {
        "Your request": 1,
        "Times you asked for": 2,
        "Waiting list": 1,
        "Your answers": 1,
        "What you agreed to": 1,
        "Times in our diary": 1,
        "Messages": 3,
        "Links to your request": 3,
        "What happened": said.events.count(),
    }
    assert [values(row) for row in found["Times you asked for"]] == [
        {"rank": "1", "start": "24 Nov 2026, 10 a.m. (GMT)"},
        {"rank": "2", "part": "Mornings"},
    ]
    assert values(found["Waiting list"][0])["until"] == "2026-12-24"
    answered = values(found["Your answers"][0])
    assert (answered["question"], answered["answer"]) == ("Any fever?", "No")


def test_what_is_stored_of_a_request(said):
    (row,) = sections(said)["Your request"]
    facts = values(row)
    assert facts["name"] == "Maria Example" and facts["reason_text"] == "Stiff"
    assert (facts["wants_texts"], facts["needs_call"]) == ("yes", "no")
    assert (facts["side"], facts["created_at"]) == ("Left", AT_EIGHT)
    assert facts["location"] == str(said.location)
    left_out = {*subject_access.INTERNAL, "reason", "goal", "closed_at", "goal_text"}
    assert not left_out & set(facts) and "secret" not in facts.values()
    labels = {fact.name: fact.label for fact in row}
    assert labels["note"][0].isupper() and labels["name"] == "Name"


@pytest.mark.postgresql
def test_what_our_systems_were_told(clinic, desk):
    make_endpoint()
    consultation, _visit = confirmed(clinic, desk)
    WebhookDelivery.objects.update(tries=3, answer=500, problem="No.")
    (row,) = sections(consultation)["What our own systems were told"]
    assert set(values(row)) == {"kind", "body", "status", "created_at"}
    assert values(row)["kind"] == "booked"


def test_what_happened_and_by_whom(said):
    rows = [[fact.value for fact in row] for row in sections(said)["What happened"]]
    assert rows[:4] == [
        [AT_EIGHT, "you", "asked for a consultation"],
        [AT_EIGHT, "you", "confirmed the address"],
        ["23 Nov 2026, 8:01 a.m. (GMT)", "the clinic", "noted", "Prefers mornings"],
        ["23 Nov 2026, 8:01 a.m. (GMT)", "the clinic", "assigned it"],
    ]
    assert [row[1:] for row in rows[4:]] == [["the system", "released a held time"]]


@pytest.mark.postgresql
def test_a_message_without_its_secret_link(said):
    received = said.messages.get(kind="received").email
    Email.objects.exclude(pk=received.pk).update(message="")
    gone, kept, later = (values(row) for row in sections(said)["Messages"])
    assert gone["text"] == later["text"] == "No longer kept."
    assert gone["to"] == "maria@example.org"
    assert kept["subject"] == received.subject and kept["written"] == AT_EIGHT
    assert "/request/open/…" in kept["text"]
    (secret,) = {one for one in received.message.split() if "/request/open/" in one}
    assert secret not in kept["text"]


@pytest.mark.postgresql
def test_the_copy_for_programs(said):
    ClinicSettings.objects.update_or_create(defaults={"name": "Clínica"})
    text = subject_access.as_json([said], now=MONDAY)
    assert text.endswith("}\n") and "Clínica" in text  # readable as it is
    copy = json.loads(text)
    assert (copy["clinic"], copy["made_at"]) == ("Clínica", "2026-11-23T08:00:00+00:00")
    assert [one["reference"] for one in copy["requests"]] == [said.reference]


def test_the_copy_as_a_page(said):
    page = subject_access.as_html([said], now=MONDAY)
    for words in (said.reference, "Maria Example", "Prefers mornings", "No longer", "At night."):
        assert (words in page) is (words != "No longer"), words
