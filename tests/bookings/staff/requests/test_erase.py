"""A person's wishes about what is kept of them, at the desk."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from bookings import transitions
from bookings.models import ConsultationRequest, Erasure, Event
from bookings.templatetags.desk import short_at
from tests.bookings.canary import tables_with
from tests.factories import MONDAY, make_request

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    settings.VAR, settings.BACKUP_DIR = tmp_path, tmp_path / "backups"


@pytest.fixture
def owner_client(client, make_user):
    client.force_login(make_user("Owner", "olga"))
    return client


def url(name, asked):
    return reverse(f"desk:{name}", args=[asked.reference])


def test_the_page_warns_of_a_booked_visit(owner_client, confirmed):
    page = owner_client.get(url("erase", confirmed)).content.decode()
    assert "Maria Example" in page and "phone them first" in page
    assert ConsultationRequest.objects.get().name == "Maria Example"


def test_erase(owner_client, asked):
    answer = owner_client.post(
        url("erase", asked), {"version": asked.version, "because": "asked"}, follow=True
    )
    page = answer.content.decode()
    assert "The person is erased" in page and asked.reference not in page
    assert tables_with("Maria Example", "maria@example.org") == []
    event = Event.objects.get(verb="erase")
    assert (event.actor.username, event.why) == ("olga", "asked")
    assert Erasure.objects.get().at == MONDAY
    assert owner_client.get(url("request", asked)).status_code == 404


@pytest.mark.parametrize("because", ["retention", "", "Maria asked"])
def test_no_other_reason(owner_client, asked, because):
    answer = owner_client.post(url("erase", asked), {"version": asked.version, "because": because})
    assert answer.status_code == 409 and not Erasure.objects.exists()


def test_a_colleague_who_was_faster_is_named(owner_client, asked, desk):
    seen = asked.version
    transitions.confirm(asked, actor=transitions.staff(desk), version=seen, now=MONDAY)
    answer = owner_client.post(url("erase", asked), {"version": seen, "because": "asked"})
    assert "ruth" in answer.content.decode().lower() and not Erasure.objects.exists()


@pytest.fixture
def said(asked, desk):
    """A request with everything that can be said about it."""
    actor = transitions.staff(desk)
    transitions.note(asked, actor=actor, now=MONDAY, text="prefers <mornings>")
    transitions.confirm(asked, actor=actor, version=asked.version, now=MONDAY)
    return asked


def test_disclose_as_a_page(owner_client, said):
    answer = owner_client.post(url("disclose", said), {"file": "html"})
    page = answer.content.decode()
    assert answer["Content-Disposition"] == f'attachment; filename="{said.reference}.html"'
    for words in (
        "Maria Example",
        "maria@example.org",
        "The hip or the front of the thigh feels tight",
        "I agree.",
        "24 Nov 2026, 10 a.m. (GMT)",
        "prefers &lt;mornings&gt;",
        "asked for a consultation",  # and not the name of the verb
        "/request/open/…",
    ):
        assert words in page, words
    assert said.person_key not in page and "ruth" not in page.lower()


def test_disclose_for_programs(owner_client, said):
    answer = owner_client.post(url("disclose", said), {"file": "json"})
    (copy,) = json.loads(answer.content)["requests"]
    facts = {fact["name"]: fact["value"] for fact in copy["sections"][0]["rows"][0]}
    assert (facts["name"], facts["email"]) == ("Maria Example", "maria@example.org")
    assert copy["reference"] == said.reference
    titles = [section["title"] for section in copy["sections"]]
    assert {"What you agreed to", "Times in our diary", "Messages", "What happened"} <= set(titles)


def test_only_chosen_requests_are_disclosed(owner_client, said, clinic):
    service, location, _people = clinic
    sister = make_request(service, location)
    stranger = make_request(service, location, email="stranger@example.org")
    page = owner_client.get(url("disclose", said)).content.decode()
    assert sister.reference in page and stranger.reference not in page
    alone = owner_client.post(url("disclose", said), {"file": "json"})
    both = owner_client.post(url("disclose", said), {"file": "json", "others": [sister.pk]})
    wrong = owner_client.post(url("disclose", said), {"file": "json", "others": [stranger.pk]})
    assert [len(json.loads(answer.content)["requests"]) for answer in (alone, both)] == [1, 2]
    assert "Content-Disposition" not in wrong
    assert Event.objects.filter(verb="disclose").count() == 3


def test_the_owner_sees_who_looked(owner_client, said, desk, client, django_user_model):
    transitions.look(said, actor=transitions.staff(desk), now=MONDAY)
    page = owner_client.get(reverse("desk:audit")).content.decode()
    assert "Ruth" in page and "opened" in page and url("request", said) in page
    assert short_at(MONDAY, said.location) in page


def test_reading_a_message_is_recorded(desk_client, said):
    for _twice in range(2):
        desk_client.get(reverse("desk:message", args=[said.messages.first().pk]))
    assert Event.objects.filter(request=said, verb="look").count() == 1


def test_the_consent_can_be_read_on_the_card(desk_client, asked):
    page = desk_client.get(url("request", asked)).content.decode()
    assert "version test" in page and "I agree." in page
    assert "Erase the person" not in page  # the front desk may not
