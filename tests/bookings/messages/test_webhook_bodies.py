"""What a message to the clinic's own systems says, and what an erasure leaves of it."""

import json
from datetime import timedelta

import pytest

from bookings import transitions
from bookings.messages.webhooks import sign, write
from bookings.models import Appointment, WebhookDelivery, WebhookEndpoint
from tests.bookings.messages.test_webhooks import make_endpoint
from tests.bookings.steps import ELEVEN, TEN, asked, confirmed
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
NOW = MONDAY


def told():
    return [json.loads(one.body) for one in WebhookDelivery.objects.order_by("pk")]


def times(message):
    return message["data"]["start"], message["data"].get("previous", {}).get("start")


@pytest.mark.postgresql
def test_only_what_moved_is_moved(clinic, desk):
    """The times of another visit that moved are not those of this one."""
    moved = confirmed(clinic, desk, email="b@x.org")[0]
    by = {"actor": desk, "now": NOW}
    transitions.move(moved, start=ELEVEN + DAY, version=moved.version, **by)
    consultation, visit = confirmed(clinic, desk)
    old = Appointment.objects.get(pk=visit.pk)
    make_endpoint()
    transitions.move(consultation, start=TEN + 2 * DAY, version=consultation.version, **by)
    (message,) = told()
    assert times(message) == ("2026-11-26T10:00:00Z", "2026-11-24T10:00:00Z")
    Appointment.objects.filter(pk=old.pk).update(cancelled_because="undone")
    new = consultation.appointments.get(status="booked")
    write.status_changed(new, write.NEW, now=NOW)
    assert WebhookDelivery.objects.count() == 2 and times(told()[1])[1] is None
    write.status_changed(new, write.NEW, now=NOW)
    assert WebhookDelivery.objects.count() == 2


@pytest.mark.postgresql
def test_letters_are_written_as_they_are(clinic, desk):
    make_endpoint(sends_contact=True)
    consultation = asked(clinic)
    consultation.name, consultation.phone = "Begoña Núñez", "+442079460000"
    consultation.on_behalf_of = "Iñaki"
    consultation.save()
    consultation.refresh_from_db()
    transitions.confirm(consultation, actor=desk, version=consultation.version, now=NOW)
    body = WebhookDelivery.objects.get().body
    assert "Begoña Núñez" in body and ": " not in body and ", " not in body
    assert json.loads(body)["data"]["contact"] == {
        "name": "Begoña Núñez",
        "on_behalf_of": "Iñaki",
        "email": "maria@example.org",
        "phone": str(consultation.phone),
    }


@pytest.mark.postgresql
def test_an_erasure_cancels_what_is_ahead(clinic, desk):
    """Neither what is over nor what was cancelled before; and nobody else's messages change."""
    make_endpoint(sends_contact=True)
    consultation, visit = confirmed(clinic, desk)
    other = confirmed(clinic, desk, start=ELEVEN, email="b@x.org")[1]
    transitions.cancel(other, actor=desk, now=NOW)
    before = WebhookDelivery.objects.filter(request=other.request_id).values_list("body", "request")
    before = list(before.order_by("pk"))
    write.erased(consultation, now=visit.end)
    assert not WebhookDelivery.objects.filter(request=None).exists()
    write.erased(consultation, now=visit.end - SECOND)
    anonymous = WebhookDelivery.objects.get(request=None)
    data = json.loads(anonymous.body)["data"]
    assert (data["status"], data["reference"]) == ("cancelled", consultation.reference)
    assert "contact" not in data
    after = WebhookDelivery.objects.filter(request=other.request_id).values_list("body", "request")
    assert list(after.order_by("pk")) == before


@pytest.mark.postgresql
def test_an_erasure_says_nothing_of_a_held_time(clinic):
    make_endpoint()
    write.erased(asked(clinic), now=NOW)
    assert told() == []


@pytest.mark.postgresql
def test_two_waiting_cancellations_stay_apart(clinic, desk):
    make_endpoint(sends_contact=True)
    consultation, visit = confirmed(clinic, desk)
    transitions.cancel(visit, actor=desk, now=NOW)
    make_endpoint("https://b.example.org/")
    consultation.refresh_from_db()
    other = WebhookEndpoint.objects.get(url__contains="b.example")
    about = {"request": consultation, "kind": "visit.cancelled", "due_at": NOW, "created_at": NOW}
    body = '{"data":{"reference":"x"}}'
    WebhookDelivery.objects.create(endpoint=other, key="x", message_id="x", body=body, **about)
    write.erased(consultation, now=NOW)
    left = WebhookDelivery.objects.filter(kind="visit.cancelled", request=None).order_by("pk")
    assert [json.loads(one.body)["data"]["reference"] for one in left] == [
        consultation.reference,
        "x",
    ]
    assert left[0].body.startswith('{"type":')


def test_how_long_a_seed_is():
    assert len(sign.new_seed()) == 43
