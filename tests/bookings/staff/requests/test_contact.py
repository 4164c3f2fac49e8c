"""The desk corrects how a patient is reached, on the card."""

import pytest

from bookings import transitions
from bookings.models import AccessLink, Message
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def correct(desk_client, asked):
    def post(**changes):
        values = {
            "version": asked.version,
            "name": asked.name,
            "email": asked.email,
            "phone": "",
            "locale": "en-gb",
        }
        return desk_client.post(f"/admin/requests/{asked.reference}/contact/", values | changes)

    return post


def test_the_card_shows_what_is_stored(desk_client, asked):
    card = desk_client.get(f"/admin/requests/{asked.reference}/")
    form = card.context["forms"]["correct_contact"]
    assert form["name"].value() == asked.name and form["email"].value() == asked.email
    assert "Correct the contact details" in card.text


def test_name_telephone_and_language_are_corrected(correct, asked, desk):
    response = correct(name="Marta Example", phone="020 7946 0123 ext 205", locale="es")
    assert response.url == f"/admin/requests/{asked.reference}/"
    asked.refresh_from_db()
    assert (asked.name, asked.locale, asked.phone_extension) == ("Marta Example", "es", "205")
    event = asked.events.last()
    assert (event.verb, event.actor) == ("correct_contact", desk)


def test_a_new_address_is_shown_as_unproven(correct, asked, desk_client):
    old = set(AccessLink.objects.values_list("pk", flat=True))
    correct(email="marta@example.org")
    asked.refresh_from_db()
    assert asked.email == "marta@example.org" and not asked.is_proven
    assert Message.objects.get(email__to="marta@example.org").kind == "new_address"
    assert not AccessLink.objects.filter(pk__in=old).exists()
    assert "not confirmed yet" in desk_client.get(f"/admin/requests/{asked.reference}/").text


def test_an_old_version_keeps_what_was_typed(correct, asked, desk):
    seen = asked.version
    actor = transitions.staff(desk)
    transitions.assign(asked, actor=actor, to=desk, version=seen, now=MONDAY)
    response = correct(version=seen, name="Marta Example")
    assert response.status_code == 409 and 'value="Marta Example"' in response.text
    asked.refresh_from_db()
    assert asked.name == "Maria Example"


@pytest.mark.parametrize(
    "wrong", [{"email": "no address"}, {"phone": "call my son"}, {"name": ""}, {"email": ""}]
)
def test_a_wrong_field_is_said_beside_it(correct, asked, wrong):
    response = correct(**wrong)
    assert response.status_code == 422
    asked.refresh_from_db()
    assert asked.email == "maria@example.org"


def test_a_practitioner_corrects_nothing(client, practitioner, asked, clinic):
    asked.appointments.update(practitioner=clinic[2][0])
    client.force_login(practitioner)
    path = f"/admin/requests/{asked.reference}/"
    assert "Correct the contact details" not in client.get(path).text
    client.post(f"{path}contact/", {"version": asked.version, "name": "X", "email": "x@x.org"})
    asked.refresh_from_db()
    assert asked.name == "Maria Example"


def test_an_undelivered_message_leads_to_the_form(desk_client, asked):
    Message.objects.last().email.__class__.objects.update(status=1)
    card = desk_client.get(f"/admin/requests/{asked.reference}/")
    assert 'href="#action-correct_contact"' in card.text


def test_the_desk_ticks_texts_for_them(correct, asked, desk_client, settings):
    url = f"/admin/requests/{asked.reference}/"
    assert "They want text messages" not in desk_client.get(url).text
    settings.SMS_BACKEND = "bookings.messages.sms.Memory"
    assert "mobile number only" in correct(phone="020 7946 0123", texts="on").text
    assert correct(phone="07400 123456", texts="on").url == url
    asked.refresh_from_db()
    assert asked.wants_texts and "and text messages" in desk_client.get(url).text
    assert correct(version=asked.version, phone="").url == url
    asked.refresh_from_db()
    assert not asked.wants_texts
