import pytest
from django.urls import reverse

from bookings import transitions
from bookings.models import TimeClaim
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db


def decline(client, asked, **data):
    return client.post(
        reverse("desk:decline", args=[asked.reference]), {"version": asked.version} | data
    )


def test_declining_frees_the_time_and_tells_patient(desk_client, asked):
    assert TimeClaim.objects.exists()
    decline(desk_client, asked, reason="see-doctor", message="Please see your doctor first.")
    asked.refresh_from_db()
    assert not TimeClaim.objects.exists()
    assert asked.decline_reason == "see-doctor"
    assert asked.messages.get(kind="declined").email.to == [asked.email]


def test_a_wrong_reason_keeps_the_message(desk_client, asked):
    response = decline(desk_client, asked, reason="because", message="Words to keep")
    assert response.status_code == 422
    assert "Words to keep" in response.content.decode()
    assert response.context["opened"] == "decline"


@pytest.mark.parametrize("message", ["a\x00b", "x" * 601, "a\u202eb"])
def test_odd_messages_are_refused_beside_the_field(desk_client, asked, message):
    response = decline(desk_client, asked, reason="other", message=message)
    assert response.status_code == 422
    assert "message" in response.context["forms"]["decline"].errors


def test_a_booked_visit_is_cancelled_not_declined(desk_client, confirmed):
    assert decline(desk_client, confirmed, reason="other").status_code == 409


def test_what_is_closed_says_where_it_stands(desk_client, asked):
    transitions.withdraw(asked, now=MONDAY)
    response = decline(desk_client, asked, reason="other")
    (why,) = response.context["refused"]
    assert "“cancelled by the patient”" in why and "Nothing was sent." in why
    assert "Held for the patient" not in response.content.decode()


def test_a_refusal_without_its_form_heads_the_card(desk_client, confirmed):
    response = decline(desk_client, confirmed, reason="other")
    assert not response.context["can"]["decline"]
    assert response.context["refused"] == ["A visit is booked. Move or cancel that visit instead."]


@pytest.mark.parametrize(
    ("verb", "why", "words"),
    [
        ("decline", "no-time", "We do not have a time that suits you"),
        ("erase", "asked", "The person asked for it"),
        ("undo", "decline", "declined"),
        ("note", "decline", "decline"),
        ("decline", "of-a-later-version", "of-a-later-version"),
    ],
)
def test_the_history_gives_reasons_in_words(desk_client, asked, desk, verb, why, words):
    event = asked.events.create(verb=verb, actor_kind="staff", why=why, at=asked.created_at)
    page = desk_client.get(reverse("desk:request", args=[asked.reference])).content.decode()
    assert f"{event.says}: {words}" in page


def test_no_reason_is_chosen_for_staff(desk_client, asked):
    page = desk_client.get(reverse("desk:request", args=[asked.reference]))
    assert page.context["forms"]["decline"]["reason"].value() is None
    assert decline(desk_client, asked, reason="").status_code == 422
    asked.refresh_from_db()
    assert asked.status == "submitted"
