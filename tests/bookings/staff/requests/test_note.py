import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def note(client, asked, text):
    return client.post(reverse("desk:note", args=[asked.reference]), {"text": text})


def test_it_is_kept_with_who_and_shown(desk_client, desk, asked):
    note(desk_client, asked, "Prefers <b>mornings</b>.")
    event = asked.events.get(verb="note")
    page = desk_client.get(reverse("desk:request", args=[asked.reference])).content.decode()
    assert event.actor == desk and event.why == "Prefers <b>mornings</b>."
    assert "Prefers &lt;b&gt;mornings" in page
    asked.refresh_from_db()
    assert asked.version == 2


@pytest.mark.parametrize("text", ["", "x" * 301, "a\x00b"])
def test_odd_notes_are_refused_beside_the_field(desk_client, asked, text):
    response = note(desk_client, asked, text)
    assert response.status_code == 422
    assert "text" in response.context["forms"]["note"].errors


def test_a_practitioner_writes_on_their_own(client, practitioner, asked, clinic):
    client.force_login(practitioner)
    asked.appointments.update(practitioner=clinic[2][1])
    assert note(client, asked, "x").status_code == 404
    asked.appointments.update(practitioner=clinic[2][0])
    assert note(client, asked, "x").status_code == 302
